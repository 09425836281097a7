#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "tests/support/tile_loop_kernel.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/slice.hpp"

using namespace sptc;

namespace {

/// One random edit: a character changed, a stretch removed, a stretch repeated elsewhere, or the
/// end cut off.
std::string damage(std::string text, base::Random& random) {
    const auto size = static_cast<std::uint32_t>(text.size());
    const std::size_t at = random.below(size);
    const std::size_t length = 1 + random.below(20);
    switch (random.below(4)) {
        case 0:
            text[at] = static_cast<char>(random.below(256));
            break;
        case 1:
            text.erase(at, length);
            break;
        case 2:
            text.insert(at, text.substr(random.below(size), length));
            break;
        default:
            text.resize(at);
            break;
    }
    return text;
}

}  // namespace

TEST_CASE("ptx: a damaged text loads or is refused with its position, never anything else") {
    const std::string whole = test::tile_loop_kernel();
    base::Random random(20240607);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        std::string text = whole;
        const std::uint32_t edits = 1 + random.below(3);
        for (std::uint32_t edit = 0; edit < edits && !text.empty(); ++edit) {
            text = damage(std::move(text), random);
        }
        try {
            const auto program = ptx::load_program(text, "k.ptx", "");
            REQUIRE(program->ops.size() == program->instructions.size());
            for (const ptx::Viewer viewer : {ptx::Viewer::kSm, ptx::Viewer::kMemorySystem}) {
                (void)ptx::compute_slice(*program, viewer);
            }
        } catch (const base::KernelError& error) {
            ++refused;
            REQUIRE(std::string_view(error.what()).starts_with("k.ptx:"));
        }
    }
    CHECK(refused > 1000);
}
