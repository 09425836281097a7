#include "traces/launch/buffer_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <string_view>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/launch/element.hpp"
#include "traces/launch/fill.hpp"
#include "traces/launch/json_fields.hpp"
#include "traces/launch/mma_operand.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::launch {
namespace {

// A sanity limit: no GPU of this project has more memory for one buffer.
constexpr std::uint64_t kMaximumBufferBytes = 64ull << 30;

bool is_buffer_name(std::string_view name) {
    const auto legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    };
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), legal);
}

/// The initial content of a buffer from a raw file or the elements of a .npy file, whose type and
/// shape become the buffer's where the launch file gives none.
void read_content(const Fields& fields, Buffer& buffer, const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / fields.string("file");
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(path, error);
    if (!error && bytes > kMaximumBufferBytes) {
        fields.fail("file", fmt::format("{} has {} bytes, expected at most {}", path.string(),
                                        bytes, kMaximumBufferBytes));
    }
    ElementFile file;
    try {
        file = read_elements(path);
    } catch (const base::ConfigError& problem) {
        fields.fail("file", problem.what());
    }
    if (file.type && buffer.type && types::bits(*file.type) != types::bits(*buffer.type)) {
        fields.fail("file", fmt::format("{} has elements of type {}, expected {}", path.string(),
                                        types::name(*file.type), types::name(*buffer.type)));
    }
    if (buffer.bytes != 0 && buffer.bytes != file.data.size()) {
        fields.fail("file",
                    fmt::format("has {} bytes, expected {}", file.data.size(), buffer.bytes));
    }
    if (file.data.empty()) fields.fail("file", "is empty");
    if (file.type && !buffer.type) buffer.type = file.type;
    if (buffer.dimensions.empty()) buffer.dimensions = file.dimensions;
    buffer.bytes = file.data.size();
    buffer.data = std::move(file.data);
}

std::optional<types::DataType> read_type(const Fields& fields) {
    if (fields.find("type") == nullptr) return std::nullopt;
    try {
        return types::parse_data_type(fields.string("type"));
    } catch (const base::ConfigError& problem) {
        fields.fail("type", problem.what());
    }
}

/// Bytes of dimensions x type, checked against overflow.
std::uint64_t bytes_of_dimensions(const Fields& fields, const Buffer& buffer) {
    std::uint64_t bits = static_cast<std::uint64_t>(types::bits(*buffer.type));
    for (std::uint64_t extent : buffer.dimensions) {
        if (extent > kMaximumBufferBytes * 8 / bits) {
            fields.fail("dimensions", fmt::format("larger than {} bytes", kMaximumBufferBytes));
        }
        bits *= extent;
    }
    return (bits + 7) / 8;
}

std::vector<std::byte> read_integers(const Fields& fields, const Buffer& buffer,
                                     std::uint64_t seed) {
    if (types::bits(*buffer.type) < 8) {
        fields.fail("distribution",
                    fmt::format("integers need elements of whole bytes, but {} has "
                                "{} bits",
                                types::name(*buffer.type), types::bits(*buffer.type)));
    }
    const std::int64_t low = fields.signed_integer("low");
    const std::int64_t high = fields.signed_integer("high");
    constexpr std::int64_t kLargest = 1 << 24;  // every f32 in between is an integer
    if (low > high || low < -kLargest || high > kLargest) {
        fields.fail("high", fmt::format("found {} to {}, expected low <= high, both from {} to {}",
                                        low, high, -kLargest, kLargest));
    }
    try {
        return random_integers(*buffer.type, low, high, seed, buffer.bytes);
    } catch (const base::ConfigError& problem) {
        fields.fail("distribution", problem.what());
    }
}

/// Operands of matrix instructions, one in each block.
std::vector<std::byte> read_mma_operands(const Fields& fields, const Buffer& buffer,
                                         std::uint64_t seed) {
    constexpr std::uint64_t kMostBlockBytes = 1 << 20;
    const std::string operand = fields.string("operand");
    const std::uint64_t block = fields.integer("block_bytes", 8, kMostBlockBytes);
    if (block % 8 != 0 || buffer.bytes % block != 0) {
        fields.fail("block_bytes", fmt::format("found {}, expected a multiple of 8 that divides "
                                               "the buffer's {} bytes",
                                               block, buffer.bytes));
    }
    constexpr std::string_view kOperands = "ABC";
    if (operand.size() != 1 || kOperands.find(operand) == std::string_view::npos) {
        fields.fail("operand", fmt::format("found \"{}\", expected A, B or C", operand));
    }
    return mma_operands(*buffer.type, static_cast<MmaOperand>(kOperands.find(operand)), block, seed,
                        buffer.bytes);
}

std::vector<std::byte> read_metadata(const Fields& fields, const Buffer& buffer,
                                     std::uint64_t seed) {
    try {
        return random_metadata(fields.string("pattern"), seed, buffer.bytes);
    } catch (const base::ConfigError& problem) {
        fields.fail("pattern", problem.what());
    }
}

/// The distributions that have members of their own.
struct SpecialDistribution {
    std::string_view name;
    std::array<std::string_view, 2> members;
    std::vector<std::byte> (*read)(const Fields&, const Buffer&, std::uint64_t seed);
};

