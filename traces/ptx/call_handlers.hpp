#pragma once
#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// call: Op::detail is the CallSite. Copies the arguments into the callee's frame, which begins
/// behind the caller's. Throws KernelError when calls nest too deep.
void enter_function(Execution& execution);

/// ret of a function: copies the results into the caller's frame and sets ThreadStacks::targets.
void leave_function(Execution& execution);

/// brx.idx. Operand 0: the index; Op::detail is the branch table. Throws KernelError for an index
/// beyond the table.
void branch_indexed(Execution& execution);

/// The call of vprintf. Operands: the frame variables of format and arguments, and of the result
/// or -1.
void call_vprintf(Execution& execution);

/// The call of __assertfail. Operands: the frame variables of message, file, line and function.
/// Throws KernelError with them.
void call_assertfail(Execution& execution);

/// trap and brkpt: throws KernelError with the lanes.
void trap(Execution& execution);

}  // namespace sptc::ptx
