// Any text is a program or a KernelError that names its place, and nothing else.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "models/base/error.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/slice.hpp"
#include "traces/ptx/source.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sptc;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto program = ptx::load_program(text, "k.ptx", "");
        for (const ptx::Viewer viewer : {ptx::Viewer::kSm, ptx::Viewer::kMemorySystem}) {
            (void)ptx::compute_slice(*program, viewer);
        }
    } catch (const base::KernelError& error) {
        if (!std::string_view(error.what()).starts_with("k.ptx")) __builtin_trap();
    }
    return 0;
}
