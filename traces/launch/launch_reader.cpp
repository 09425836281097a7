#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <new>
#include <nlohmann/json.hpp>
#include <string_view>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/launch/fill.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/scalar.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::launch {
namespace {

/// A member name as a JSON pointer spells it (RFC 6901).
std::string escaped(std::string_view key) {
    std::string text;
    for (char letter : key) {
        if (letter == '~') {
            text += "~0";
        } else if (letter == '/') {
            text += "~1";
        } else {
            text += letter;
        }
    }
    return text;
}

std::string shortened(const nlohmann::json& value) {
    std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return text;
}

[[noreturn]] void fail_at(std::string_view file, std::string_view pointer,
                          std::string_view message) {
    throw base::ConfigError(
        fmt::format("{}: {}: {}", file, pointer.empty() ? "/" : pointer, message));
}

std::uint64_t integer_of(const nlohmann::json& value, std::string_view file,
                         std::string_view pointer, std::uint64_t low, std::uint64_t high) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < low ||
        value.get<std::uint64_t>() > high) {
        fail_at(file, pointer,
                fmt::format("found {}, expected an integer from {} to {}", shortened(value), low,
                            high));
    }
    return value.get<std::uint64_t>();
}

/// A JSON object and where it stands, for messages "file: /pointer: what was found; what was
/// expected".
class Fields {
  public:
    /// Throws ConfigError unless `value` is an object.
    Fields(const nlohmann::json& value, std::string file, std::string pointer);

    /// Every key must be one of these.
    void expect_only(std::initializer_list<std::string_view> legal) const;

    /// The member, or nullptr when it is absent.
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const;
    /// The member; throws ConfigError when it is absent.
    [[nodiscard]] const nlohmann::json& at(std::string_view key) const;

    [[nodiscard]] std::string string(std::string_view key) const;
    [[nodiscard]] std::uint64_t integer(std::string_view key, std::uint64_t low,
                                        std::uint64_t high) const;
    [[nodiscard]] const nlohmann::json& array(std::string_view key) const;

    [[nodiscard]] std::string pointer(std::string_view key) const;
    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] const nlohmann::json& value() const { return value_; }

    /// Throws ConfigError "file: /pointer/key: message".
    [[noreturn]] void fail(std::string_view key, std::string_view message) const;
    [[noreturn]] void fail(std::string_view message) const;

  private:
    const nlohmann::json& value_;
    std::string file_;
    std::string pointer_;
};

Fields::Fields(const nlohmann::json& value, std::string file, std::string pointer)
    : value_(value), file_(std::move(file)), pointer_(std::move(pointer)) {
    if (!value.is_object()) {
        fail(fmt::format("found {}, expected an object", shortened(value)));
    }
}

void Fields::expect_only(std::initializer_list<std::string_view> legal) const {
    for (const auto& [key, member] : value_.items()) {
        if (std::find(legal.begin(), legal.end(), key) == legal.end()) {
            fail(key, fmt::format("unknown key; expected one of {}", fmt::join(legal, ", ")));
        }
    }
}

const nlohmann::json* Fields::find(std::string_view key) const {
    const auto found = value_.find(std::string(key));
    return found == value_.end() ? nullptr : &*found;
}

const nlohmann::json& Fields::at(std::string_view key) const {
    const nlohmann::json* found = find(key);
    if (found == nullptr) fail(key, "is missing");
    return *found;
}

std::string Fields::string(std::string_view key) const {
    const nlohmann::json& found = at(key);
    if (!found.is_string()) {
        fail(key, fmt::format("found {}, expected a string", shortened(found)));
    }
    return found.get<std::string>();
}

std::uint64_t Fields::integer(std::string_view key, std::uint64_t low, std::uint64_t high) const {
    return integer_of(at(key), file_, pointer(key), low, high);
}

const nlohmann::json& Fields::array(std::string_view key) const {
    const nlohmann::json& found = at(key);
    if (!found.is_array()) {
        fail(key, fmt::format("found {}, expected an array", shortened(found)));
    }
    return found;
}

std::string Fields::pointer(std::string_view key) const { return pointer_ + "/" + escaped(key); }

void Fields::fail(std::string_view key, std::string_view message) const {
    fail_at(file_, pointer(key), message);
}

void Fields::fail(std::string_view message) const { fail_at(file_, pointer_, message); }

// Limits of the CUDA programming guide (compute capability 8.0).
constexpr std::uint64_t kMaximumGridX = 0x7fffffff;
constexpr std::uint64_t kMaximumGridYz = 65535;
constexpr std::uint64_t kMaximumThreads = 1024;
constexpr std::uint64_t kMaximumBlockZ = 64;
constexpr std::uint64_t kMaximumRegisters = 255;
// A sanity limit: no GPU of this project has more memory for one buffer.
constexpr std::uint64_t kMaximumBufferBytes = 64ull << 30;
// A sanity limit; whether it fits the GPU is checked where the GPU is known.
constexpr std::uint64_t kMaximumSharedBytes = 1u << 20;

