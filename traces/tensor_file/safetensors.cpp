#include "traces/tensor_file/safetensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.hpp"
#include "traces/tensor_file/element_format.hpp"
#include "traces/tensor_file/input_file.hpp"

namespace sptc::tensor_file {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the format's own reader
constexpr int kMaxDepth = 4;
constexpr std::size_t kListedNames = 20;

/// Refuses what JSON lets pass and the format does not have: deep nesting and repeated keys.
class StrictStructure {
  public:
    explicit StrictStructure(const std::string& file) : file_(file) {}

    void operator()(int depth, json::parse_event_t event, const json& parsed) {
        if (depth > kMaxDepth) {
            throw base::ConfigError(fmt::format(
                "{}: the JSON header is nested deeper than {} levels", file_, kMaxDepth));
        }
        const auto level = static_cast<std::size_t>(depth);
        if (event == json::parse_event_t::object_start) keys_[level + 1].clear();
        if (event != json::parse_event_t::key) return;
        if (!keys_[level].insert(parsed.get<std::string>()).second) {
            throw base::ConfigError(
                fmt::format("{}: the JSON header repeats the key {}", file_, parsed.dump()));
        }
    }

  private:
    const std::string& file_;
    std::set<std::string> keys_[kMaxDepth + 2];
};

json parse_header(InputFile& file, std::uint64_t& data_at) {
    const std::uint64_t length =
        little_endian(file.read(0, kLengthBytes, "the header's length"), 0, kLengthBytes);
    if (length > kMaxHeaderBytes || length > file.size_bytes() - kLengthBytes) {
        file.fail(0, fmt::format("a header of {} bytes, expected at most {}", length,
                                 std::min(kMaxHeaderBytes, file.size_bytes() - kLengthBytes)));
    }
    data_at = kLengthBytes + length;
    const auto bytes = file.read(kLengthBytes, length, "the JSON header");
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    StrictStructure strict(file.name());
    try {
        json header = json::parse(text, text + bytes.size(),
                                  [&](int depth, json::parse_event_t event, json& parsed) {
                                      strict(depth, event, parsed);
                                      return true;
                                  });
        if (!header.is_object()) file.fail(kLengthBytes, "the JSON header is not an object");
        return header;
    } catch (const json::exception& error) {
        const auto* parse_error = dynamic_cast<const json::parse_error*>(&error);
        const std::uint64_t offset =
            parse_error != nullptr && parse_error->byte > 0 ? parse_error->byte - 1 : 0;
        file.fail(kLengthBytes + offset, fmt::format("malformed JSON header: {}", error.what()));
    }
}

/// The entries of one header, checked one by one.
class EntryReader {
  public:
    EntryReader(const InputFile& file, std::uint64_t data_at) : file_(file), data_at_(data_at) {}

    [[nodiscard]] TensorEntry read(const std::string& name, const json& value) const {
        const json::json_pointer pointer = json::json_pointer() / name;
        if (!value.is_object()) fail(pointer, "expected an object with dtype, shape, data_offsets");
        for (const auto& [key, unused] : value.items()) {
            if (key != "dtype" && key != "shape" && key != "data_offsets") {
                fail(pointer / key, "unknown key, expected dtype, shape and data_offsets");
            }
        }
        TensorEntry entry{name, {}, numbers(value, pointer, "shape"), 0, 0};
        const auto dtype = value.find("dtype");
        if (dtype == value.end() || !dtype->is_string())
            fail(pointer / "dtype", "expected a string");
        entry.dtype = dtype->get<std::string>();
        const auto offsets = numbers(value, pointer, "data_offsets");
        const std::uint64_t data_bytes = file_.size_bytes() - data_at_;
        if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_bytes) {
            fail(pointer / "data_offsets",
                 fmt::format("({}), expected begin <= end <= {}, the bytes of data in the file",
                             fmt::join(offsets, ", "), data_bytes));
        }
        entry.begin = data_at_ + offsets[0];
        entry.end = data_at_ + offsets[1];
        return entry;
    }

  private:
    [[noreturn]] void fail(const json::json_pointer& pointer, std::string_view message) const {
        throw base::ConfigError(
            fmt::format("{}: header {}: {}", file_.name(), pointer.to_string(), message));
    }

