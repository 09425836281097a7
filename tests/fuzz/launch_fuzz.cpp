// Any file is a launch or a ConfigError, and nothing else.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "models/base/error.hpp"
#include "traces/launch/launch.hpp"

namespace {

/// An empty folder of this process; what a launch file names beside it does not exist.
std::filesystem::path folder() {
    static const std::filesystem::path path = [] {
        char name[] = "/tmp/sptc-fuzz-XXXXXX";
        if (::mkdtemp(name) == nullptr) std::abort();
        return std::filesystem::path(name);
    }();
    return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sptc;
    const std::filesystem::path file = folder() / "launch.json";
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    try {
        (void)launch::read_launch(file);
    } catch (const base::ConfigError&) {
    }
    return 0;
}
