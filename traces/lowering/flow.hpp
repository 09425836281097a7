#pragma once
#include <cstdint>
#include <vector>

#include "traces/lowering/code_op.hpp"

namespace sptc::lowering {

/// By block: the blocks that every way from the entry to it goes through, itself among them.
/// Blocks that nothing reaches are dominated by all.
[[nodiscard]] std::vector<RegisterSet> find_dominators(const Code& code);

/// Registers that are live when a block begins and when it ends. A guarded write ends no life.
struct Liveness {
    std::vector<RegisterSet> in;
    std::vector<RegisterSet> out;
};
[[nodiscard]] Liveness find_liveness(const Code& code);

/// Walks one operation backwards: what is live before it, from what is live after it.
void step_back(const CodeOp& op, RegisterSet& live);

/// Where an operation stands.
struct Place {
    std::uint32_t block = 0;
    std::uint32_t index = 0;
};

/// Writers and readers of every register, in program order.
struct Uses {
    explicit Uses(const Code& code);
    std::vector<std::vector<Place>> writers;
    std::vector<std::vector<Place>> readers;
};

/// Gives every web (writes that meet at some reader, and their readers) a register of its own, so
/// that values which only share a name are told apart. "Registers begin at 0" stays true: the web
/// of what was never written is a register that nothing writes.
void split_webs(Code& code);

}  // namespace sptc::lowering
