#include "traces/ptx/liveness.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "traces/ptx/flow_graph.hpp"
#include "traces/ptx/register_set.hpp"

namespace sptc::ptx {
namespace {

struct Block : BasicBlock {
    RegisterSet live_in;
    RegisterSet live_out;
    RegisterSet written_in;  ///< possibly written on some way here
    RegisterSet written_out;
};

std::vector<Block> find_blocks(const Program& program) {
    std::vector<Block> blocks;
    for (BasicBlock& basic : find_basic_blocks(program)) {
        Block& block = blocks.emplace_back();
        static_cast<BasicBlock&>(block) = std::move(basic);
        for (RegisterSet* set :
             {&block.live_in, &block.live_out, &block.written_in, &block.written_out}) {
            *set = RegisterSet(program.registers.size());
        }
    }
    return blocks;
}

void find_live(const Program& program, std::vector<Block>& blocks) {
    for (bool changed = true; changed;) {
        changed = false;
        for (auto block = blocks.rbegin(); block != blocks.rend(); ++block) {
            for (std::uint32_t next : block->successors)
                block->live_out.unite(blocks[next].live_in);
            RegisterSet live = block->live_out;
            for (std::uint32_t i = block->end; i-- > block->begin;) {
                const isa::Instruction& instruction = program.instructions[i];
                if (program.ops[i].guard < 0) {
                    for (isa::RegisterId id : instruction.writes) live.erase(id);
                }
                for (isa::RegisterId id : instruction.reads) live.insert(id);
            }
            if (live != block->live_in) {
                block->live_in = std::move(live);
                changed = true;
            }
        }
    }
}

void find_written(const Program& program, std::vector<Block>& blocks) {
    for (bool changed = true; changed;) {
        changed = false;
        for (Block& block : blocks) {
            RegisterSet written = block.written_in;
            for (std::uint32_t i = block.begin; i < block.end; ++i) {
                for (isa::RegisterId id : program.instructions[i].writes) written.insert(id);
            }
            if (written != block.written_out) {
                block.written_out = std::move(written);
                changed = true;
            }
            for (std::uint32_t next : block.successors) {
                blocks[next].written_in.unite(block.written_out);
            }
        }
    }
}

std::uint32_t units(Width width) {
    return width == Width::kPredicate ? 0 : width == Width::k64 ? 2 : 1;
}

/// Walks one block backwards and counts what is live and may have been written before.
std::uint32_t pressure_of(const Program& program, const Block& block) {
    const std::size_t registers = program.registers.size();
    std::vector<std::uint32_t> first_write(registers, UINT32_MAX);
    for (std::uint32_t i = block.end; i-- > block.begin;) {
        for (isa::RegisterId id : program.instructions[i].writes) first_write[id] = i;
    }
    RegisterSet live(registers);
    std::uint32_t count = 0;
    const auto add = [&](std::size_t id, std::uint32_t before) {
        const bool written = block.written_in.contains(id) || first_write[id] < before;
        if (!written || live.contains(id)) return;
        live.insert(id);
        count += units(program.registers[id].width);
    };
    for (std::size_t id = 0; id < registers; ++id) {
        if (block.live_out.contains(id)) add(id, block.end);
    }
    std::uint32_t most = count;
    for (std::uint32_t i = block.end; i-- > block.begin;) {
        const isa::Instruction& instruction = program.instructions[i];
        for (isa::RegisterId id : instruction.writes) {
            const bool first = first_write[id] == i && !block.written_in.contains(id);
            if ((program.ops[i].guard >= 0 && !first) || !live.contains(id)) continue;
            live.erase(id);
            count -= units(program.registers[id].width);
        }
        for (isa::RegisterId id : instruction.reads) add(id, i);
        most = std::max(most, count);
    }
    return most;
}

}  // namespace

std::uint32_t maximum_live_registers(const Program& program) {
    std::vector<Block> blocks = find_blocks(program);
    find_live(program, blocks);
    find_written(program, blocks);
    // A function needs its registers beside those of its callers: counted as if the entry called
    // the largest one where it needs most itself.
    std::uint32_t most = 0;
    std::uint32_t most_of_functions = 0;
    for (const Block& block : blocks) {
        std::uint32_t& side = block.begin < program.functions[0].end ? most : most_of_functions;
        side = std::max(side, pressure_of(program, block));
    }
    return most + most_of_functions;
}

std::uint32_t estimate_registers(const Program& program) {
    return std::min(maximum_live_registers(program) + kRegisterMargin, kMaximumRegisters);
}

}  // namespace sptc::ptx
