#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "models/tensor_core/tensor_core.hpp"
#include "tests/support/fresh_simulation.hpp"
#include "tests/support/mma_case.hpp"

using namespace sptc;
using tensor_core::TensorCore;
using tensor_core::TensorCoreSpec;
using types::DataType;

namespace {

constexpr base::Cycle kStart = 100;

/// One tensor core in a simulation of its own, values off.
class Bench {
  public:
    explicit Bench(const TensorCoreSpec& spec = {}) : core("core", spec) {
        core.listener.bind(listener);
        simulation_.elaborate();
    }

    void issue(const isa::MmaForm& form, base::Cycle now) {
        instruction_.mma = &form;
        core.issue(instruction_, {}, now, now);
    }

    /// Issues one instruction at kStart and ticks until `until`.
    void issue_and_tick(const isa::MmaForm& form, base::Cycle until) {
        issue(form, kStart);
        for (base::Cycle now = kStart + 1; now <= until; ++now) core.tick(now);
    }

  private:
    test::FreshSimulation simulation_;
    test::RecordingListener listener_;
    isa::Instruction instruction_;

  public:
    TensorCore core;
    test::RecordingListener& listener = listener_;
};

const isa::MmaForm& dense(int k) { return test::f16_form(false, k, DataType::kF32); }
const isa::MmaForm& sparse(int k) { return test::f16_form(true, k, DataType::kF32); }

void check_interval(const TensorCoreSpec& spec, const isa::MmaForm& form, base::Cycle interval) {
    INFO(form.ptx_name() << " interval " << interval);
    Bench bench(spec);
    bench.issue_and_tick(form, kStart + interval - 1);
    CHECK_FALSE(bench.core.can_issue(form, kStart + interval - 1));
    CHECK(bench.core.earliest(kStart) == kStart + interval);
    CHECK(bench.core.can_issue(form, kStart + interval));
    bench.issue(form, kStart + interval);
}

void check_completion(const isa::MmaForm& form, base::Cycle completion,
                      const TensorCoreSpec& spec = {}) {
    INFO(form.ptx_name());
    Bench bench(spec);
    bench.issue_and_tick(form, kStart + 40);
    REQUIRE(bench.listener.done.size() == 1);
    CHECK(bench.listener.done[0] == std::pair{std::uint64_t{kStart}, kStart + completion});
}

}  // namespace

TEST_CASE(
    "tensor_core: the next same instruction issues after 8, 4, 8 and 6 cycles, not one earlier") {
    // Ideal intervals of Sun et al., table 3: 1024 FMA per SM and cycle over four sub-cores; table
    // 6: 6.35 measured for sparse m16n8k16.
    check_interval({}, dense(16), 8);
    check_interval({}, dense(8), 4);
    check_interval({}, sparse(32), 8);
    check_interval({}, sparse(16), 6);
}

TEST_CASE("tensor_core: D is ready 25 cycles after issue for two groups and 18 for one") {
    // Sun et al., tables 3 and 6: 24.7, 17.7, 24.7, 17.8.
    check_completion(dense(16), 25);
    check_completion(dense(8), 18);
    check_completion(sparse(32), 25);
    check_completion(sparse(16), 18);
}

TEST_CASE("tensor_core: half the B feed doubles the sparse interval and leaves the dense one") {
    TensorCoreSpec spec;
    spec.b_bits_per_cycle /= 2;
    check_interval(spec, sparse(32), 16);
    check_interval(spec, sparse(16), 8);
    check_interval(spec, dense(16), 8);
    check_interval(spec, dense(8), 4);
}

TEST_CASE("tensor_core: half or twice the multipliers double or halve the interval") {
    TensorCoreSpec spec;
    spec.f16_macs_per_cycle = 128;
    check_interval(spec, dense(16), 16);
    spec.f16_macs_per_cycle = 64;
    check_interval(spec, dense(16), 32);
    spec.f16_macs_per_cycle = 512;
    spec.operand_registers_per_cycle = 4;  // m16n8k16 has ten
    check_interval(spec, dense(16), 4);
    check_interval(spec, sparse(32), 8);  // the B feed still takes two cycles a slice
    spec.b_bits_per_cycle *= 2;
    check_interval(spec, sparse(32), 6);  // now the metadata stage
}

TEST_CASE("tensor_core: either limit of small sparse forms can be chosen") {
    // Sun et al., table 6: 6.35 cycles for sparse m16n8k16, 8.28 for m16n8k32.
    TensorCoreSpec stage;
    stage.operand_registers_per_cycle = 0;
    check_interval(stage, sparse(16), 6);
    check_interval(stage, test::f16_form(true, 16, DataType::kF16), 6);
    check_interval(stage, sparse(32), 8);
    TensorCoreSpec registers;
    registers.sparse_minimum_interval_cycles = 0;
    registers.metadata_read_cycles = 2;
    check_interval(registers, sparse(16), 6);  // (2 + 2 + 4) / 2 + 2
    check_interval(registers, test::f16_form(true, 16, DataType::kF16), 5);
    check_interval(registers, sparse(32), 8);  // (4 + 4 + 4) / 2 + 2
    TensorCoreSpec none = stage;
    none.sparse_minimum_interval_cycles = 0;
    check_interval(none, sparse(16), 4);
    // A datapath of half the width is slow enough for both: RTX 3070 Ti, no shortfall (section 4).
    stage.f16_macs_per_cycle = registers.f16_macs_per_cycle = 128;
    stage.b_bits_per_cycle = registers.b_bits_per_cycle = 256;
    check_interval(stage, sparse(16), 8);
    check_interval(registers, sparse(16), 8);
}

