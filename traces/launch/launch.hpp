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

/// A kernel argument: the address of a buffer (plus an offset), the raw bits of a scalar, or the
/// bytes of a struct that is passed by value.
struct BufferArgument {
    std::string buffer;
    std::uint64_t offset_bytes = 0;
};
struct ScalarArgument {
    std::string type;  ///< PTX type: "u32", "s32", "u64", "s64", "f32", "f64", "b16" ...
    std::uint64_t bits = 0;
};
/// Where a struct holds the address of a buffer plus `addend_bytes`: 8 little-endian bytes.
struct StructPointer {
    std::uint32_t offset_bytes = 0;
    std::string buffer;
    std::int64_t addend_bytes = 0;
};
struct StructArgument {
    std::vector<std::byte> bytes;
    std::vector<StructPointer> pointers;  ///< inside `bytes`, apart from each other

    explicit StructArgument(std::vector<std::byte> all, std::vector<StructPointer> inside = {});
    // Out of line: inlined into those of Argument they make GCC 12 see uninitialized members.
    StructArgument(const StructArgument& other);
    StructArgument(StructArgument&& other) noexcept;
    StructArgument& operator=(const StructArgument& other);
    StructArgument& operator=(StructArgument&& other) noexcept;
    ~StructArgument();
};
using Argument = std::variant<BufferArgument, ScalarArgument, StructArgument>;

/// How far a found value may be from the expected one: absolute + relative * abs(expected). Both 0:
/// the bits must be equal.
struct Tolerance {
    double absolute = 0;
    double relative = 0;
    [[nodiscard]] bool exact() const { return absolute == 0 && relative == 0; }
};

/// What a buffer must hold after the run.
struct Expectation {
    std::string buffer;
    std::string file;                     ///< where `data` comes from, as the launch file spells it
    std::vector<std::byte> data;          ///< as many bytes as the buffer
    std::optional<types::DataType> type;  ///< of the elements; unknown: bytes
    std::vector<std::uint64_t> dimensions;
    Tolerance tolerance;
};

/// One launch of one entry of a PTX file.
struct KernelLaunch {
    std::string entry;
    isa::Dim3 grid;
    isa::Dim3 block;
    std::uint32_t dynamic_shared_bytes = 0;
    std::optional<std::uint32_t> registers_per_thread;
    std::vector<Argument> arguments;
};

/// What stands in a launch file (docs/launch_format.md): a kernel, or several one after another, on
/// the same buffers.
struct Launch : KernelLaunch {
    std::vector<KernelLaunch> next;  ///< run after this one, in order
    std::vector<Buffer> buffers;
    std::vector<std::string> outputs;  ///< buffers to write after the run
    std::vector<Expectation> expectations;
};

/// Reads a launch file; relative buffer files are looked up beside it. Unknown keys, wrong types
/// and missing files are a ConfigError with the file and the JSON pointer.
[[nodiscard]] Launch read_launch(const std::filesystem::path& path);

/// The text of a launch file of one kernel without expectations; buffers that have data name a file
/// `<name>.bin` beside it.
[[nodiscard]] std::string launch_text(const Launch& launch);

/// Writes a launch file of one kernel without expectations; buffers that have data are written as
/// raw files `<name>.bin` beside it.
void write_launch(const Launch& launch, const std::filesystem::path& path);

}  // namespace sptc::launch