    [[nodiscard]] std::vector<std::uint64_t> numbers(const json& object,
                                                     const json::json_pointer& pointer,
                                                     const char* key) const {
        const auto found = object.find(key);
        if (found == object.end() || !found->is_array()) fail(pointer / key, "expected an array");
        std::vector<std::uint64_t> out;
        for (const json& number : *found) {
            if (!number.is_number_unsigned()) {
                fail(pointer / key / out.size(), "expected a non-negative integer");
            }
            out.push_back(number.get<std::uint64_t>());
        }
        return out;
    }

    const InputFile& file_;
    std::uint64_t data_at_;
};

std::vector<TensorEntry> read_entries(InputFile& file) {
    std::uint64_t data_at = 0;
    const json header = parse_header(file, data_at);
    const EntryReader reader(file, data_at);
    std::vector<TensorEntry> entries;
    for (const auto& [name, value] : header.items()) {
        if (name != "__metadata__") entries.push_back(reader.read(name, value));
    }
    return entries;
}

/// "3 tensors, of which matrices: a [2 x 3] F16, ..."
std::string describe(const std::vector<TensorEntry>& entries) {
    std::vector<std::string> matrices;
    for (const TensorEntry& entry : entries) {
        if (entry.shape.size() == 2) {
            matrices.push_back(
                fmt::format("{} {} {}", entry.name, shape_text(entry.shape), entry.dtype));
        }
    }
    const std::size_t more = matrices.size() - std::min(matrices.size(), kListedNames);
    matrices.resize(matrices.size() - more);
    return fmt::format("{} tensors, of which matrices: {}{}", entries.size(),
                       matrices.empty() ? "none" : fmt::format("{}", fmt::join(matrices, ", ")),
                       more == 0 ? "" : fmt::format(" and {} more", more));
}

const TensorEntry& select(const std::vector<TensorEntry>& entries, std::string_view tensor,
                          const std::string& file) {
    if (tensor.empty()) {
        if (entries.size() == 1) return entries.front();
        throw base::ConfigError(fmt::format("{}: name a tensor as {}:NAME; the file has {}", file,
                                            file, describe(entries)));
    }
    for (const TensorEntry& entry : entries) {
        if (entry.name == tensor) return entry;
    }
    throw base::ConfigError(
        fmt::format("{}: no tensor '{}'; the file has {}", file, tensor, describe(entries)));
}

using ExtentRule = MatrixExtent (*)(std::span<const std::uint64_t> shape, types::DataType type,
                                    std::string_view where);

Tensor load(const std::filesystem::path& path, std::string_view tensor, ExtentRule extent_rule) {
    InputFile file(path);
    const std::vector<TensorEntry> entries = read_entries(file);
    const TensorEntry& entry = select(entries, tensor, file.name());
    const std::string where = fmt::format("{}: tensor '{}'", file.name(), entry.name);
    const auto type = safetensors_type(entry.dtype);
    if (!type) {
        throw base::ConfigError(fmt::format("{}: type '{}', expected one of {}", where, entry.dtype,
                                            safetensors_spellings()));
    }
    const MatrixExtent extent = extent_rule(entry.shape, *type, where);
    if (entry.end - entry.begin != extent.bytes) {
        throw base::ConfigError(fmt::format("{}: data_offsets span {} bytes, expected {} for {} {}",
                                            where, entry.end - entry.begin, extent.bytes,
                                            shape_text(entry.shape), entry.dtype));
    }
    return {entry.shape,
            {*type, extent.rows, extent.columns, file.read(entry.begin, extent.bytes, where)}};
}

}  // namespace

std::vector<TensorEntry> list_safetensors(const std::filesystem::path& path) {
    InputFile file(path);
    return read_entries(file);
}

std::map<std::string, std::string> read_safetensors_text(const std::filesystem::path& path) {
    InputFile file(path);
    std::uint64_t data_at = 0;
    const json header = parse_header(file, data_at);
    std::map<std::string, std::string> text;
    const auto entries = header.find("__metadata__");
    if (entries == header.end()) return text;
    const auto is_text = [](const json& value) { return value.is_string(); };
    if (!entries->is_object() || !std::all_of(entries->begin(), entries->end(), is_text))
        throw base::ConfigError(
            fmt::format("{}: header /__metadata__: expected an object of strings", file.name()));
    for (const auto& [name, value] : entries->items()) text[name] = value.get<std::string>();
    return text;
}

Matrix read_safetensors(const std::filesystem::path& path, std::string_view tensor) {
    return load(path, tensor, matrix_extent).matrix;
}

Tensor read_safetensors_tensor(const std::filesystem::path& path, std::string_view tensor) {
    return load(path, tensor, tensor_extent);
}

}  // namespace sptc::tensor_file