/// [x], [x, y] or [x, y, z]; missing extents are 1.
isa::Dim3 read_extents(const Fields& fields, std::string_view key,
                       const std::array<std::uint64_t, 3>& limits) {
    const nlohmann::json& found = fields.array(key);
    if (found.empty() || found.size() > 3) {
        fields.fail(key, fmt::format("found {} extents, expected 1 to 3", found.size()));
    }
    std::array<std::uint32_t, 3> extents{1, 1, 1};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::string pointer = fmt::format("{}/{}", fields.pointer(key), i);
        extents[i] =
            static_cast<std::uint32_t>(integer_of(found[i], fields.file(), pointer, 1, limits[i]));
    }
    return {extents[0], extents[1], extents[2]};
}

bool is_buffer_name(std::string_view name) {
    const auto legal = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    };
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), legal);
}

/// The initial content of a buffer that names a file. New formats are told apart here, by
/// extension.
std::vector<std::byte> read_buffer_file(const Fields& fields, const std::filesystem::path& path) {
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(path, error);
    if (!error && bytes > kMaximumBufferBytes) {
        fields.fail("file", fmt::format("{} has {} bytes, expected at most {}", path.string(),
                                        bytes, kMaximumBufferBytes));
    }
    try {
        if (path.extension() == ".npy") return tensor_file::read_npy(path).data;
        return base::read_bytes(path);
    } catch (const base::ConfigError& problem) {
        fields.fail("file", problem.what());
    }
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

std::vector<std::byte> read_random(const Fields& buffer_fields, const Buffer& buffer) {
    const Fields fields(buffer_fields.at("random"), buffer_fields.file(),
                        buffer_fields.pointer("random"));
    fields.expect_only({"seed", "distribution"});
    if (!buffer.type) fields.fail("needs the buffer's \"type\"");
    const std::uint64_t seed = fields.integer("seed", 0, std::numeric_limits<std::uint64_t>::max());
    const std::string name = fields.string("distribution");
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

Buffer read_buffer(const Fields& fields, std::string name, const std::filesystem::path& folder) {
    fields.expect_only({"file", "bytes", "fill", "random", "type", "dimensions"});
    Buffer buffer;
    buffer.name = std::move(name);
    buffer.type = read_type(fields);
    if (fields.find("dimensions") != nullptr) {
        const nlohmann::json& extents = fields.array("dimensions");
        for (std::size_t i = 0; i < extents.size(); ++i) {
            const std::string pointer = fmt::format("{}/{}", fields.pointer("dimensions"), i);
            buffer.dimensions.push_back(
                integer_of(extents[i], fields.file(), pointer, 1, kMaximumBufferBytes));
        }
        if (buffer.dimensions.empty()) fields.fail("dimensions", "expected at least one extent");
        if (!buffer.type) fields.fail("dimensions", "needs \"type\" beside it");
        buffer.bytes = bytes_of_dimensions(fields, buffer);
    }
    if (fields.find("bytes") != nullptr) {
        const std::uint64_t bytes = fields.integer("bytes", 1, kMaximumBufferBytes);
        if (buffer.bytes != 0 && buffer.bytes != bytes) {
            fields.fail("bytes", fmt::format("found {}, but type and dimensions make {}", bytes,
                                             buffer.bytes));
        }
        buffer.bytes = bytes;
    }
    const int contents = (fields.find("file") != nullptr) + (fields.find("fill") != nullptr) +
                         (fields.find("random") != nullptr);
    if (contents > 1) fields.fail("expected at most one of file, fill, random");
    if (fields.find("file") != nullptr) {
        buffer.data = read_buffer_file(fields, folder / fields.string("file"));
        if (buffer.bytes != 0 && buffer.bytes != buffer.data.size()) {
            fields.fail("file",
                        fmt::format("has {} bytes, expected {}", buffer.data.size(), buffer.bytes));
        }
        if (buffer.data.empty()) fields.fail("file", "is empty");
        buffer.bytes = buffer.data.size();
    }
    if (buffer.bytes == 0) {
        fields.fail("has no size: expected \"file\", \"bytes\", or \"type\" and \"dimensions\"");
    }
    try {
        if (fields.find("fill") != nullptr) buffer.data = read_fill(fields, buffer);
        if (fields.find("random") != nullptr) buffer.data = read_random(fields, buffer);
    } catch (const std::bad_alloc&) {
        fields.fail(fmt::format("no host memory for {} bytes", buffer.bytes));
    }
    return buffer;
}

Number number_of(const Fields& fields, const std::string& key) {
    const nlohmann::json& value = fields.at(key);
    if (!value.is_number()) {
        fields.fail(key, fmt::format("found {}, expected a number", shortened(value)));
    }
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    return value.get<double>();
}

Argument read_argument(const Fields& fields, const std::vector<Buffer>& buffers) {
    if (fields.find("buffer") != nullptr) {
        fields.expect_only({"buffer", "offset_bytes"});
        BufferArgument argument{fields.string("buffer"), 0};
        const auto found = std::find_if(buffers.begin(), buffers.end(), [&](const Buffer& buffer) {
            return buffer.name == argument.buffer;
        });
        if (found == buffers.end()) {
            fields.fail("buffer", fmt::format("no buffer '{}'", argument.buffer));
        }
        if (fields.find("offset_bytes") != nullptr) {
            argument.offset_bytes = fields.integer("offset_bytes", 0, found->bytes);
        }
        return argument;
    }
    if (fields.value().size() != 1 || fields.value().begin().key().empty()) {
        fields.fail("expected one member such as {\"buffer\": \"A\"} or {\"u32\": 5}");
    }
    const std::string type = fields.value().begin().key();
    try {
        return encode_scalar(type, number_of(fields, type));
    } catch (const base::ConfigError& problem) {
        fields.fail(type, problem.what());
    }
}

nlohmann::json parse_json(const std::string& text, const std::string& file) {
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::exception& problem) {
        std::string_view message = problem.what();
        if (const auto end = message.find("] "); end != std::string_view::npos) {
            message.remove_prefix(end + 2);
        }
        throw base::ConfigError(fmt::format("{}: {}", file, message));
    }
}

}  // namespace

