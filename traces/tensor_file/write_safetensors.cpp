#include "traces/tensor_file/write_safetensors.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/tensor_file/element_format.hpp"

namespace sptc::tensor_file {
namespace {

constexpr std::size_t kAlignment = 8;  // of the data, as the format's own writer does it

std::string_view dtype_of(types::DataType type, const std::filesystem::path& path) {
    for (const ElementFormat& format : element_formats()) {
        if (format.type == type && !format.safetensors.empty()) return format.safetensors;
    }
    throw base::ConfigError(fmt::format("{}: .safetensors has no type {}, expected one of {}",
                                        path.string(), types::name(type), safetensors_spellings()));
}

std::string header_text(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                        const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::uint64_t begin = 0;
    for (const NamedTensor& tensor : tensors) {
        std::uint64_t bytes = static_cast<std::uint64_t>(types::bits(tensor.type) / 8);
        for (const std::uint64_t extent : tensor.shape) bytes *= extent;
        SPTC_ASSERT(bytes == tensor.data.size());
        SPTC_ASSERT(!header.contains(tensor.name));
        header[tensor.name] = {{"dtype", dtype_of(tensor.type, path)},
                               {"shape", tensor.shape},
                               {"data_offsets", {begin, begin + bytes}}};
        begin += bytes;
    }
    std::string text = header.dump();
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
    static_assert(std::endian::native == std::endian::little);
    const std::string header = header_text(path, tensors, metadata);
    const std::uint64_t length = header.size();
    base::AtomicFile file(path);
    file.write(std::as_bytes(std::span(&length, 1)));
    file.write(std::as_bytes(std::span(header)));
    for (const NamedTensor& tensor : tensors) file.write(tensor.data);
    file.commit();
}

}  // namespace sptc::tensor_file
