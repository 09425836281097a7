#pragma once
#include <string_view>

#include "traces/lowering/code_op.hpp"

namespace sptc::lowering {

/// The machine operation that a warp synchronisation of all lanes becomes.
inline constexpr std::string_view kNop = "NOP";

/// The passes of lower(), in the order in which it runs them. Each keeps every executed value.

/// Copies, conversions that keep the bits, sums with 0 and folded constants give way to their
/// source wherever the machine can take it. Leaves the dead operations to remove_dead_code.
void propagate_copies(Code& code);

/// A pure operation on the same sources as one that dominates it gives way to that one.
void share_common(Code& code);

/// Removes pure operations whose results nobody reads.
void remove_dead_code(Code& code);

/// [d + x] with d = b + constant becomes [b + constant + x]: sums wrap alike.
void fold_addresses(Code& code);

/// Parameters and launch extents become operands in the constant bank, where every reader can take
/// one; they are then written before the kernel starts (Program::preloads).
void fold_parameters(Code& code);

/// Repeats the body of short loops whose number of trips is known. True when it did.
bool unroll_loops(Code& code);

/// Values that a loop would only carry, made of parameters and special registers, are computed
/// again behind it.
void rematerialise(Code& code);

/// By register: is it the same for all lanes, computed in the uniform datapath, and read only where
/// a uniform register can stand? Such values need no register of the 255.
[[nodiscard]] std::vector<bool> find_uniform(const Code& code);

/// Pairs that are one machine operation execute together: mul + add, and/or/xor pairs, setp with
/// and.pred, conversions to the low half with what they convert.
void fuse_operations(Code& code);

/// Names the machine operations, and puts before each PTX operation the ones that it needs more.
void expand_operations(Code& code);

/// Moves that gather fragments which do not stand in consecutive registers.
void gather_fragments(Code& code);

/// Counts the registers that values live at once need, in 32-bit units. `uniform` registers do not
/// count. Sets Code::register_count.
void count_registers(Code& code, const std::vector<bool>& uniform);

/// Gives every value the physical registers that hold it (RegisterInfo::physical): pairs and runs
/// (Code::runs) stand together and aligned. Values that are live at once have different registers,
/// as far as 255 are enough.
void allocate_registers(Code& code, const std::vector<bool>& uniform);

/// Orders each block by dependences and latencies as far as the registers that ptxas would spend on
/// it allow, and counts registers.
void schedule_blocks(Code& code, const std::vector<bool>& uniform);

}  // namespace sptc::lowering
