#include "sim/accelerator/anchors.hpp"

#include "models/base/random.hpp"

namespace sptc::accelerator {
namespace {

constexpr std::string_view kLaidOutPattern = "2:6";
constexpr int kLaidOutColumns = 48;

constexpr double kPicojoules = 1e6;  ///< of a microjoule

double relative(double value, double published) { return (value - published) / published; }

int round_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

std::uint64_t dstc_cycles(const variant::MachineSpec& spec, int extent,
                          const DensityAnchor& anchor) {
    variant::Operands operands =
        variant::random_operands(extent, extent, extent, anchor.b_density, 1);
    base::Random random(2);
    for (std::int8_t& element : operands.a.elements) {
        if (random.uniform() >= anchor.a_density) element = 0;
    }
    // A in quarters, B in halves; operands are in the shared memory.
    variant::MachineSpec machine = spec;
    machine.dram_words_per_cycle = 0;
    const variant::Variant& design = variant::find_variant("dstc");
    const auto strategy = design.bind(operands, variant::parse_pattern("dense"), machine, {});
    loop_nest::LoopNest nest({extent, extent, extent}, machine, strategy->k_logical(),
                             strategy->stored_a_bits());
    return variant::run_machine(machine, nest, *strategy, nullptr).datapath_cycles();
}

}  // namespace

double AnchorResult::cycles_error() const {
    return relative(static_cast<double>(simulated.resident.datapath_cycles()), anchor.cycles);
}

std::optional<double> AnchorResult::energy_error() const {
    if (!anchor.microjoules) return std::nullopt;
    return relative(simulated.picojoules() / kPicojoules, *anchor.microjoules);
}

AnchorResult run_anchor(const Anchor& anchor, const variant::MachineSpec& spec) {
    VariantRequest request;
    request.variant = anchor.variant;
    request.pattern = anchor.pattern;
    request.extents = anchor.extents;
    request.b_density = anchor.b_density;
    const bool laid_out = anchor.variant != "tc" && anchor.variant != "stc";
    if (laid_out && anchor.pattern == kLaidOutPattern)
        request.extents.k = round_up(request.extents.k, kLaidOutColumns);
    return {anchor, run_variant(request, spec)};
}

std::vector<DensityResult> run_dstc_anchors(const variant::MachineSpec& spec, int extent) {
    std::vector<DensityResult> results;
    double dense = 0, dense_latency = 0;
    for (const DensityAnchor& anchor : dstc_anchors()) {
        const auto cycles = static_cast<double>(dstc_cycles(spec, extent, anchor));
        if (results.empty()) {
            dense = cycles;
            dense_latency = anchor.latency;
        }
        const double simulated = cycles / dense, published = anchor.latency / dense_latency;
        results.push_back({anchor, simulated, published, relative(simulated, published), 0});
    }
    // The unit u that makes sum (u * simulated / published - 1)^2 least.
    double first = 0, second = 0;
    for (const DensityResult& result : results) {
        const double quotient = result.simulated_ratio / result.published_ratio;
        first += quotient;
        second += quotient * quotient;
    }
    for (DensityResult& result : results) {
        result.error = relative(first / second * result.simulated_ratio, result.published_ratio);
    }
    return results;
}

std::vector<RowWiseResult> run_row_wise_anchors(const variant::MachineSpec& spec, int extent) {
    std::vector<RowWiseResult> results;
    for (const RowWiseAnchor& anchor : row_wise_anchors()) {
        VariantRequest request;
        request.variant = "vegeta";
        request.pattern = anchor.pattern;
        request.extents = {extent, extent, extent};
        const VariantResult result = run_variant(request, spec);
        const double speedup = static_cast<double>(result.dense_cycles) /
                               static_cast<double>(result.resident.datapath_cycles());
        results.push_back({anchor, speedup, relative(speedup, anchor.speedup)});
    }
    return results;
}

}  // namespace sptc::accelerator
