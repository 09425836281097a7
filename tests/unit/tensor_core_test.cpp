#include "models/tensor_core/tensor_core.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/fresh_simulation.hpp"
#include "tests/support/mma_case.hpp"
#include "tests/support/random_mma.hpp"

using namespace sptc;
using tensor_core::TensorCore;
using tensor_core::TensorCoreSpec;
using tensor_core::ValuesMode;
using test::MmaCase;
using types::DataType;

namespace {

constexpr int kRow = 13, kColumn = 5;  // where the cases put their element

std::uint64_t f16(double value) { return types::f64_to_f16(value); }

struct Product {
    int slot;
    double a, b;
};

/// A published Ampere value: unspecified operands are zero, or `others` where given.
struct Golden {
    const char* name;
    bool sparse;
    int k_logical;
    DataType d;
    std::vector<Product> products;
    double others;
    std::uint32_t c;
    std::uint32_t expected;
};

const std::vector<Golden> kGolden{
    {"terms below 2^(E-24) are cut off",
     false,
     16,
     DataType::kF32,
     {{0, -0x1p13, 0x1p10}, {1, -0.5, 1}, {2, -0.25, 1}, {3, -0.125, 1}},
     0,
     0x4b000000,
     0xbf000000},
    {"the first group absorbs, the second cancels",
     false,
     16,
     DataType::kF32,
     {{0, 0x1p7, 0x1p7}, {8, -0x1p7, 0x1p7}},
     0x1p-11,
     0,
     0x00000000},
    {"both in the first group: the second group survives",
     false,
     16,
     DataType::kF32,
     {{0, 0x1p7, 0x1p7}, {1, -0x1p7, 0x1p7}},
     0x1p-11,
     0,
     0x3b800000},
    {"a tie and 2^-44 round up",
     false,
     8,
     DataType::kF16,
     {{0, 0x1p-11, 0x1p-14}, {1, 0x1p-20, 0x1p-24}},
     0,
     0,
     0x0001},
    {"a tie and 2^-45 stay a tie",
     false,
     8,
     DataType::kF16,
     {{0, 0x1p-11, 0x1p-14}, {1, 0x1p-21, 0x1p-24}},
     0,
     0,
     0x0000},
    // The same sums through a sparse instruction: groups count stored elements (H1).
    {"sparse: the first group absorbs, the second cancels",
     true,
     32,
     DataType::kF32,
     {{0, 0x1p7, 0x1p7}, {8, -0x1p7, 0x1p7}},
     0x1p-11,
     0,
     0x00000000},
    {"sparse: both in the first group",
     true,
     32,
     DataType::kF32,
     {{0, 0x1p7, 0x1p7}, {7, -0x1p7, 0x1p7}},
     0x1p-11,
     0,
     0x3b800000},
    {"sparse f16: an overflow after the first group stays",
     true,
     32,
     DataType::kF16,
     {{0, 0x1p15, 2}, {8, -0x1p15, 2}},
     0,
     0,
     0x7c00},
    {"negative zero products and c give +0",
     false,
     16,
     DataType::kF32,
     {{0, -0.0, 1}},
     0,
     0x80000000,
     0},
    {"an explicit zero in A meets its infinity",
     true,
     16,
     DataType::kF32,
     {{3, 0.0, 0x1p200}},
     0,
     0,
     0x7fffffff},
    {"infinity survives into the second group",
     false,
     16,
     DataType::kF32,
     {{2, 1, -0x1p200}},
     0,
     0x7f7fffff,
     0xff800000},
    {"infinities of two groups meet",
     false,
     16,
     DataType::kF16,
     {{2, 1, -0x1p200}, {9, 1, 0x1p200}},
     0,
     0,
     0x7fff},
};

MmaCase build(const Golden& golden) {
    MmaCase mma(test::f16_form(golden.sparse, golden.k_logical, golden.d));
    for (int chunk = 0; chunk < golden.k_logical / 4 && golden.sparse; ++chunk) {
        mma.code(kRow, chunk) = test::kOrderedCodes[static_cast<std::size_t>(chunk % 6)];
    }
    const auto set = [&](int slot, double a, double b) {
        mma.at_a(kRow, slot) = f16(a);
        mma.at_b(mma.k_of(kRow, slot), kColumn) = f16(b);
    };
    for (int slot = 0; slot < mma.form->k_stored && golden.others != 0; ++slot) {
        set(slot, golden.others, 1);
    }
    for (const Product& product : golden.products) set(product.slot, product.a, product.b);
    mma.at_c(kRow, kColumn) = golden.c;
    return mma;
}

std::size_t element(const MmaCase& mma) { return MmaCase::index(kRow, kColumn, mma.form->n); }

TensorCoreSpec with_mode(ValuesMode mode) {
    TensorCoreSpec spec;
    spec.values_mode = mode;
    return spec;
}

}  // namespace

