// The physical registers that lowering allocates.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "models/base/file.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/ptx/flow_graph.hpp"
#include "traces/ptx/register_set.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;
using ptx::RegisterSet;

namespace {

std::shared_ptr<const ptx::Program> lowered(const std::string& text) {
    return lowering::lower(ptx::load_program(text, "k.ptx", ""));
}

std::vector<std::shared_ptr<const ptx::Program>> programs() {
    std::vector<std::shared_ptr<const ptx::Program>> all;
    for (const bool sparse : {false, true}) {
        const gemm::GemmProblem problem{.m = 128, .n = 128, .k = 256, .sparse = sparse};
        const std::uint32_t k = sparse ? 64 : 32;
        all.push_back(lowered(gemm::write_kernel(problem, {64, 64, k, 32, 32, 3}).ptx));
    }
    for (const std::string name : {"hgemm_mma", "softmax", "histogram", "wmma_gemm"}) {
        all.push_back(lowered(base::read_text("tests/kernels/" + name + "/" + name + ".ptx")));
    }
    return all;
}

/// Does a write end the life of what stood there? Under a guard some lanes keep it, but for what
/// only the scoreboard sees, which is read under the same guard.
bool ends_life(const ptx::Program& program, std::uint32_t op, isa::RegisterId id) {
    return program.ops[op].guard < 0 || program.registers[id].slot < 0;
}

/// What is live behind a block.
std::vector<RegisterSet> live_out(const ptx::Program& program,
                                  const std::vector<ptx::BasicBlock>& blocks) {
    std::vector<RegisterSet> in(blocks.size(), RegisterSet(program.registers.size()));
    std::vector<RegisterSet> out = in;
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t b = blocks.size(); b-- > 0;) {
            for (const std::uint32_t to : blocks[b].successors) out[b].unite(in[to]);
            RegisterSet live = out[b];
            for (std::uint32_t i = blocks[b].end; i-- > blocks[b].begin;) {
                for (const isa::RegisterId id : program.instructions[i].writes) {
                    if (ends_life(program, i, id)) live.erase(id);
                }
                for (const isa::RegisterId id : program.instructions[i].reads) live.insert(id);
            }
            if (live == in[b]) continue;
            in[b] = std::move(live);
            changed = true;
        }
    }
    return out;
}

/// Do two of these values share a register?
bool shares(const ptx::Program& program, const RegisterSet& live) {
    std::map<int, std::size_t> owner;
    for (std::size_t id = 0; id < program.registers.size(); ++id) {
        const isa::PhysicalRegisters& place = program.registers[id].physical;
        for (int unit = 0; live.contains(id) && unit < place.count; ++unit) {
            if (!owner.emplace(place.first + unit, id).second) return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("lowering: values that are live at once have different physical registers") {
    for (const auto& program : programs()) {
        INFO(program->entry);
        const auto blocks = ptx::find_basic_blocks(*program);
        const std::vector<RegisterSet> out = live_out(*program, blocks);
        std::size_t shared = 0;
        for (std::size_t b = 0; b < blocks.size(); ++b) {
            RegisterSet live = out[b];
            for (std::uint32_t i = blocks[b].end; i-- > blocks[b].begin;) {
                const isa::Instruction& instruction = program->instructions[i];
                for (const isa::RegisterId id : instruction.writes) live.insert(id);
                if (shares(*program, live)) ++shared;
                for (const isa::RegisterId id : instruction.writes) {
                    if (ends_life(*program, i, id)) live.erase(id);
                }
                for (const isa::RegisterId id : instruction.reads) live.insert(id);
            }
        }
        CHECK(shared == 0);
    }
}

TEST_CASE("lowering: 64-bit values have even pairs, results of mma and ldmatrix aligned runs") {
    for (const auto& program : programs()) {
        INFO(program->entry);
        for (const ptx::RegisterInfo& info : program->registers) {
            if (info.physical.count == 2) CHECK(info.physical.first % 2 == 0);
        }
        for (const isa::Instruction& instruction : program->instructions) {
            const bool run = instruction.operation == isa::Operation::kMma ||
                             instruction.operation == isa::Operation::kLoadMatrix;
            if (!run) continue;
            const auto place = [&](std::size_t i) {
                return program->registers[instruction.writes[i]].physical;
            };
            const std::size_t count = instruction.writes.size();
            CHECK(place(0).first % std::min<std::size_t>(count, 4) == 0);
            for (std::size_t i = 1; i < count; ++i) CHECK(place(i).first == place(0).first + i);
        }
    }
}

TEST_CASE("lowering: predicates, uniform values and constants have no physical register") {
    for (const auto& program : programs()) {
        for (const ptx::RegisterInfo& info : program->registers) {
            if (info.width == ptx::Width::kPredicate) CHECK(info.physical.count == 0);
        }
        const bool any =
            std::any_of(program->registers.begin(), program->registers.end(),
                        [](const ptx::RegisterInfo& info) { return info.physical.count != 0; });
        CHECK(any);
    }
}

TEST_CASE("lowering: chains and the value that each adds stand in different register banks") {
    std::string text =
        ".version 8.5\n.target sm_80\n.address_size 64\n"
        ".visible .entry k(.param .u64 p)\n{\n.reg .b64 %p; .reg .b32 %x<4>, %y, %z;\n"
        "ld.param.u64 %p, [p]; ld.global.b32 %y, [%p]; ld.global.b32 %z, [%p+4];\n";
    for (const char* chain : {"0", "1", "2", "3"})
        text += fmt::format("ld.global.b32 %x{}, [%p+1{}8];\n", chain, chain);
    for (const char* chain : {"0", "1", "2", "3"}) {
        text += fmt::format("add.rn.f32 %x{0}, %x{0}, %y;\nxor.b32 %x{0}, %x{0}, %z;\n", chain);
        text += fmt::format("st.global.b32 [%p+1{0}8], %x{0};\n", chain);
    }
    const auto program = lowered(text + "ret;\n}\n");
    int pairs = 0;
    for (const isa::Instruction& instruction : program->instructions) {
        if (instruction.operation != isa::Operation::kFloat32) continue;
        REQUIRE(instruction.reads.size() == 2);
        const auto bank = [&](std::size_t i) {
            return program->registers[instruction.reads[i]].physical.first % 2;
        };
        CHECK(bank(0) != bank(1));
        ++pairs;
    }
    CHECK(pairs == 4);
}
