#include "traces/launch/output_writer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::launch {
namespace {

/// Is a buffer a whole array of elements that .npy can hold?
bool is_array(const Buffer& buffer) {
    if (!buffer.type || buffer.dimensions.empty() || types::bits(*buffer.type) % 8 != 0)
        return false;
    std::uint64_t bytes = static_cast<std::uint64_t>(types::bits(*buffer.type)) / 8;
    for (const std::uint64_t extent : buffer.dimensions) bytes *= extent;
    return bytes == buffer.bytes;
}

}  // namespace

std::string write_output(const Launch& launch, const std::string& name,
                         std::span<const std::byte> content, const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw base::ConfigError(
            fmt::format("{}: cannot be created: {}", folder.string(), error.message()));
    }
    const auto buffer = std::find_if(launch.buffers.begin(), launch.buffers.end(),
                                     [&name](const Buffer& each) { return each.name == name; });
    SPTC_ASSERT(buffer != launch.buffers.end());
    if (is_array(*buffer)) {
        const std::filesystem::path path = folder / (name + ".npy");
        tensor_file::write_npy(path, *buffer->type, buffer->dimensions, content);
        return path.string();
    }
    const std::filesystem::path path = folder / (name + ".bin");
    base::write_bytes(path, content);
    return path.string();
}

}  // namespace sptc::launch
