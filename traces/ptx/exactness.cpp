#include "traces/ptx/exactness.hpp"

#include <string_view>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

std::vector<Exactness> exactness(const Program& program) {
    std::vector<Exactness> classes;
    classes.reserve(program.ops.size());
    for (const Op& op : program.ops) classes.push_back(op.exactness);
    return classes;
}

std::vector<bool> contractible(const Program& program) {
    const auto starts_with = [&program](std::size_t op, std::string_view word) {
        return program.texts[op].compare(0, word.size(), word) == 0;
    };
    std::vector<bool> products(program.registers.size());
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t i = 0; i < program.ops.size(); ++i) {
            const isa::Instruction& instruction = program.instructions[i];
            bool product =
                program.ops[i].exactness == Exactness::kMayBeContracted && starts_with(i, "mul.");
            const bool copies = starts_with(i, "mov.") || starts_with(i, "selp.") ||
                                starts_with(i, "neg.") || starts_with(i, "abs.");
            for (const isa::RegisterId read : instruction.reads) {
                product = product || (copies && products[read]);
            }
            for (const isa::RegisterId write : instruction.writes) {
                changed = changed || (product && !products[write]);
                if (product) products[write] = true;
            }
        }
    }
    std::vector<bool> result(program.ops.size());
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        if (program.ops[i].exactness != Exactness::kMayBeContracted || starts_with(i, "mul.")) {
            continue;
        }
        for (const isa::RegisterId read : program.instructions[i].reads) {
            if (products[read]) result[i] = true;
        }
    }
    return result;
}

}  // namespace sptc::ptx
