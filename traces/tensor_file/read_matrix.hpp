#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "traces/tensor_file/matrix.hpp"

namespace sptc::tensor_file {

/// A file and, for formats that hold several, the name of a tensor in it.
struct TensorPath {
    std::filesystem::path file;
    std::string tensor;  ///< empty when none was given
};

/// Splits "FILE.npy", "FILE.safetensors" or "FILE.safetensors:TENSOR". Throws ConfigError listing
/// the known extensions.
[[nodiscard]] TensorPath parse_tensor_path(std::string_view text);

/// Reads the matrix that parse_tensor_path() names, as read_npy() and read_safetensors() do.
[[nodiscard]] Matrix read_matrix(std::string_view text);

/// The same for a tensor of any number of dimensions.
[[nodiscard]] Tensor read_tensor(std::string_view text);

}  // namespace sptc::tensor_file
