#pragma once
#include <vector>

#include "traces/lowering/code.hpp"

namespace sptc::lowering {

/// Replaces a source register by another register or constant of its width, in operands and
/// addresses.
void replace_read(CodeOp& op, isa::RegisterId from, const CodeOperand& to);
/// Takes a register out of the reads of an operation in which nothing names it any more.
void drop_unread(CodeOp& op, isa::RegisterId id);
void add_once(std::vector<isa::RegisterId>& ids, isa::RegisterId id);

/// Is its address in a register?
[[nodiscard]] bool has_base_register(const CodeOp& op);

/// Has it no effect but its result, which depends on its sources alone (and on the lane)?
[[nodiscard]] bool is_pure(const CodeOp& op);

}  // namespace sptc::lowering
