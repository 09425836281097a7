// Issue, register banks, branches and the memory queue, against measured cycles. Sources: Huerta et
// al., MICRO 2025 (RTX A6000), and a reproduction of its probes on an A100.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/a100.hpp"
#include "tests/support/scripted_source.hpp"

using namespace sptc;
using base::Cycle;
using isa::Operation;
using test::ScriptedSource;
using Step = ScriptedSource::Step;

namespace {

constexpr std::uint32_t kPhysical = 64;

/// Issue cycles of the steps of warp 0, whose registers are physical ones.
std::vector<Cycle> issues(const gpu::GpuSpec& spec, std::vector<Step> body) {
    test::A100 gpu(spec);
    ScriptedSource source(1, std::move(body), 1);
    source.name_physical_registers(kPhysical);
    (void)gpu.run(source);
    return source.issues;
}

/// Cycles from the step before IADD3 R1, Ra, Rb, Rc; FFMA R3, R16, x, y to the step behind, as the
/// two clock reads of the probe see them less the 2 of their framing.
Cycle window(isa::RegisterId x, isa::RegisterId y) {
    const Step nop{.operation = Operation::kCtaFence};
    const auto cycles =
        issues(test::A100::make_spec(1),
               {nop,
                {.operation = Operation::kIntegerAlu, .reads = {10, 12, 14}, .writes = {1}},
                {.operation = Operation::kFloat32, .reads = {16, x, y}, .writes = {3}},
                nop});
    return cycles[3] - cycles[0];
}

/// Cycles per instruction of independent ones that read `operands` registers of one bank.
double same_bank_cycles(std::size_t operands) {
    gpu::GpuSpec spec = test::A100::make_spec(1);
    spec.sm.sub_core.float32.lanes = 32;  // as GA102: one a cycle
    std::vector<Step> body;
    constexpr int kCount = 20;
    for (int i = 0; i < kCount; ++i) {
        Step step{.operation = Operation::kFloat32, .writes = {1}};
        for (std::size_t j = 0; j < operands; ++j) {
            step.reads.push_back(static_cast<isa::RegisterId>(2 * (i % 2) + 4 * j + 20));
        }
        step.writes = {static_cast<isa::RegisterId>(2 * i % 16 + 1)};
        body.push_back(step);
    }
    const auto cycles = issues(spec, body);
    return static_cast<double>(cycles[15] - cycles[5]) / 10;
}

gpu::GpuSpec ga102() {
    gpu::GpuSpec spec = test::A100::make_spec(1);
    spec.sm.memory_instruction_cycles = 2;  // Huerta et al., section 5.4
    return spec;
}

/// Issue cycles of independent loads, by sub-core.
std::vector<std::vector<Cycle>> memory_issues(std::uint32_t sub_cores) {
    test::A100 gpu(ga102());
    std::vector<Step> body;
    for (isa::RegisterId i = 0; i < 8; ++i) {
        body.push_back({.operation = Operation::kLoadGlobal,
                        .reads = {0},
                        .writes = {static_cast<isa::RegisterId>(10 + i)}});
    }
    ScriptedSource source(sub_cores, body, 1);
    (void)gpu.run(source);
    std::vector<std::vector<Cycle>> cycles;
    for (const auto& warp : source.issues_of_warp) {
        std::vector<Cycle>& row = cycles.emplace_back();
        for (std::size_t i = 0; i < body.size(); ++i) row.push_back(warp[i] - warp[0] + 2);
    }
    return cycles;
}

/// From the issue of a memory instruction to the first issue of one that overwrites its operand.
Cycle write_after_read(Step memory) {
    memory.reads = {2};
    const auto cycles = issues(
        ga102(), {memory, {.operation = Operation::kIntegerAlu, .reads = {4}, .writes = {2}}});
    return cycles[1] - cycles[0];
}

Cycle read_after_write(Step load) {
    load.reads = {2};
    load.writes = {1};
    const auto cycles =
        issues(ga102(), {load, {.operation = Operation::kIntegerAlu, .reads = {1}, .writes = {4}}});
    return cycles[1] - cycles[0];
}

}  // namespace

TEST_CASE("sub_core: IADD3 and FFMA take 5, 6 or 7 cycles by the banks of the FFMA") {
    // A100 reproduction: odd/odd 5, even/odd 6, even/even 7, two of them framing.
    CHECK(window(19, 21) == 5 - 2);
    CHECK(window(18, 21) == 6 - 2);
    CHECK(window(18, 20) == 7 - 2);
}

TEST_CASE("sub_core: FMUL of one bank has one bubble, FFMA two") {
    // Huerta et al., section 5.3.
    CHECK(same_bank_cycles(1) == 1);
    CHECK(same_bank_cycles(2) == 2);
    CHECK(same_bank_cycles(3) == 3);
}

