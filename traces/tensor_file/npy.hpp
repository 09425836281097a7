#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "models/types/data_type.hpp"
#include "traces/tensor_file/matrix.hpp"

namespace sptc::tensor_file {

/// Reads a two-dimensional .npy file (NumPy format 1.0, 2.0 or 3.0; little-endian; C order, or
/// Fortran order, which is transposed to row-major). Throws ConfigError with file and byte position
/// for anything else: nothing is allocated beyond the size of the file.
[[nodiscard]] Matrix read_npy(const std::filesystem::path& path);

/// The same for any number of dimensions; Fortran order only for up to two.
[[nodiscard]] Tensor read_npy_tensor(const std::filesystem::path& path);

/// Writes a .npy file (format 1.0, C order) that appears whole or not at all. `data` holds the
/// little-endian elements of `shape`, any number of dimensions. Throws ConfigError when .npy has no
/// such type or the file cannot be written.
void write_npy(const std::filesystem::path& path, types::DataType type,
               std::span<const std::uint64_t> shape, std::span<const std::byte> data);
void write_npy(const std::filesystem::path& path, const Matrix& matrix);

}  // namespace sptc::tensor_file
