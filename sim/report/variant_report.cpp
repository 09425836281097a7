#include "sim/report/variant_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace sptc::report {
namespace {

constexpr double kPercent = 100;
constexpr double kPicojoulesPerMicrojoule = 1e6;

double as_double(std::uint64_t value) { return static_cast<double>(value); }

std::string mapping_text(const variant::Variant& design, const variant::Mapping& mapping) {
    if (design.mappings.size() < 2) return "fixed";
    return fmt::format("tile {}, {} in quarters", mapping.tile_transposed ? "transposed" : "as is",
                       mapping.activations_quarters ? "B" : "A");
}

}  // namespace

std::string variant_table(const accelerator::VariantResult& result,
                          const variant::MachineSpec& spec) {
    const auto& request = result.request;
    const variant::Variant& design = variant::find_variant(request.variant);
    const variant::MachineResult& whole = result.whole;
    std::string text = fmt::format(
        "{} ({}) on {}\nM {} N {} K {}, pattern {}, density of B {}, seed {}\nmapping {}\n\n",
        design.name, design.description, spec.name, request.extents.m, request.extents.n,
        request.extents.k, request.pattern, request.b_density, request.seed,
        mapping_text(design, result.mapping));
    text += fmt::format(
        "datapath  {:>10} cycles  ({:.3f} x dense {})\n", result.resident.datapath_cycles(),
        as_double(result.dense_cycles) /
            as_double(std::max<std::uint64_t>(1, result.resident.datapath_cycles())),
        result.dense_cycles);
    text += fmt::format(
        "total     {:>10} cycles: busy {}, fill {}, waiting for operands {}, "
        "results to DRAM {}\n",
        whole.cycles(), whole.busy_cycles, whole.fill_cycles, whole.feed_stall_cycles,
        whole.drain_cycles);
    text += fmt::format("energy    {:>10.2f} uJ:", result.picojoules() / kPicojoulesPerMicrojoule);
    for (const accelerator::EnergyItem& item : result.energy) {
        text +=
            fmt::format(" {} {:.2f}", item.component, item.picojoules / kPicojoulesPerMicrojoule);
    }
    text += "\n";
    if (result.exact)
        text += *result.exact ? "D equals the reference, bit for bit\n"
                              : "D differs from the reference\n";
    if (!design.density_model.empty())
        text += fmt::format("cycles depend on the {}\n", design.density_model);
    return text;
}

std::string variant_json(const accelerator::VariantResult& result, const variant::MachineSpec& spec,
                         std::string_view version) {
    const auto& request = result.request;
    const variant::MachineResult& whole = result.whole;
    nlohmann::ordered_json json{
        {"schema", "sptc.variant-result/1"},
        {"version", version},
        {"variant", request.variant},
        {"machine", spec.name},
        {"m", request.extents.m},
        {"n", request.extents.n},
        {"k", request.extents.k},
        {"pattern", request.pattern},
        {"b_density", request.b_density},
        {"seed", request.seed},
        {"density_model", variant::find_variant(request.variant).density_model},
        {"cycles", whole.cycles()},
        {"datapath_cycles", result.resident.datapath_cycles()},
        {"dense_cycles", result.dense_cycles},
        {"stalls",
         {{"array_busy", whole.busy_cycles},
          {"first_operands", whole.fill_cycles},
          {"operands", whole.feed_stall_cycles},
          {"results_out", whole.drain_cycles}}},
        {"products", whole.total.products},
        {"a_bits", whole.total.a_bits},
        {"a_metadata_bits", whole.total.a_metadata_bits},
        {"b_bits", whole.total.b_bits},
        {"b_metadata_bits", whole.total.b_metadata_bits},
        {"conflict_bits", whole.total.conflict_bits},
        {"dram_bits", whole.dram_bits},
        {"energy_uj", result.picojoules() / kPicojoulesPerMicrojoule},
        {"energy_pj", nlohmann::ordered_json::object()}};
    for (const accelerator::EnergyItem& item : result.energy) {
        json["energy_pj"][item.component] = item.picojoules;
    }
    if (result.exact) json["exact"] = *result.exact;
    return json.dump(2) + "\n";
}

std::string anchor_table(const std::vector<accelerator::AnchorResult>& results) {
    std::string text =
        fmt::format("{:<17} {:<6} {:<9} {:>9} {:>9} {:>7} {:>9} {:>9} {:>9} {:>7}\n", "layer", "W",
                    "design", "published", "datapath", "error", "total", "pub. uJ", "uJ", "error");
    std::map<std::string_view, double> worst;
    for (const accelerator::AnchorResult& result : results) {
        const accelerator::Anchor& anchor = result.anchor;
        double& of_design = worst[anchor.variant];
        of_design = std::max(of_design, std::abs(result.cycles_error()));
        text += fmt::format("{:<17} {:<6} {:<9} {:>9} {:>9} {:>+5.1f} % {:>9} ", anchor.layer,
                            anchor.pattern, anchor.variant, anchor.cycles,
                            result.simulated.resident.datapath_cycles(),
                            kPercent * result.cycles_error(), result.simulated.whole.cycles());
        const double energy = result.simulated.picojoules() / kPicojoulesPerMicrojoule;
        text += anchor.microjoules
                    ? fmt::format("{:>9.2f} {:>9.2f} {:>+5.0f} %\n", *anchor.microjoules, energy,
                                  kPercent * *result.energy_error())
                    : fmt::format("{:>9} {:>9.2f}\n", "-", energy);
    }
    text += "\ngreatest error of datapath cycles:";
    for (const auto& [design, error] : worst) {
        text += fmt::format(" {} {:.2f} %", design, kPercent * error);
    }
    return text + "\n";
}

std::string density_table(const std::vector<accelerator::DensityResult>& results) {
    std::string text = "\nDSTC, latency by density, to dense\n";
    text += fmt::format("{:>9} {:>9} {:>10} {:>10} {:>9} {:>15}\n", "density A", "density B",
                        "published", "simulated", "error", "in common unit");
    for (const accelerator::DensityResult& result : results) {
        text += fmt::format("{:>9} {:>9} {:>10.3f} {:>10.3f} {:>+7.1f} % {:>+13.1f} %\n",
                            result.anchor.a_density, result.anchor.b_density,
                            result.published_ratio, result.simulated_ratio,
                            kPercent * result.error_to_dense, kPercent * result.error);
    }
    return text;
}

std::string row_wise_table(const std::vector<accelerator::RowWiseResult>& results) {
    std::string text = "\nVEGETA, speedup on unstructured weights\n";
    text +=
        fmt::format("{:>9} {:>10} {:>10} {:>9}\n", "density A", "published", "simulated", "error");
    for (const accelerator::RowWiseResult& result : results) {
        text += fmt::format("{:>9} {:>10.2f} {:>10.2f} {:>+7.1f} %\n", result.anchor.pattern,
                            result.anchor.speedup, result.simulated, kPercent * result.error);
    }
    return text;
}

}  // namespace sptc::report
