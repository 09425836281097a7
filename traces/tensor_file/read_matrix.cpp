#include "traces/tensor_file/read_matrix.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"
#include "traces/tensor_file/npy.hpp"
#include "traces/tensor_file/safetensors.hpp"

namespace sptc::tensor_file {
namespace {

constexpr std::string_view kNpy = ".npy";
constexpr std::string_view kSafetensors = ".safetensors";

}  // namespace

TensorPath parse_tensor_path(std::string_view text) {
    const std::string separator = fmt::format("{}:", kSafetensors);
    if (const std::size_t at = text.find(separator); at != std::string_view::npos) {
        const std::size_t name_at = at + separator.size();
        if (name_at == text.size()) {
            throw base::ConfigError(
                fmt::format("{}: expected a tensor name after the colon", text));
        }
        return {text.substr(0, name_at - 1), std::string(text.substr(name_at))};
    }
    if (text.ends_with(kNpy) || text.ends_with(kSafetensors)) return {text, {}};
    if (text.find(fmt::format("{}:", kNpy)) != std::string_view::npos) {
        throw base::ConfigError(
            fmt::format("{}: a .npy file holds one matrix, expected no tensor name", text));
    }
    throw base::ConfigError(fmt::format(
        "{}: unknown kind of tensor file, expected FILE.npy or FILE.safetensors[:TENSOR]", text));
}

Matrix read_matrix(std::string_view text) {
    const TensorPath path = parse_tensor_path(text);
    return path.file.native().ends_with(kNpy) ? read_npy(path.file)
                                              : read_safetensors(path.file, path.tensor);
}

Tensor read_tensor(std::string_view text) {
    const TensorPath path = parse_tensor_path(text);
    return path.file.native().ends_with(kNpy) ? read_npy_tensor(path.file)
                                              : read_safetensors_tensor(path.file, path.tensor);
}

}  // namespace sptc::tensor_file
