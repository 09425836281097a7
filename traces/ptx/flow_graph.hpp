#pragma once
#include <cstdint>
#include <vector>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Operations [begin, end) that run one after another.
struct BasicBlock {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::vector<std::uint32_t> successors;  ///< in the same function: a call goes on behind itself
};

/// The blocks of a program in the order of their ops; those of a function stand together.
[[nodiscard]] std::vector<BasicBlock> find_basic_blocks(const Program& program);

}  // namespace sptc::ptx
