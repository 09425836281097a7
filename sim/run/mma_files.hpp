#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>

#include "models/isa/mma.hpp"
#include "models/tensor_core/tensor_core_spec.hpp"
#include "sim/run/progress.hpp"

namespace sptc::run {

enum class Check : std::uint8_t { kOff, kOn };

/// A batch of matrix instructions in files: raw little-endian matrices, items one after another.
/// A [count][M][k_stored], B [count][k_logical][N], C and D [count][M][N], all row-major; E
/// [count][M][chunks] un-reordered metadata codes of 4 bits. Elements below a byte are packed low
/// bits first; an item of m8n8k4 f16 has four matrices of each.
struct MmaFiles {
    std::filesystem::path a, b, c;
    std::filesystem::path e;  ///< empty when the form is dense
    std::filesystem::path d;  ///< written; appears when it is complete
};

/// An element of D that the reference computes otherwise.
struct MmaMismatch {
    std::uint64_t item;
    std::uint32_t row;
    std::uint32_t column;
    std::uint64_t found;     ///< raw bits
    std::uint64_t expected;  ///< raw bits
};

/// What a batch did in the tensor core.
struct MmaFilesResult {
    std::uint64_t cycles = 0;  ///< first issue to last D ready, one tensor core
    std::uint64_t b_values_fetched = 0;
    std::uint64_t executed_macs = 0;
    std::uint64_t elements = 0;  ///< of D; compared when the check is on
    std::uint64_t mismatches = 0;
    std::optional<MmaMismatch> first;  ///< in the order of the file
};

/// Runs `count` instructions through the three modules of one tensor core, a few thousand at a
/// time, and writes D. With the check on, every element of D is compared with models/reference.
/// Throws ConfigError when a file's size is not that of `count` items or a file cannot be read or
/// written or the architecture lacks the form; KernelError naming file, item, row and chunk for
/// illegal metadata. Then no D appears.
[[nodiscard]] MmaFilesResult run_mma_files(const isa::MmaSpelling& instruction,
                                           const tensor_core::TensorCoreSpec& spec,
                                           const MmaFiles& files, std::uint64_t count, Check check,
                                           Progress& progress);

}  // namespace sptc::run
