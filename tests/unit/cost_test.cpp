#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/cost/estimate.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

const isa::MmaForm& form(std::string_view name) { return *isa::parse_mma(name).form; }

const isa::MmaForm& sparse_s8() {
    return form("mma.sp::ordered_metadata.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32");
}

const cost::Item& item(const cost::Estimate& estimate, std::string_view component) {
    for (const cost::Item& item : estimate.items) {
        if (item.component.starts_with(component)) return item;
    }
    FAIL("no such component: " << component);
    return estimate.items.front();
}

}  // namespace

TEST_CASE("cost: energy is every action's count times what one costs") {
    const cost::Profile& profile = cost::find_profile("sparseloop-45nm");
    cost::Activity activity;
    activity.mmas = {{&sparse_s8(), 10}};
    activity.shared_bytes = 64;
    activity.dram_bytes = 8;
    const cost::Estimate energy = cost::energy(profile, activity);
    // 16 x 8 x 32 stored values multiply; each selects one of 4 bytes; 16 rows of 16 codes of 4
    // bits.
    CHECK(item(energy, "multiplications").total == Approx(10 * 16 * 8 * 32 * 0.5608));
    CHECK(item(energy, "operand selection").count == 10 * 16 * 8 * 32 * 3 * 8);
    CHECK(item(energy, "metadata").count == 10 * 16 * 16 * 4);
    CHECK(item(energy, "shared memory").total == Approx((285.7 + 317.0) / 2));
    CHECK(item(energy, "DRAM").total == Approx(512));
    double sum = 0;
    for (const cost::Item& part : energy.items) sum += part.total;
    CHECK(energy.total() == Approx(sum));
    CHECK(energy.uncertainty() > 0.15 * energy.total());
    CHECK(energy.uncertainty() < 0.5 * energy.total());
}

TEST_CASE("cost: dense instructions select nothing and read no metadata") {
    cost::Activity activity;
    activity.mmas = {{&form("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32"), 1}};
    const cost::Estimate energy = cost::energy(cost::find_profile("sparseloop-45nm"), activity);
    CHECK(energy.items.size() == 1);
    CHECK(energy.without_figure.empty());
}

TEST_CASE("cost: what a profile has no figure for is named, not counted as nothing") {
    cost::Activity activity;
    activity.mmas = {{&form("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64"), 1}};
    activity.l2_bytes = 1;
    const cost::Estimate energy = cost::energy(cost::find_profile("sparseloop-45nm"), activity);
    CHECK(energy.items.empty());
    REQUIRE(energy.without_figure.size() == 2);
    CHECK_THAT(energy.without_figure[0], Contains("f64"));
    CHECK_THAT(energy.without_figure[1], Contains("L2"));
}

// What the measured power gives back: an A100 that does nothing but f16 multiplications at the
// measured rate draws the measured power.
TEST_CASE("cost: the A100's multiplications draw the board power they were measured by") {
    const isa::MmaForm& f16 = form("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32");
    cost::Activity activity;
    activity.seconds = 1;
    const double operations = 188.5 * 1.61e12;
    activity.mmas = {{&f16, operations / 2 / f16.executed_macs()}};
    const cost::Estimate energy = cost::energy(cost::find_profile("a100-7nm"), activity);
    CHECK(energy.total() * 1e-12 == Approx(188.5));
}

TEST_CASE("cost: the mux of a lane is 13 % of its two int8 multipliers at 45 nm") {
    const tensor_core::TensorCoreSpec spec;
    const cost::Estimate area = cost::tensor_core_area(cost::find_profile("sparseloop-45nm"), spec);
    const double mux = item(area, "operand selector").total;
    CHECK(mux == Approx(256 * 3 * 16 * 1.862));
    CHECK(mux / item(area, "multipliers").total == Approx(0.134).epsilon(0.01));
    CHECK(cost::tensor_core_area(cost::find_profile("a100-7nm"), spec).items.empty());
}

TEST_CASE("cost: another technology scales energy with length, area with its square") {
    const cost::Profile& at45 = cost::find_profile("sparseloop-45nm");
    const cost::Profile at15 = cost::scaled(at45, 15);
    CHECK(at15.macs[0].picojoules.value == Approx(at45.macs[0].picojoules.value / 3));
    CHECK(at15.mux_bit_um2->value == Approx(at45.mux_bit_um2->value / 9));
    CHECK(at15.mux_bit_um2->uncertainty > at45.mux_bit_um2->uncertainty);
    CHECK(cost::scaled(at45, 45).macs[0].picojoules.uncertainty ==
          at45.macs[0].picojoules.uncertainty);
    CHECK_THROWS_WITH(cost::scaled(at45, 0), Contains("expected more than 0"));
    CHECK_THROWS_WITH(cost::find_profile("x"), Contains("a100-7nm"));
}
