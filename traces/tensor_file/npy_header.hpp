#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/types/data_type.hpp"

namespace sptc::tensor_file {

/// What the header of a .npy file says (NumPy Enhancement Proposal 1).
struct NpyHeader {
    types::DataType type;
    bool fortran_order;
    std::vector<std::uint64_t> shape;
};

/// Parses the dictionary of a .npy header, a Python literal such as
/// "{'descr': '<f2', 'fortran_order': False, 'shape': (3, 4), }". Throws ConfigError "file: byte N:
/// ..." where N counts from the start of the file, at which `text` begins at `first_byte`.
[[nodiscard]] NpyHeader parse_npy_header(std::string_view text, std::string_view file,
                                         std::uint64_t first_byte);

}  // namespace sptc::tensor_file