std::vector<std::byte> read_random(const Fields& buffer_fields, const Buffer& buffer) {
    constexpr SpecialDistribution kSpecial[] = {
        {"integers", {"low", "high"}, read_integers},
        {"mma", {"operand", "block_bytes"}, read_mma_operands},
        {"metadata", {"pattern", ""}, read_metadata}};
    const Fields fields(buffer_fields.at("random"), buffer_fields.file(),
                        buffer_fields.pointer("random"));
    fields.expect_only(
        {"seed", "distribution", "low", "high", "operand", "block_bytes", "pattern"});
    if (!buffer.type) fields.fail("needs the buffer's \"type\"");
    const std::uint64_t seed = fields.integer("seed", 0, std::numeric_limits<std::uint64_t>::max());
    const std::string name = fields.string("distribution");
    for (const SpecialDistribution& each : kSpecial) {
        if (each.name == name) continue;
        for (const std::string_view key : each.members) {
            if (fields.find(key) == nullptr) continue;
            fields.fail(key, fmt::format("only for the distribution {}", each.name));
        }
    }
    for (const SpecialDistribution& each : kSpecial) {
        if (each.name == name) return each.read(fields, buffer, seed);
    }
    try {
        return random_bytes(*buffer.type, parse_distribution(name), seed, buffer.bytes);
    } catch (const base::ConfigError& problem) {
        fields.fail("distribution", problem.what());
    }
}

std::vector<std::byte> read_fill(const Fields& fields, const Buffer& buffer) {
    const std::string text = fields.string("fill");
    const auto digit = [](char c) {
        constexpr std::string_view digits = "0123456789abcdef";
        return digits.find(c);
    };
    if (text.size() != 2 || digit(text[0]) == std::string_view::npos ||
        digit(text[1]) == std::string_view::npos) {
        fields.fail("fill", "expected one byte as two lower-case hexadecimal digits");
    }
    return std::vector<std::byte>(buffer.bytes,
                                  static_cast<std::byte>(digit(text[0]) * 16 + digit(text[1])));
}

std::vector<std::byte> read_constant(const Fields& fields, const Buffer& buffer) {
    if (!buffer.type) fields.fail("constant", "needs the buffer's \"type\"");
    try {
        return repeated(*buffer.type, number_of(fields, "constant"), buffer.bytes);
    } catch (const base::ConfigError& problem) {
        fields.fail("constant", problem.what());
    }
}

void read_dimensions(const Fields& fields, Buffer& buffer) {
    const nlohmann::ordered_json& extents = fields.array("dimensions");
    for (std::size_t i = 0; i < extents.size(); ++i) {
        const std::string pointer = fmt::format("{}/{}", fields.pointer("dimensions"), i);
        buffer.dimensions.push_back(
            integer_of(extents[i], fields.file(), pointer, 1, kMaximumBufferBytes));
    }
    if (buffer.dimensions.empty()) fields.fail("dimensions", "expected at least one extent");
    if (!buffer.type) fields.fail("dimensions", "needs \"type\" beside it");
    buffer.bytes = bytes_of_dimensions(fields, buffer);
}

}  // namespace

Buffer read_buffer(const Fields& fields, std::string name, const std::filesystem::path& folder) {
    if (!is_buffer_name(name)) {
        fields.fail("a buffer's name has letters, digits, '_', '-' and '.'");
    }
    fields.expect_only({"file", "bytes", "fill", "constant", "random", "type", "dimensions"});
    Buffer buffer;
    buffer.name = std::move(name);
    buffer.type = read_type(fields);
    if (fields.find("dimensions") != nullptr) read_dimensions(fields, buffer);
    if (fields.find("bytes") != nullptr) {
        const std::uint64_t bytes = fields.integer("bytes", 1, kMaximumBufferBytes);
        if (buffer.bytes != 0 && buffer.bytes != bytes) {
            fields.fail("bytes", fmt::format("found {}, but type and dimensions make {}", bytes,
                                             buffer.bytes));
        }
        buffer.bytes = bytes;
    }
    const std::initializer_list<std::string_view> contents{"file", "fill", "constant", "random"};
    if (std::count_if(contents.begin(), contents.end(), [&fields](std::string_view key) {
            return fields.find(key) != nullptr;
        }) > 1) {
        fields.fail("expected at most one of file, fill, constant, random");
    }
    if (fields.find("file") != nullptr) read_content(fields, buffer, folder);
    if (buffer.bytes == 0) {
        fields.fail("has no size: expected \"file\", \"bytes\", or \"type\" and \"dimensions\"");
    }
    try {
        if (fields.find("fill") != nullptr) buffer.data = read_fill(fields, buffer);
        if (fields.find("constant") != nullptr) buffer.data = read_constant(fields, buffer);
        if (fields.find("random") != nullptr) buffer.data = read_random(fields, buffer);
    } catch (const std::bad_alloc&) {
        fields.fail(fmt::format("no host memory for {} bytes", buffer.bytes));
    }
    return buffer;
}

}  // namespace sptc::launch
