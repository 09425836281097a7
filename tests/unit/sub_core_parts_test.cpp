// The parts of a sub-core that stand between an instruction and its operands.
#include <catch2/catch.hpp>
#include <map>

#include "models/sm/instruction_buffer.hpp"
#include "models/sm/register_file.hpp"

using namespace sptc;
using base::Cycle;

namespace {

constexpr sm::RegisterFileSpec kSpec{.banks = 2, .window_cycles = 3, .cache_operand_slots = 3};
constexpr std::uint32_t kWarp = 0;

struct Registers {
    std::vector<isa::RegisterId> reads;
    std::vector<isa::RegisterId> writes;
    [[nodiscard]] isa::Instruction instruction() const {
        isa::Instruction result;
        result.reads = reads;
        result.writes = writes;
        return result;
    }
};

/// Register ids below `count` are the physical registers of that number; others, of 64, are none.
std::span<const isa::PhysicalRegisters> physical(std::uint8_t count) {
    static std::map<std::uint8_t, std::vector<isa::PhysicalRegisters>> kept;
    std::vector<isa::PhysicalRegisters>& registers = kept[count];
    registers.assign(64, {});
    for (std::uint8_t i = 0; i < count; ++i) registers[i] = {i, 1};
    return registers;
}

}  // namespace

TEST_CASE("register_file: operands of one bank come one a cycle, and a window hides three") {
    sm::RegisterFile file(kSpec);
    file.reset(physical(64));
    const Registers even{{10, 12, 14}, {}};
    CHECK(file.read(kWarp, even.instruction(), 100) == 0);
    const Registers mixed{{16, 17, 19}, {}};  // one even, two odd
    CHECK(file.read(kWarp, mixed.instruction(), 101) == 0);
    file.reset(physical(64));
    (void)file.read(kWarp, even.instruction(), 100);
    const Registers two_even{{16, 17, 18}, {}};
    CHECK(file.read(kWarp, two_even.instruction(), 101) == 1);
    file.reset(physical(64));
    (void)file.read(kWarp, even.instruction(), 100);
    const Registers three_even{{16, 18, 20}, {}};
    CHECK(file.read(kWarp, three_even.instruction(), 101) == 2);
}

TEST_CASE("register_file: registers without a physical number have no bank") {
    sm::RegisterFile file(kSpec);
    file.reset({});
    const Registers even{{10, 12, 14}, {16}};
    for (Cycle now = 100; now < 110; ++now) {
        CHECK(file.read(kWarp, even.instruction(), now) == 0);
        file.write(kWarp, even.instruction(), now + 4);
        CHECK(file.write_back(kWarp, even.instruction(), now + 4) == now + 4);
    }
    file.reset(physical(12));  // 12 and 14 are predicates, say
    CHECK(file.read(kWarp, even.instruction(), 100) == 0);
    CHECK(file.read(kWarp, Registers{{8, 14, 16}, {}}.instruction(), 101) == 0);
    CHECK(file.read(kWarp, Registers{{6, 18, 20}, {}}.instruction(), 102) == 0);
}

TEST_CASE("register_file: a value of two registers reads one of each bank") {
    sm::RegisterFile file(kSpec);
    std::vector<isa::PhysicalRegisters> pairs(8);
    for (std::uint8_t i = 0; i < 8; ++i) pairs[i] = {static_cast<std::uint8_t>(2 * i), 2};
    file.reset(pairs);
    const Registers three_pairs{{0, 1, 2}, {}};
    CHECK(file.read(kWarp, three_pairs.instruction(), 100) == 0);
    CHECK(file.read(kWarp, Registers{{3, 4, 5}, {}}.instruction(), 101) == 2);
}

TEST_CASE("register_file: a register read again in its slot needs no port until it is written") {
    const Registers first{{10, 12, 14}, {}};
    const Registers again{{10, 16, 18}, {}};
    const auto late = [&](std::uint32_t slot_of_second, const Registers& second) {
        sm::RegisterFile file(kSpec);
        file.reset(physical(64));
        (void)file.read(kWarp, first.instruction(), 100);
        return file.read(slot_of_second, second.instruction(), 101);
    };
    CHECK(late(kWarp, again) == 1);               // 10 is kept
    CHECK(late(kWarp + 1, again) == 2);           // another warp's 10
    CHECK(late(kWarp, {{16, 10, 18}, {}}) == 2);  // another slot
    sm::RegisterFile file(kSpec);
    file.reset(physical(64));
    (void)file.read(kWarp, first.instruction(), 100);
    file.write(kWarp, Registers{{}, {10}}.instruction(), 104);
    CHECK(file.read(kWarp, again.instruction(), 101) == 2);
}

TEST_CASE("register_file: a load that returns with a fixed-latency write of its bank waits") {
    sm::RegisterFile file(kSpec);
    file.reset(physical(64));
    file.write(kWarp, Registers{{}, {4}}.instruction(), 120);
    file.write(kWarp, Registers{{}, {6}}.instruction(), 121);
    CHECK(file.write_back(kWarp, Registers{{}, {8}}.instruction(), 119) == 119);
    CHECK(file.write_back(kWarp, Registers{{}, {8}}.instruction(), 120) == 122);
    CHECK(file.write_back(kWarp, Registers{{}, {9}}.instruction(), 120) == 120);
}

TEST_CASE("instruction_buffer: three entries feed one issue a cycle, two only two in three") {
    const auto issues = [](std::uint32_t entries, int count) {
        sm::InstructionBuffer buffer(entries, 3);
        buffer.refill(10);
        std::vector<Cycle> cycles;
        for (int i = 0; i < count; ++i) {
            cycles.push_back(std::max(buffer.available(), cycles.empty() ? 0 : cycles.back() + 1));
            buffer.issued(cycles.back());
        }
        return cycles;
    };
    CHECK(issues(3, 6) == std::vector<Cycle>{10, 11, 12, 13, 14, 15});
    CHECK(issues(2, 6) == std::vector<Cycle>{10, 11, 13, 14, 16, 17});
}