TEST_CASE("tensor_core: published Ampere values leave the three modules and every kernel") {
    test::FreshSimulation simulation;
    test::RecordingListener listener;
    TensorCore whole("whole", with_mode(ValuesMode::kWholeInstruction));
    TensorCore per_pass("per_pass", with_mode(ValuesMode::kPerPass));
    whole.listener.bind(listener);
    per_pass.listener.bind(listener);
    simulation.elaborate();
    base::Cycle now = 0;
    for (const Golden& golden : kGolden) {
        INFO(golden.name);
        MmaCase mma = build(golden);
        const std::size_t at = element(mma);
        CHECK(test::reference_d(mma)[at] == golden.expected);
        CHECK(test::core_d(whole, mma, now)[at] == golden.expected);
        CHECK(test::core_d(per_pass, mma, now)[at] == golden.expected);
        for (const numeric::Simd level : test::supported_levels()) {
            INFO(numeric::name(level));
            CHECK(test::kernel_d(mma, level)[at] == golden.expected);
        }
    }
}

TEST_CASE("tensor_core: every sparsity selector reads its own lanes") {
    test::FreshSimulation simulation;
    test::RecordingListener listener;
    TensorCore core("core", {});
    core.listener.bind(listener);
    simulation.elaborate();
    test::RandomMma random(3);
    base::Cycle now = 0;
    for (const isa::MmaForm* entry : test::forms_of("sm_80")) {
        const isa::MmaForm& form = *entry;
        for (int selector = 0; selector < form.selector_count(); ++selector) {
            const MmaCase mma = random(form, test::OperandKind::kOrdinary);
            INFO(form.ptx_name() << " selector " << selector);
            CHECK(test::core_d(core, mma, now, selector) == test::reference_d(mma));
        }
    }
}

TEST_CASE(
    "tensor_core: an illegal nibble is refused with its row, chunk and value, and nothing issues") {
    test::FreshSimulation simulation;
    test::RecordingListener listener;
    TensorCore core("core", {});
    core.listener.bind(listener);
    simulation.elaborate();
    const isa::MmaForm& form = test::f16_form(true, 32, DataType::kF32);
    for (std::uint32_t nibble = 0; nibble < 16; ++nibble) {
        const bool legal = (nibble & 3) < (nibble >> 2);
        MmaCase mma(form);
        mma.code(11, 6) = nibble;
        base::Cycle now = core.earliest(0);
        INFO("nibble " << nibble);
        if (legal) {
            CHECK_NOTHROW(test::core_d(core, mma, now));
            continue;
        }
        try {
            (void)test::core_d(core, mma, now);
            FAIL("accepted");
        } catch (const base::KernelError& error) {
            CHECK_THAT(error.what(), Catch::Contains("row 11, chunk 6 is 0x"));
            CHECK_THAT(error.what(), Catch::Contains("0x4, 0x8, 0x9, 0xC, 0xD, 0xE"));
        }
        CHECK_FALSE(core.busy());
    }
}

TEST_CASE("tensor_core: mma.sp takes indices in either order, and hardware mode any code") {
    test::FreshSimulation simulation;
    test::RecordingListener listener;
    TensorCoreSpec lenient;
    lenient.metadata_mode = isa::MetadataMode::kHardware;
    TensorCore strict("strict", {}), hardware("hardware", lenient);
    strict.listener.bind(listener);
    hardware.listener.bind(listener);
    simulation.elaborate();
    test::RandomMma random(4);
    base::Cycle now = 0;
    for (const isa::MmaForm* form : test::forms_of("sm_80")) {
        if (!form->sparse()) continue;
        for (std::uint32_t code = 0; code < 16; ++code) {
            INFO(form->ptx_name() << " code " << code);
            MmaCase mma = random(*form, test::OperandKind::kOrdinary);
            mma.code(5, form->chunks() - 1) = code;
            const auto expected = test::reference_d(mma);
            CHECK(test::core_d(hardware, mma, now) == expected);
            now = std::max(now, strict.earliest(now));
            for (const auto ordering :
                 {isa::MetadataOrdering::kOrdered, isa::MetadataOrdering::kAny}) {
                if (isa::is_legal_code(*form->metadata, ordering, code)) {
                    CHECK(test::core_d(strict, mma, now, 0, ordering) == expected);
                } else {
                    CHECK_THROWS_AS(test::core_d(strict, mma, now, 0, ordering), base::KernelError);
                }
            }
        }
    }
}

