// Any file is a launch or a ConfigError, and nothing else.
#include <cstddef>
#include <cstdint>

#include "models/base/error.hpp"
#include "tests/fuzz/input_file.hpp"
#include "traces/launch/launch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace sptc;
    try {
        (void)launch::read_launch(test::input_file("launch.json", data, size));
    } catch (const base::ConfigError&) {
    }
    return 0;
}
