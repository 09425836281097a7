#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <map>

#include "sim/accelerator/anchors.hpp"
#include "sim/accelerator/machine_config.hpp"

namespace sptc::accelerator {
namespace {

/// What each design must reach, as a part of the published cycles.
double tolerance(std::string_view variant) {
    static const std::map<std::string_view, double> kTolerances{
        {"tc", 0}, {"stc", 0}, {"flex", 0.02}, {"flex-rle", 0.02}, {"dual", 0.02}, {"dstc", 0.1}};
    return kTolerances.at(variant);
}

TEST_CASE("variant anchors: every published cell of the sparse tensor core study is met") {
    const variant::MachineSpec spec = load_machine(kDefaultMachine);
    const std::vector<Anchor> anchors = sparseloop_anchors();
    REQUIRE(anchors.size() == 4 * 4 * 6);
    for (const Anchor& anchor : anchors) {
        const AnchorResult result = run_anchor(anchor, spec);
        const std::uint64_t datapath = result.simulated.resident.datapath_cycles();
        std::printf("%s\n", fmt::format("{} {} {}: published {}, datapath {} ({:+.2f} %), total {}",
                                        anchor.layer, anchor.pattern, anchor.variant, anchor.cycles,
                                        datapath, 100 * result.cycles_error(),
                                        result.simulated.whole.cycles())
                                .c_str());
        INFO(anchor.layer << ' ' << anchor.pattern << ' ' << anchor.variant);
        CHECK(std::abs(result.cycles_error()) <= tolerance(anchor.variant));
        CHECK(result.simulated.whole.cycles() >= datapath);
    }
}

constexpr int kCube = 512;

TEST_CASE("variant anchors: DSTC's latencies by density, to dense, agree within a tenth") {
    constexpr double kTolerance = 0.1;
    for (const DensityResult& result : run_dstc_anchors(load_machine("dstc"), kCube)) {
        INFO(result.anchor.a_density << ' ' << result.anchor.b_density);
        CHECK(std::abs(result.error_to_dense) <= kTolerance);
        CHECK(std::abs(result.error) <= kTolerance);
    }
}

TEST_CASE("variant anchors: VEGETA's speedups on unstructured weights agree within a twentieth") {
    constexpr double kTolerance = 0.05;
    for (const RowWiseResult& result : run_row_wise_anchors(load_machine("vegeta"), kCube)) {
        INFO(result.anchor.pattern);
        CHECK(std::abs(result.error) <= kTolerance);
    }
}

}  // namespace
}  // namespace sptc::accelerator
