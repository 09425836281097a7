#pragma once
#include <cstdint>
#include <string>

#include "traces/cuda/kept_output.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::run {

/// The first difference of an output in words. `form` is the instruction of a numerics entry, whose
/// buffers A, B, C, [E,] D are in fragment order: then row, column and operands are spelled out.
[[nodiscard]] std::string mismatch_text(const launch::Launch& launch, const std::string& form,
                                        const cuda::KeptOutput& recorded,
                                        const cuda::KeptOutput& simulated,
                                        const cuda::OutputDifference& difference);

}  // namespace sptc::run
