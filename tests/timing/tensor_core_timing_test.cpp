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

void check_completion(const isa::MmaForm& form, base::Cycle completion) {
    INFO(form.ptx_name());
    Bench bench;
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
    check_interval(spec, dense(16), 4);
    check_interval(spec, sparse(32), 8);  // the B feed still takes two cycles a slice
    spec.b_bits_per_cycle *= 2;
    check_interval(spec, sparse(32), 6);  // now the metadata stage
}

TEST_CASE(
    "tensor_core: the metadata stage holds back a second sparse instruction but no dense one") {
    Bench bench;
    bench.issue_and_tick(sparse(16), kStart + 3);
    CHECK_FALSE(bench.core.can_issue(dense(8), kStart + 3));
    CHECK(bench.core.can_issue(dense(8), kStart + 4));
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
        const int ideal = form->executed_macs() / macs_per_cycle(*form);
        const int metadata = form->sparse() ? 6 : 0;  // sparse_minimum_interval_cycles
        check_interval({}, *form, static_cast<base::Cycle>(std::max(ideal, metadata)));
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