TEST_CASE("tensor_core: f32 accumulation at half rate gives the latencies of an RTX 4090") {
    // Luo et al., arXiv 2402.13499, table VII: 24.6 and 17.7 cycles with f16, 33.0 and 18.8 with
    // f32 accumulation, of a datapath half as wide as an A100's; s8 24.5 and 17.3.
    TensorCoreSpec spec;
    spec.f16_macs_per_cycle = 128;
    spec.f32_accumulate_divisor = 2;
    spec.arch = "sm_89";
    const auto& s8 = *isa::find_form(false, 16, 8, 32, DataType::kS32, DataType::kS8, DataType::kS8,
                                     DataType::kS32);
    check_interval(spec, test::f16_form(false, 16, DataType::kF16), 16);
    check_interval(spec, dense(16), 32);
    check_completion(test::f16_form(false, 16, DataType::kF16), 25, spec);
    check_completion(test::f16_form(false, 8, DataType::kF16), 18, spec);
    check_completion(s8, 25, spec);
    check_completion(dense(16), 32, spec);
    check_completion(dense(8), 18, spec);
}

TEST_CASE("tensor_core: two cycles an instruction more give the intervals of an H100's mma.sync") {
    // h100 sweep (f16, f32): 6.0 cycles for m16n8k16, whose passes take 4; 24.085 cycles complete.
    TensorCoreSpec spec;
    spec.f16_macs_per_cycle = 512;
    spec.b_bits_per_cycle = 1024;
    spec.instruction_overhead_cycles = 2;
    spec.completion_cycles = 16;
    spec.k_step_cycles = 8;
    spec.arch = "sm_90";
    check_interval(spec, dense(16), 6);
    check_interval(spec, dense(8), 4);
    check_completion(dense(16), 24, spec);
    check_completion(dense(8), 16, spec);
}

TEST_CASE(
    "tensor_core: the metadata stage holds back a second sparse instruction but no dense one") {
    Bench bench;
    bench.issue_and_tick(sparse(16), kStart + 4);
    CHECK_FALSE(bench.core.can_issue(dense(8), kStart + 4));
    CHECK(bench.core.can_issue(dense(8), kStart + 5));  // nine registers have been read
    CHECK_FALSE(bench.core.can_issue(sparse(16), kStart + 5));
    CHECK(bench.core.can_issue(sparse(16), kStart + 6));
    CHECK(bench.core.earliest(kStart + 4) == kStart + 6);
}

TEST_CASE(
    "tensor_core: a slice runs in every cycle from issue on, and mma_done comes with the last") {
    Bench bench;
    bench.issue(dense(16), kStart);
    CHECK(bench.core.statistics().passes == 1);
    for (base::Cycle now = kStart + 1; now < kStart + 8; ++now) {
        CHECK(bench.core.busy());
        CHECK(bench.core.due() == kStart + 7);
        CHECK(bench.listener.done.empty());
        bench.core.tick(now);
        bench.core.tick(now);  // a second call in a cycle changes nothing
        CHECK(bench.core.statistics().passes == now - kStart + 1);
    }
    CHECK_FALSE(bench.core.busy());
    CHECK(bench.core.due() == base::kNever);
    CHECK(bench.listener.done.size() == 1);
}

TEST_CASE("tensor_core: an owner that sleeps through passes sees the same counts and ready cycle") {
    Bench bench;
    bench.issue(sparse(32), kStart);
    bench.core.tick(kStart + 50);
    CHECK(bench.listener.done.at(0).second == kStart + 25);
    CHECK(bench.core.statistics().busy_cycles == 8);
}

TEST_CASE("tensor_core: every Ampere form issues as often as its type's multipliers allow") {
    // facts of the A100 whitepaper: 256 f16, 128 tf32, 512 int8, 1024 int4, 4096 b1 and 16 f64
    // multiplications per tensor core and cycle; the stored elements of a sparse form count.
    const auto macs_per_cycle = [](const isa::MmaForm& form) {
        return form.a == DataType::kF64 ? 16 : 256 * 16 / types::bits(form.a);
    };
    for (const isa::MmaForm* form : test::forms_of("sm_80")) {
        const int sub_byte = types::bits(form->a) < 8 ? 1 : 0;  // sub_byte_overhead_cycles
        const int ideal = form->executed_macs() / macs_per_cycle(*form) + sub_byte;
        const int metadata = form->sparse() ? 6 : 0;  // sparse_minimum_interval_cycles
        const int registers =                         // two ports; the metadata is one more
            (form->a_registers() + form->b_registers() + form->c_registers() + 1) / 2 +
            (form->sparse() ? 1 : 0);
        check_interval({}, *form, static_cast<base::Cycle>(std::max({ideal, metadata, registers})));
    }
}

TEST_CASE("tensor_core: counts follow from the shape") {
    for (const isa::MmaForm* entry : test::forms_of("sm_80")) {
        const isa::MmaForm& form = *entry;
        Bench bench;
        bench.issue_and_tick(form, kStart + 40);
        const auto statistics = bench.core.statistics();
        INFO(form.ptx_name());
        CHECK(statistics.executed_macs == static_cast<std::uint64_t>(form.executed_macs()));
        CHECK(statistics.b_values_fetched == static_cast<std::uint64_t>(form.k_logical * form.n));
        CHECK(statistics.busy_cycles >= statistics.passes);
        CHECK(statistics.dense_mmas == (form.sparse() ? 0u : 1u));
        CHECK(statistics.sparse_mmas == (form.sparse() ? 1u : 0u));
    }
}
