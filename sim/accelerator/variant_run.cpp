#include "sim/accelerator/variant_run.hpp"

#include <fmt/format.h>

#include <numeric>

#include "models/base/error.hpp"

namespace sptc::accelerator {
namespace {

void check(const VariantRequest& request) {
    constexpr int kLargest = 1 << 15;
    const auto& [m, n, k] = request.extents;
    for (const auto& [name, value] : {std::pair{"m", m}, std::pair{"n", n}, std::pair{"k", k}}) {
        if (value < 1 || value > kLargest)
            throw base::ConfigError(
                fmt::format("--{} {}: expected 1 .. {}", name, value, kLargest));
    }
    if (!(request.b_density >= 0 && request.b_density <= 1))
        throw base::ConfigError(fmt::format("--density-b {}: expected 0 .. 1", request.b_density));
}

variant::MachineSpec mapped(variant::MachineSpec spec, const variant::Mapping& mapping) {
    if (mapping.tile_transposed) std::swap(spec.tile_m, spec.tile_n);
    return spec;
}

variant::MachineResult run_nest(const VariantRequest& request, const variant::MachineSpec& spec,
                                const variant::Strategy& strategy, variant::Int32Matrix* d) {
    loop_nest::LoopNest nest(request.extents, spec, strategy.k_logical(), strategy.stored_a_bits());
    return variant::run_machine(spec, nest, strategy, d);
}

/// Sums of counts x energy of one. A partial sum of D is read and written once a k step.
std::vector<EnergyItem> energy_of(const variant::MachineSpec& spec,
                                  const variant::MachineResult& result) {
    const variant::Needs& total = result.total;
    const variant::ActionEnergy& each = spec.energy;
    const auto products = static_cast<double>(total.products);
    const auto gated = static_cast<double>(total.gated);
    const double sums = products / spec.k_step_stored;
    return {
        {"multiplications", products * each.mac + gated * each.gated_mac},
        {"local registers", products * each.local_register_access},
        {"register files", sums * (each.register_file_read + each.register_file_write)},
        {"shared memory",
         static_cast<double>(total.a_bits + total.b_bits) * each.shared_read_per_bit},
        {"metadata", static_cast<double>(total.a_metadata_bits + total.b_metadata_bits) *
                         each.shared_metadata_per_bit},
        {"DRAM", static_cast<double>(result.dram_bits) * each.dram_per_bit},
    };
}

}  // namespace

double VariantResult::picojoules() const {
    return std::accumulate(
        energy.begin(), energy.end(), 0.0,
        [](double sum, const EnergyItem& item) { return sum + item.picojoules; });
}

VariantResult run_variant(const VariantRequest& request, const variant::MachineSpec& spec) {
    check(request);
    const variant::Variant& design = variant::find_variant(request.variant);
    const variant::PatternText pattern = variant::parse_pattern(request.pattern);
    design.check(pattern);
    const auto& [m, n, k] = request.extents;
    variant::Operands operands = variant::random_operands(m, n, k, request.b_density, request.seed);
    design.prune(operands, pattern);

    VariantResult result;
    result.request = request;
    const auto products = static_cast<std::uint64_t>(m) * static_cast<std::uint64_t>(n) *
                          static_cast<std::uint64_t>(k);
    const auto macs = static_cast<std::uint64_t>(spec.macs);
    result.dense_cycles = (products + macs - 1) / macs;
    bool first = true;
    for (const variant::Mapping& mapping : design.mappings) {
        variant::MachineSpec resident = mapped(spec, mapping);
        resident.dram_words_per_cycle = 0;
        const auto strategy = design.bind(operands, pattern, resident, mapping);
        const variant::MachineResult found = run_nest(request, resident, *strategy, nullptr);
        if (!first && found.datapath_cycles() >= result.resident.datapath_cycles()) continue;
        result.resident = found;
        result.mapping = mapping;
        first = false;
    }
    const variant::MachineSpec chosen = mapped(spec, result.mapping);
    const auto strategy = design.bind(operands, pattern, chosen, result.mapping);
    variant::Int32Matrix d(request.check ? m : 0, request.check ? n : 0);
    result.whole = run_nest(request, chosen, *strategy, request.check ? &d : nullptr);
    if (request.check) result.exact = d == variant::reference_product(operands);
    result.energy = energy_of(spec, result.whole);
    return result;
}

}  // namespace sptc::accelerator
