#pragma once
#include <string_view>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// The handlers of one element type of ld and st, by the width of the register.
struct MemoryHandlers {
    Handler load32;
    Handler load64;
    Handler store32;
    Handler store64;
};

/// Op::modifier of a store whose data stand in 64-bit registers.
inline constexpr std::uint8_t kWideStore = 1;

/// The handlers of "u8", "b32", ...; nullptr when the type cannot be loaded.
[[nodiscard]] const MemoryHandlers* find_memory_handlers(std::string_view type);

/// Computes and checks addresses only: ld with values off.
void address_only(Execution& execution);
/// A store with values off: as address_only, and the buffer's content no longer holds.
void store_without_values(Execution& execution);
/// Operand 0 = operand 1.
void copy_register64(Execution& execution);
/// Operands: the destinations; Op::address.offset is the offset in parameter space.
void load_parameter32(Execution& execution);
void load_parameter64(Execution& execution);
/// Operands: 1, 2 or 4 destinations. Op::modifier 1 is .trans.
void load_matrix(Execution& execution);
void load_matrix_addresses(Execution& execution);  ///< the same with values off
/// Reads one matrix of ldmatrix, whose row addresses stand at 8 lanes of the result from
/// `first_row` on.
void read_tile(const Execution& execution, std::size_t first_row, bool transposed,
               isa::LaneRegister& target);
/// cp.async. Operand 0: source bytes (a 32-bit slot) or -1. Operand 1: ignore-src predicate or -1.
void async_copy(Execution& execution);
void async_copy_without_values(Execution& execution);
void async_copy_source(Execution& execution);  ///< of these the global side alone

/// A token that no copy under way has.
[[nodiscard]] isa::AsyncCopyToken take_token(CtaState& cta);

/// Copies what a cp.async captured into shared memory and frees its token.
void land_copy(CtaState& cta, isa::AsyncCopyToken token);

}  // namespace sptc::ptx
