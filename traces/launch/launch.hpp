#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/isa/instruction_source.hpp"
#include "models/types/data_type.hpp"

namespace sptc::launch {

/// The "schema" of a launch file.
inline constexpr std::string_view kSchema = "sptc.launch/1";

/// One named region of device memory.
struct Buffer {
    std::string name;
    std::uint64_t bytes = 0;
    std::vector<std::byte>
        data;  ///< initial content; empty means zeros (and nothing is allocated with values off)
    std::optional<types::DataType>
        type;  ///< element type when known; outputs with a type are written as .npy
    std::vector<std::uint64_t> dimensions;  ///< row-major extents when known
};

/// A kernel argument: the address of a buffer (plus an offset) or the raw bits of a scalar.
struct BufferArgument {
    std::string buffer;
    std::uint64_t offset_bytes = 0;
};
struct ScalarArgument {
    std::string type;  ///< PTX type: "u32", "s32", "u64", "s64", "f32", "f64", "b16" ...
    std::uint64_t bits = 0;
};
using Argument = std::variant<BufferArgument, ScalarArgument>;

/// One launch of one entry of a PTX file: what stands in the launch file (docs/launch_format.md).
struct Launch {
    std::string entry;
    isa::Dim3 grid;
    isa::Dim3 block;
    std::uint32_t dynamic_shared_bytes = 0;
    std::optional<std::uint32_t> registers_per_thread;
    std::vector<Buffer> buffers;
    std::vector<Argument> arguments;
    std::vector<std::string> outputs;  ///< buffers to write after the run
};

/// Reads a launch file; relative buffer files are looked up beside it. Unknown keys, wrong types
/// and missing files are a ConfigError with the file and the JSON pointer.
[[nodiscard]] Launch read_launch(const std::filesystem::path& path);

/// The text of a launch file; buffers that have data name a file `<name>.bin` beside it.
[[nodiscard]] std::string launch_text(const Launch& launch);

/// Writes a launch file; buffers that have data are written as raw files `<name>.bin` beside it.
void write_launch(const Launch& launch, const std::filesystem::path& path);

}  // namespace sptc::launch
