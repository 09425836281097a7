#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/sparsity/dense.hpp"
#include "models/types/data_type.hpp"

namespace sptc::run {

/// The matrix of a file ("FILE.npy", "FILE.safetensors[:tensor]") as values that `type` holds.
/// Floating-point types take floating-point elements and round them once, to nearest even; a note
/// tells how many overflowed. Integer types take integers (4-bit and 1-bit ones stand in bytes or
/// wider). Throws ConfigError naming file, element and range for one that does not fit.
[[nodiscard]] sparsity::Dense<double> read_elements(const std::string& path, types::DataType type,
                                                    std::vector<std::string>& notes);

/// `count` seeded values of a type: normal (mean 0, variance 1) and rounded, or uniform integers.
[[nodiscard]] std::vector<double> random_elements(types::DataType type, std::size_t count,
                                                  std::uint64_t seed);

}  // namespace sptc::run
