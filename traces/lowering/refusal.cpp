#include "traces/lowering/refusal.hpp"

#include <fmt/format.h>

namespace sptc::lowering {
namespace {

using ptx::Control;

/// Unrolling, expansion and renaming add registers; RegisterIds have 16 bits.
constexpr std::size_t kMostOperations = 20000;

}  // namespace

std::string refusal(const ptx::Program& program) {
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        const Control control = program.ops[i].control;
        if (control != Control::kCall && control != Control::kReturn) continue;
        return fmt::format("{}: functions that are called are not lowered",
                           ptx::location(program, i));
    }
    if (program.ops.size() > kMostOperations) {
        return fmt::format("{}: {} operations, at most {} are lowered", program.file,
                           program.ops.size(), kMostOperations);
    }
    for (std::uint32_t i = 0; i < program.ops.size(); ++i) {
        const std::size_t end =
            i + 1 < program.ops.size() ? program.ops[i + 1].first_operand : program.operands.size();
        for (std::size_t j = program.ops[i].first_operand; j < end; ++j) {
            const ptx::OperandRole& role = program.operand_roles[j];
            if (role.known || role.number || program.operands[j] == -1) continue;
            return fmt::format("{}: the registers of '{}' are not known to lowering",
                               ptx::location(program, i), program.texts[i]);
        }
    }
    return "";
}

}  // namespace sptc::lowering
