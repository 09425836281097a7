#include <algorithm>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

/// The operations of the uniform datapath (UIADD3, UIMAD, ULOP3, USHF, USEL, UISETP, UMOV).
bool has_uniform_form(const CodeOp& op) {
    const std::string_view word = first_word(op.name);
    const std::string_view type = last_word(op.name);
    if (type.front() == 'f' || op.instruction.operation == isa::Operation::kReadSpecial) {
        return false;
    }
    static constexpr std::string_view kWords[] = {"add", "sub", "mul", "mad",  "and", "or",  "xor",
                                                  "not", "shl", "shr", "selp", "mov", "setp"};
    return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

}  // namespace

std::vector<bool> find_uniform(const Code& code) {
    const Uses uses(code);
    std::vector<bool> uniform(code.registers.size(), true);
    // What only the uniform datapath reads or what has no place for a uniform operand stays out.
    const auto takes_uniform = [](const CodeOp& op) {
        return op.instruction.operation <= isa::Operation::kConvert;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t id = 0; id < uniform.size(); ++id) {
            if (!uniform[id] || uses.writers[id].empty()) continue;
            const bool written = std::all_of(
                uses.writers[id].begin(), uses.writers[id].end(), [&](const Place& place) {
                    const CodeOp& op = code.blocks[place.block].ops[place.index];
                    const bool load = op.instruction.operation == isa::Operation::kLoadParameter;
                    return !op.guarded() && is_pure(op) && (load || has_uniform_form(op)) &&
                           std::all_of(op.reads.begin(), op.reads.end(),
                                       [&](isa::RegisterId source) { return uniform[source]; });
                });
            const bool read = std::all_of(
                uses.readers[id].begin(), uses.readers[id].end(), [&](const Place& place) {
                    const CodeOp& op = code.blocks[place.block].ops[place.index];
                    return takes_uniform(op) && op.op.guard != static_cast<std::int32_t>(id);
                });
            if (written && read) continue;
            uniform[id] = false;
            changed = true;
        }
    }
    return uniform;
}

}  // namespace sptc::lowering
