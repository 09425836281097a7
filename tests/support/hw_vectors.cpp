#include "tests/support/hw_vectors.hpp"

#include <lzma.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace sptc::test {
namespace {

using Json = nlohmann::json;
using Blob = std::vector<std::uint8_t>;

Blob read_bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Blob decompress(const Blob& xz, std::size_t bytes) {
    Blob blob(bytes);
    std::uint64_t memory_limit = UINT64_MAX;
    std::size_t read = 0;
    std::size_t written = 0;
    const lzma_ret status = lzma_stream_buffer_decode(
        &memory_limit, 0, nullptr, xz.data(), &read, xz.size(), blob.data(), &written, blob.size());
    if (status != LZMA_OK || written != bytes) {
        throw std::runtime_error("xz: status " + std::to_string(status) + ", " +
                                 std::to_string(written) + " bytes, expected " +
                                 std::to_string(bytes));
    }
    return blob;
}

/// `count` little-endian elements from `offset` on; zeros when the offset is null.
std::vector<std::uint32_t> elements(const Blob& blob, const Json& offset, const Json& element_bytes,
                                    std::size_t count) {
    std::vector<std::uint32_t> values(count);
    if (offset.is_null()) return values;
    const auto first = offset.get<std::size_t>();
    const auto bytes = element_bytes.get<std::size_t>();
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t j = 0; j < bytes; ++j) {
            values[i] |= std::uint32_t{blob.at(first + i * bytes + j)} << (8 * j);
        }
    }
    return values;
}

HwPath parse_path(const std::string& name) {
    if (name == "mma") return HwPath::kMma;
    if (name == "mma_fp8_emulated") return HwPath::kMmaFp8Emulated;
    if (name == "wgmma") return HwPath::kWgmma;
    throw std::runtime_error("unknown path " + name);
}

HwSet parse_set(const Json& entry, const Blob& blob) {
    HwSet set{.gpu = entry.at("gpu"),
              .architecture = entry.at("cc"),
              .in = types::parse_data_type(entry.at("in_fmt").get<std::string>()),
              .out = types::parse_data_type(entry.at("out_fmt").get<std::string>()),
              .path = parse_path(entry.at("path")),
              .count = entry.at("count"),
              .k = entry.at("k"),
              .a = {},
              .b = {},
              .c = {},
              .d = {}};
    set.a = elements(blob, entry.at("a"), entry.at("ab_bytes"), set.count * set.k);
    set.b = elements(blob, entry.at("b"), entry.at("ab_bytes"), set.count * set.k);
    set.c = elements(blob, entry.at("c"), entry.at("cd_bytes"), set.count);
    set.d = elements(blob, entry.at("d"), entry.at("cd_bytes"), set.count);
    return set;
}

}  // namespace

std::optional<std::vector<HwSet>> load_hw_vectors() {
    const char* named = std::getenv("SPTC_HW_DATA");
    const std::filesystem::path folder = named != nullptr ? named : "../shared/data";
    const std::filesystem::path index = folder / "hw_leeds.json";
    if (!std::filesystem::exists(index)) return std::nullopt;

    std::ifstream file(index);
    const Json json = Json::parse(file);
    const Blob blob = decompress(read_bytes(folder / json.at("blob").get<std::string>()),
                                 json.at("blob_bytes").get<std::size_t>());
    std::vector<HwSet> sets;
    for (const Json& entry : json.at("entries")) sets.push_back(parse_set(entry, blob));
    return sets;
}

}  // namespace sptc::test
