#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "models/types/data_type.hpp"

namespace sptc::tensor_file {

/// A tensor to be written: little-endian elements of a row-major shape.
struct NamedTensor {
    std::string name;
    types::DataType type;
    std::vector<std::uint64_t> shape;
    std::span<const std::byte> data;
};

/// Writes a .safetensors file that appears whole or not at all: the tensors one after another, and
/// `metadata` as its free text entries. Throws ConfigError when the format has no such type or the
/// file cannot be written.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace sptc::tensor_file