Launch read_launch(const std::filesystem::path& path) {
    const std::string file = path.string();
    const nlohmann::json document = parse_json(base::read_text(path), file);
    const Fields fields(document, file, "");
    fields.expect_only({"schema", "entry", "grid", "block", "dynamic_shared_bytes",
                        "registers_per_thread", "buffers", "arguments", "outputs"});
    if (fields.string("schema") != kSchema) {
        fields.fail("schema",
                    fmt::format("found \"{}\", expected \"{}\"", fields.string("schema"), kSchema));
    }
    Launch launch;
    launch.entry = fields.string("entry");
    launch.grid = read_extents(fields, "grid", {kMaximumGridX, kMaximumGridYz, kMaximumGridYz});
    launch.block =
        read_extents(fields, "block", {kMaximumThreads, kMaximumThreads, kMaximumBlockZ});
    if (launch.block.count() > kMaximumThreads) {
        fields.fail("block", fmt::format("{} threads, expected at most {}", launch.block.count(),
                                         kMaximumThreads));
    }
    if (fields.find("dynamic_shared_bytes") != nullptr) {
        launch.dynamic_shared_bytes = static_cast<std::uint32_t>(
            fields.integer("dynamic_shared_bytes", 0, kMaximumSharedBytes));
    }
    if (fields.find("registers_per_thread") != nullptr) {
        launch.registers_per_thread = static_cast<std::uint32_t>(
            fields.integer("registers_per_thread", 1, kMaximumRegisters));
    }
    if (fields.find("buffers") != nullptr) {
        const Fields buffers(fields.at("buffers"), file, "/buffers");
        for (const auto& [name, value] : buffers.value().items()) {
            if (!is_buffer_name(name)) {
                buffers.fail(name, "a buffer's name has letters, digits, '_', '-' and '.'");
            }
            launch.buffers.push_back(
                read_buffer(Fields(value, file, buffers.pointer(name)), name, path.parent_path()));
        }
    }
    if (fields.find("arguments") != nullptr) {
        const nlohmann::json& arguments = fields.array("arguments");
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            const Fields argument(arguments[i], file, fmt::format("/arguments/{}", i));
            launch.arguments.push_back(read_argument(argument, launch.buffers));
        }
    }
    if (fields.find("outputs") != nullptr) {
        const nlohmann::json& outputs = fields.array("outputs");
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            const std::string pointer = fmt::format("/outputs/{}", i);
            if (!outputs[i].is_string()) fail_at(file, pointer, "expected a buffer's name");
            const auto name = outputs[i].get<std::string>();
            if (std::none_of(launch.buffers.begin(), launch.buffers.end(),
                             [&](const Buffer& buffer) { return buffer.name == name; })) {
                fail_at(file, pointer, fmt::format("no buffer '{}'", name));
            }
            launch.outputs.push_back(name);
        }
    }
    return launch;
}

}  // namespace sptc::launch