TEST_CASE("sub_core: dependent FADD to FFMA 4 cycles, MOV to MOV 4, MOV to an address 5") {
    // Huerta et al., listings 2 and 3; reproduction on an A100.
    const auto distance = [](Operation producer, const Step& consumer) {
        const auto cycles =
            issues(test::A100::make_spec(1),
                   {{.operation = producer, .reads = {2}, .writes = {1}}, consumer});
        return cycles[1] - cycles[0];
    };
    CHECK(distance(Operation::kFloat32,
                   {.operation = Operation::kFloat32, .reads = {1}, .writes = {3}}) == 4);
    CHECK(distance(Operation::kIntegerAlu,
                   {.operation = Operation::kIntegerAlu, .reads = {1}, .writes = {3}}) == 4);
    CHECK(distance(Operation::kIntegerAlu, {.operation = Operation::kLoadGlobal,
                                            .reads = {1},
                                            .writes = {3},
                                            .addressed = true}) == 5);
}

TEST_CASE("sub_core: a taken branch costs resolving and fetching, one not taken nothing") {
    const Step next{.operation = Operation::kIntegerAlu, .reads = {4}, .writes = {6}};
    const gpu::GpuSpec spec = test::A100::make_spec(1);
    const sm::InstructionSupplySpec& supply = spec.sm.sub_core.instruction_supply;
    const auto taken = issues(spec, {{.operation = Operation::kBranch}, next});
    CHECK(taken[1] - taken[0] == supply.branch_resolve_cycles + supply.fetch_cycles);
    const auto not_taken =
        issues(spec, {{.operation = Operation::kBranch, .active_mask = 0}, next});
    CHECK(not_taken[1] - not_taken[0] == 1);
}

TEST_CASE("sub_core: memory instructions issue as measured with one to four active sub-cores") {
    // Huerta et al., table 1: five at once from cycle 2 on, then one per 4 cycles and sub-core and
    // one per 2 cycles and SM. Which sub-core comes first is not part of the table.
    const std::vector<std::vector<std::vector<Cycle>>> measured{
        {{13, 17, 21}},
        {{13, 17, 21}, {15, 19, 23}},
        {{13, 19, 25}, {15, 21, 27}, {17, 23, 29}},
        {{13, 21, 29}, {15, 23, 31}, {17, 25, 33}, {19, 27, 35}}};
    for (std::uint32_t active = 1; active <= 4; ++active) {
        auto cycles = memory_issues(active);
        std::sort(cycles.begin(), cycles.end());
        for (std::size_t i = 0; i < active; ++i) {
            CAPTURE(active, i);
            CHECK(std::vector<Cycle>(cycles[i].begin(), cycles[i].begin() + 5) ==
                  std::vector<Cycle>{2, 3, 4, 5, 6});
            CHECK(std::vector<Cycle>(cycles[i].begin() + 5, cycles[i].end()) ==
                  measured[active - 1][i]);
        }
    }
}

TEST_CASE("sub_core: operands of memory instructions are read after the measured cycles") {
    // Huerta et al., table 2, WAR for 32, 64 and 128 bits a thread.
    struct Row {
        Operation operation;
        bool uniform;
        std::array<Cycle, 3> cycles;
    };
    const Row rows[] = {{Operation::kLoadGlobal, true, {9, 9, 9}},
                        {Operation::kLoadGlobal, false, {11, 11, 11}},
                        {Operation::kStoreGlobal, true, {10, 12, 16}},
                        {Operation::kStoreGlobal, false, {14, 16, 20}},
                        {Operation::kLoadShared, true, {9, 9, 9}},
                        {Operation::kLoadShared, false, {9, 9, 9}},
                        {Operation::kStoreShared, true, {10, 12, 16}},
                        {Operation::kStoreShared, false, {12, 14, 18}},
                        {Operation::kAsyncCopy, false, {13, 13, 13}}};
    for (const Row& row : rows) {
        for (std::size_t width = 0; width < 3; ++width) {
            CAPTURE(isa::operation_name(row.operation), row.uniform, width);
            Step step{.operation = row.operation,
                      .bytes_per_lane = static_cast<std::uint8_t>(4u << width),
                      .uniform_address = row.uniform};
            if (row.operation == Operation::kLoadGlobal || row.operation == Operation::kLoadShared)
                step.writes = {8};
            CHECK(write_after_read(step) == row.cycles[width]);
        }
    }
}

TEST_CASE("sub_core: data of shared loads comes after the measured cycles") {
    // Huerta et al., table 2, RAW: 24, 24, 26, and one less with a uniform address. An A100's
    // 32-bit load takes 23 (Sun et al., TPDS 2023, table 10), so differences count.
    const auto load = [](std::uint8_t bytes, bool uniform) {
        return read_after_write(
            {.operation = Operation::kLoadShared,
             .bytes_per_lane = bytes,
             .uniform_address = uniform,
             .address = [bytes](int lane, int) { return std::uint64_t{bytes} * unsigned(lane); }});
    };
    CHECK(load(4, false) == 23);
    CHECK(load(8, false) == 23);
    CHECK(load(16, false) == 25);
    CHECK(load(4, true) == 22);
    CHECK(load(16, true) == 24);
}
