#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "models/types/data_type.hpp"

namespace sptc::tensor_file {

/// How the file formats spell an element type; an empty spelling means the format lacks it.
struct ElementFormat {
    types::DataType type;
    std::string_view npy;          ///< descr of a .npy header
    std::string_view safetensors;  ///< dtype of a .safetensors header
};

/// Every element type that files may hold.
[[nodiscard]] std::span<const ElementFormat> element_formats();

/// The type with this spelling, if known.
[[nodiscard]] std::optional<types::DataType> npy_type(std::string_view descr);
[[nodiscard]] std::optional<types::DataType> safetensors_type(std::string_view dtype);

/// The descr of a type; empty when .npy cannot hold it.
[[nodiscard]] std::string_view npy_descr(types::DataType type);

/// The spellings of a format, joined with commas, for messages.
[[nodiscard]] std::string npy_spellings();
[[nodiscard]] std::string safetensors_spellings();

}  // namespace sptc::tensor_file
