#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/types/data_type.hpp"

namespace sptc::test {

/// How the dot products of a set were computed.
enum class HwPath : std::uint8_t {
    kMma,             ///< a native mma
    kMmaFp8Emulated,  ///< an fp8 mma on sm_90 or sm_100
    kWgmma            ///< Hopper's wgmma m64nNk32, C = 0
};

/// Outputs of one GPU: `count` dot products of k terms, each at k = 0 .. k-1 of a dense instruction
/// whose other operands are zero. a, b are [count x k], c, d are [count], raw bits.
struct HwSet {
    std::string gpu;
    std::string architecture;  ///< "sm_80"
    types::DataType in;        ///< of A and B
    types::DataType out;       ///< of C and D
    HwPath path;
    std::size_t count;
    std::size_t k;
    std::vector<std::uint32_t> a, b, c, d;

    [[nodiscard]] std::span<const std::uint32_t> a_row(std::size_t i) const {
        return std::span(a).subspan(i * k, k);
    }
    [[nodiscard]] std::span<const std::uint32_t> b_row(std::size_t i) const {
        return std::span(b).subspan(i * k, k);
    }
};

/// The published outputs of the Leeds group (north-numerical-computing/MATLAB-tensor-core,
/// BSD-2-Clause), which are not part of this repository: from the folder that the environment
/// variable SPTC_HW_DATA names, else ../shared/data. Nothing when hw_leeds.json is not there.
/// Throws std::runtime_error when what is there cannot be read.
[[nodiscard]] std::optional<std::vector<HwSet>> load_hw_vectors();

}  // namespace sptc::test