TEST_CASE("tensor_core: swapping two inputs of one mux changes that row of D and no other") {
    test::FreshSimulation simulation;
    test::RecordingListener listener;
    TensorCoreSpec broken;
    broken.swapped_mux_inputs = {{.row = 4, .slot = 3, .first_input = 0, .second_input = 2}};
    TensorCore core("core", broken);
    core.listener.bind(listener);
    simulation.elaborate();
    base::Random random(9);
    base::Cycle now = 0;
    for (const isa::MmaForm* entry : test::forms_of("sm_80")) {
        const isa::MmaForm& form = *entry;
        if (form.a != DataType::kF16) continue;
        INFO(form.ptx_name());
        MmaCase mma(form);
        for (std::uint64_t& value : mma.a) value = f16(random.normal());
        for (std::uint64_t& value : mma.b) value = f16(random.normal());
        // Slots 3 and 11: select 2 of their chunk; dense slots always select 3, which the swap does
        // not touch.
        for (std::uint64_t& code : mma.codes) code = 0x9;
        const auto expected = test::reference_d(mma);
        const auto found = test::core_d(core, mma, now);
        for (int row = 0; row < form.m; ++row) {
            for (int column = 0; column < form.n; ++column) {
                const std::size_t at = MmaCase::index(row, column, form.n);
                const bool hit = row == 4 && form.sparse();
                CHECK((found[at] != expected[at]) == hit);
            }
        }
    }
}

TEST_CASE("tensor_core: values that no row selects never matter, even NaN") {
    test::FreshSimulation simulation;
    test::RecordingListener listener;
    TensorCore core("core", {});
    core.listener.bind(listener);
    simulation.elaborate();
    base::Random random(5);
    base::Cycle now = 0;
    for (int round = 0; round < 64; ++round) {
        MmaCase mma(test::f16_form(true, round % 2 == 0 ? 16 : 32, DataType::kF32));
        test::randomise_codes(mma, random);
        for (std::uint64_t& value : mma.a) value = f16(random.normal());
        for (std::uint64_t& value : mma.b) value = f16(random.normal());
        const int row = static_cast<int>(random.below(16));
        const auto before = test::core_d(core, mma, now);
        constexpr std::array<std::uint64_t, 4> kPoison{0x7e00, 0x7c00, 0xfc00, 0x8000};
        std::vector<bool> selected(static_cast<std::size_t>(mma.form->k_logical));
        for (int slot = 0; slot < mma.form->k_stored; ++slot) {
            selected[static_cast<std::size_t>(mma.k_of(row, slot))] = true;
        }
        for (int k = 0; k < mma.form->k_logical; ++k) {
            if (selected[static_cast<std::size_t>(k)]) continue;
            for (int column = 0; column < 8; ++column) {
                mma.at_b(k, column) = kPoison[random.below(4)];
            }
        }
        const auto after = test::core_d(core, mma, now);
        for (int column = 0; column < 8; ++column) {
            const std::size_t at = MmaCase::index(row, column, 8);
            REQUIRE(after[at] == before[at]);
        }
    }
}

TEST_CASE("tensor_core: a spec outside its range is refused with the field and the range") {
    test::FreshSimulation simulation;
    const auto refuse = [](const TensorCoreSpec& spec, const char* text) {
        CHECK_THROWS_AS(tensor_core::validate(spec), base::ConfigError);
        CHECK_THROWS_WITH(tensor_core::validate(spec), Catch::Contains(text));
    };
    refuse({.f16_macs_per_cycle = 0}, "f16_macs_per_cycle: found 0");
    refuse({.b_bits_per_cycle = -1}, "b_bits_per_cycle: found -1");
    refuse({.completion_cycles = 0}, "completion_cycles: found 0");
    refuse({.f64_macs_per_cycle = 0}, "f64_macs_per_cycle: found 0");
    refuse({.arch = "sm_12"}, "sm_80");
    refuse({.swapped_mux_inputs = {{16, 0, 0, 1}}}, "row: found 16");
    refuse({.swapped_mux_inputs = {{0, 0, 4, 1}}}, "first_input: found 4, expected 0 to 3");
    TensorCoreSpec no_such_lane;
    no_such_lane.swapped_mux_inputs = {{2, 8, 0, 1}};
    CHECK_THROWS_WITH(TensorCore("core", no_such_lane), Catch::Contains("lane[2][8]"));
}
