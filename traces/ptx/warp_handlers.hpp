#pragma once
#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

// Instructions that exchange values between the lanes of a warp. The slot of the membermask stands
// last.

enum class ShuffleMode : std::uint8_t { kUp, kDown, kButterfly, kIndex };

/// Operands: d, p or -1, a, b, c, membermask. Op::modifier is the ShuffleMode. A lane that
/// does not take part gives what its register holds (PTX leaves it open).
void shuffle(Execution& execution);
/// The lane whose value a lane of a shfl about to execute gets.
[[nodiscard]] std::uint32_t shuffle_source_lane(const Execution& execution, std::uint32_t lane);

enum class VoteMode : std::uint8_t { kAll, kAny, kUniform, kBallot };

/// Set in Op::modifier beside the VoteMode when the source is negated.
inline constexpr std::uint8_t kNegatedVote = 0x80;

/// Operands: d (a predicate; of a ballot a 32-bit register), source predicate, membermask.
void vote(Execution& execution);
/// Operands: d.
void active_mask(Execution& execution);

/// Operands: d, a, membermask.
void match_any32(Execution& execution);
void match_any64(Execution& execution);
/// Operands: d, p or -1, a, membermask.
void match_all32(Execution& execution);
void match_all64(Execution& execution);

enum class Reduction : std::uint8_t { kAdd, kMin, kMax, kAnd, kOr, kXor };

/// Operands: d, a, membermask. Op::modifier is the Reduction.
void reduce_unsigned(Execution& execution);
void reduce_signed(Execution& execution);

/// movmatrix.trans: operands d, a. Fragments of an 8 x 8 matrix of b16.
void transpose_matrix(Execution& execution);

}  // namespace sptc::ptx
