#include <catch2/catch.hpp>
#include <string>

#include "tests/support/fresh_simulation.hpp"
#include "tests/support/mma_case.hpp"

using namespace sptc;
using tensor_core::TensorCore;
using tensor_core::TensorCoreSpec;
using tensor_core::ValuesMode;
using test::MmaCase;

namespace {

enum class Kind { kRandomBits, kFinite, kNarrow, kCancelling, kTiny, kHuge, kCount };

/// An f16 with an exponent field below `fields` from `first` on, any sign and fraction.
std::uint32_t f16_with_exponent(base::Random& random, std::uint32_t first, std::uint32_t fields) {
    return (random.below(2) << 15) | ((first + random.below(fields)) << 10) | random.below(1024);
}

std::uint32_t random_f16(base::Random& random, Kind kind) {
    if (kind != Kind::kRandomBits && random.below(8) == 0) return random.below(2) << 15;  // a zero
    switch (kind) {
        case Kind::kRandomBits:
            return random.below(0x10000);
        case Kind::kFinite:
            return f16_with_exponent(random, 0, 31);
        case Kind::kTiny:
            return f16_with_exponent(random, 0, 6);
        case Kind::kHuge:
            return f16_with_exponent(random, 25, 6);
        default:
            return f16_with_exponent(random, 13, 4);
    }
}

std::uint32_t random_c(base::Random& random, Kind kind, types::DataType type) {
    if (random.below(4) == 0) return 0;
    if (type == types::DataType::kF16) return random_f16(random, kind);
    const auto bits = static_cast<std::uint32_t>(random.bits());
    if (kind == Kind::kRandomBits) return bits;
    if (kind == Kind::kHuge) return (bits & 0x807fffffu) | (254 - random.below(40)) << 23;
    if (kind == Kind::kTiny) return (bits & 0x807fffffu) | random.below(90) << 23;
    return (bits & 0x807fffffu) | (100 + random.below(50)) << 23;
}

MmaCase random_case(const isa::MmaForm& form, Kind kind, base::Random& random) {
    MmaCase mma(form);
    test::randomise_codes(mma, random);
    for (std::uint32_t& value : mma.a) value = random_f16(random, kind);
    for (std::uint32_t& value : mma.b) value = random_f16(random, kind);
    for (std::uint32_t& value : mma.c) value = random_c(random, kind, form.c);
    if (kind != Kind::kCancelling) return mma;
    // Every second product takes away most of the one before: A repeated with the other sign, B
    // nearly equal.
    for (int row = 0; row < form.m; ++row) {
        for (int slot = 1; slot < form.k_stored; slot += 2) {
            mma.at_a(row, slot) = mma.at_a(row, slot - 1) ^ 0x8000;
        }
    }
    for (int k = 1; k < form.k_logical; ++k) {
        for (int column = 0; column < form.n; ++column) {
            mma.at_b(k, column) = mma.at_b(k - 1, column) ^ (random.below(4) == 0 ? 1 : 0);
        }
    }
    return mma;
}

/// Holds all ways to compute D equal on `instructions` random instructions of every form and kind.
void check_all_ways(int instructions, std::uint64_t seed) {
    test::FreshSimulation simulation;
    test::RecordingListener whole_listener, pass_listener;
    TensorCoreSpec pass_spec;
    pass_spec.values_mode = ValuesMode::kPerPass;
    TensorCore whole("whole", {});
    TensorCore per_pass("per_pass", pass_spec);
    whole.listener.bind(whole_listener);
    per_pass.listener.bind(pass_listener);
    simulation.elaborate();
    base::Random random(seed);
    base::Cycle whole_now = 0, pass_now = 0;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        for (int kind = 0; kind < static_cast<int>(Kind::kCount); ++kind) {
            for (int i = 0; i < instructions; ++i) {
                MmaCase mma = random_case(form, static_cast<Kind>(kind), random);
                const auto expected = test::scalar_d(mma);
                INFO(form.ptx_name() << " kind " << kind << " instruction " << i);
                for (const numeric::Simd level : test::supported_levels()) {
                    INFO(std::string(numeric::name(level)));
                    REQUIRE(test::kernel_d(mma, level) == expected);
                }
                REQUIRE(test::core_d(whole, mma, whole_now) == expected);
                REQUIRE(test::core_d(per_pass, mma, pass_now) == expected);
            }
        }
    }
    CHECK(whole_now == pass_now);
    CHECK(whole_listener.done == pass_listener.done);
    CHECK(whole.statistics().passes == per_pass.statistics().passes);
    CHECK(whole.statistics().b_values_fetched == per_pass.statistics().b_values_fetched);
}

}  // namespace

TEST_CASE("tensor_core: scalar, kernels, whole instructions and passes agree on 245760 elements") {
    check_all_ways(40, 1);  // x 8 forms x 6 kinds x 128 elements
}

TEST_CASE(
    "tensor_core: scalar, kernels, whole instructions and passes agree on 10 million elements",
    "[.slow]") {
    check_all_ways(1640, 2);
}
