#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "traces/tensor_file/matrix.hpp"

namespace sptc::tensor_file {

/// One tensor of a .safetensors file, as its header describes it.
struct TensorEntry {
    std::string name;
    std::string dtype;                 ///< as the file spells it: "F16", "BF16", "I64" ...
    std::vector<std::uint64_t> shape;  ///< row-major extents
    std::uint64_t begin;               ///< first byte, counted from the start of the file
    std::uint64_t end;                 ///< one past the last byte; at most the size of the file
};

/// The tensors of a .safetensors file, ordered by name; reads the header only. Throws ConfigError
/// with the file and the byte position or JSON pointer of what is malformed.
[[nodiscard]] std::vector<TensorEntry> list_safetensors(const std::filesystem::path& path);

/// The free text entries of a .safetensors file, by name; empty when there are none. Throws
/// ConfigError as list_safetensors() does.
[[nodiscard]] std::map<std::string, std::string> read_safetensors_text(
    const std::filesystem::path& path);

/// Reads one two-dimensional tensor, and only its bytes. An empty name takes the only tensor of the
/// file. Throws ConfigError that lists the matrices of the file when the name is missing or
/// unknown.
[[nodiscard]] Matrix read_safetensors(const std::filesystem::path& path, std::string_view tensor);

/// The same for any number of dimensions.
[[nodiscard]] Tensor read_safetensors_tensor(const std::filesystem::path& path,
                                             std::string_view tensor);

}  // namespace sptc::tensor_file
