#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/tensor_core/pass_schedule.hpp"
#include "tests/support/random_extended.hpp"

using namespace sptc;
using namespace sptc::tensor_core;
using enum types::DataType;

namespace {

PassSchedule schedule_of(const TensorCoreSpec& spec, const isa::MmaForm& form) {
    return make_schedule(spec, isa::dot_rule(isa::find_architecture("sm_80"), form), form);
}

const isa::MmaForm& form_of(const sparsity::Pattern& pattern, types::DataType type) {
    return isa::extended_form({&pattern, sparsity::IndexFormat::kCoordinate, type, type, kF32});
}

}  // namespace

// docs/nm.md: cycles = T_d * max(N / M, B bits of a dense cycle / b_bits_per_cycle), where T_d is
// what the same logical K takes dense and a dense cycle takes 256 bits of B (2 columns of 8 f16).
TEST_CASE("extended cycles: a pattern takes T_d times N / M, or what the B feed allows") {
    for (int m = 1; m <= 32; ++m) {
        for (int n = 1; n <= m; ++n) {
            for (const types::DataType type : {kF16, kBf16, kTf32}) {
                const isa::MmaForm& form = form_of(test::pattern_of(n, m), type);
                for (const int b_bits : {128, 256, 384, 512, 1024, 4096}) {
                    TensorCoreSpec spec;
                    spec.b_bits_per_cycle = b_bits;
                    const double macs_per_cycle = 256.0 * 16 / types::bits(type);
                    const double dense = 16 * 8 * form.k_logical / macs_per_cycle;
                    const double bound = std::max(static_cast<double>(n) / m, 256.0 / b_bits);
                    INFO(form.ptx_name() << " " << b_bits);
                    CHECK(schedule_of(spec, form).cycles ==
                          static_cast<int>(std::ceil(dense * bound - 1e-9)));
                }
            }
        }
    }
}

TEST_CASE("extended cycles: with the A100's feed nothing is faster than 2:4") {
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        const isa::MmaForm& form = form_of(pattern, kF16);
        const double per_k = static_cast<double>(schedule_of({}, form).cycles) / form.k_logical;
        INFO(pattern.name);
        CHECK(per_k >= 8.0 / 32);  // m16n8k32 of 2:4: 8 cycles
    }
}

TEST_CASE("extended cycles: reading the registers of B bounds the interval") {
    TensorCoreSpec spec;
    spec.b_bits_per_cycle = 4096;
    const isa::MmaForm& form = form_of(test::pattern_of(1, 16), kF16);
    REQUIRE(form.b_registers() == 32);
    REQUIRE(form.a_registers() == 4);
    REQUIRE(form.metadata_registers() == 1);
    const PassSchedule schedule = schedule_of(spec, form);
    CHECK(schedule.cycles == 8);
    // A, B and C of 4 + 32 + 4 registers at two ports, then the metadata.
    CHECK(schedule.interval == 20 + spec.metadata_read_cycles);
    spec.operand_registers_per_cycle = 16;
    CHECK(schedule_of(spec, form).interval == 8);
}
