#include "sim/report/cost_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "sim/report/metrics.hpp"

namespace sptc::report {
namespace {

constexpr double kMicrojoulesPerPicojoule = 1e-6;
constexpr double kSecondsPerMicrosecond = 1e-6;
constexpr double kSquareMillimetres = 1e-6;  // of a um2

/// Tensor cores of the whole GPU.
double tensor_cores(const gpu::GpuSpec& spec) {
    return static_cast<double>(spec.sms) * spec.sm.sub_cores;
}

nlohmann::ordered_json items_json(const cost::Estimate& estimate, double scale) {
    auto json = nlohmann::ordered_json::array();
    for (const cost::Item& item : estimate.items) {
        json.push_back({{"component", item.component},
                        {"count", item.count},
                        {"each", item.each.value},
                        {"total", item.total * scale},
                        {"uncertainty", item.each.uncertainty},
                        {"source", item.each.source}});
    }
    return json;
}

}  // namespace

cost::Activity cost_activity(const gpu::GpuSpec& spec, const gpu::KernelResult& kernel) {
    cost::Activity activity;
    for (const gpu::MmaCount& mmas : kernel.mmas) {
        activity.mmas.push_back({mmas.form, static_cast<double>(whole_gpu(kernel, mmas.count))});
    }
    activity.shared_bytes = static_cast<double>(whole_gpu(
        kernel, kernel.shared_read_bytes + kernel.shared_write_bytes + kernel.shared_fill_bytes));
    activity.l2_bytes = static_cast<double>(kernel.l2_read_bytes + kernel.l2_write_bytes);
    activity.dram_bytes = static_cast<double>(kernel.hbm_read_bytes + kernel.hbm_write_bytes);
    activity.seconds = time_us(spec, kernel.cycles) * kSecondsPerMicrosecond;
    return activity;
}

std::string cost_table(const cost::Profile& profile, const gpu::GpuSpec& spec,
                       const gpu::KernelResult& kernel) {
    const cost::Estimate energy = cost::energy(profile, cost_activity(spec, kernel));
    const double microjoules = energy.total() * kMicrojoulesPerPicojoule;
    const double time = time_us(spec, kernel.cycles);
    std::string text =
        fmt::format("energy of {} (estimate, profile {}: {}, {} nm)\n", kernel.shape.entry,
                    profile.name, profile.description, profile.technology_nm);
    for (const cost::Item& item : energy.items) {
        text +=
            fmt::format("  {:<72}{:>14.2f}  uJ {:>5.1f} %\n", item.component,
                        item.total * kMicrojoulesPerPicojoule, 100 * item.total / energy.total());
    }
    text += fmt::format("  {:<72}{:>14.2f}  uJ, +- {:.0f} %\n", "sum", microjoules,
                        100 * energy.uncertainty() / energy.total());
    text += fmt::format("  {:<72}{:>14.4g}  uJ us\n", "energy-delay product", microjoules * time);
    if (!energy.without_figure.empty()) {
        text += fmt::format("  left out, the profile has no figure for: {}\n",
                            fmt::join(energy.without_figure, "; "));
    }
    const cost::Estimate area = cost::tensor_core_area(profile, spec.sm.tensor_core);
    if (area.items.empty()) return text;
    text += "area of the tensor cores (estimate)\n";
    for (const cost::Item& item : area.items) {
        text += fmt::format("  {:<72}{:>14.4f}  mm2 {:>4.1f} %\n", item.component,
                            item.total * tensor_cores(spec) * kSquareMillimetres,
                            100 * item.total / area.total());
    }
    return text;
}

void add_cost(nlohmann::ordered_json& json, const cost::Profile& profile, const gpu::GpuSpec& spec,
              const gpu::KernelResult& kernel) {
    const cost::Estimate energy = cost::energy(profile, cost_activity(spec, kernel));
    const cost::Estimate area = cost::tensor_core_area(profile, spec.sm.tensor_core);
    const double microjoules = energy.total() * kMicrojoulesPerPicojoule;
    auto& cost = json["cost"];
    cost["profile"] = profile.name;
    cost["technology_nm"] = profile.technology_nm;
    cost["energy_uj"] = microjoules;
    cost["energy_uncertainty"] = energy.total() > 0 ? energy.uncertainty() / energy.total() : 0.0;
    cost["energy_delay_uj_us"] = microjoules * time_us(spec, kernel.cycles);
    cost["energy"] = items_json(energy, kMicrojoulesPerPicojoule);
    cost["left_out"] = energy.without_figure;
    if (!area.items.empty()) {
        const double scale = tensor_cores(spec) * kSquareMillimetres;
        cost["tensor_core_area_mm2"] = area.total() * scale;
        cost["area"] = items_json(area, scale);
    }
}

}  // namespace sptc::report
