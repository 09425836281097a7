#include "sim/report/launch_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/report/cost_report.hpp"
#include "sim/report/host_json.hpp"
#include "sim/report/kernel_json.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/roofline.hpp"
#include "sim/report/sanitizer_report.hpp"

namespace sptc::report {
namespace {

/// Executed multiplications of what the tensor cores could have executed in the same cycles, for
/// f16 inputs.
double tensor_utilisation(const gpu::GpuSpec& gpu, const gpu::KernelResult& kernel) {
    const sm::SmSpec& sm = gpu.sm;
    const double possible = static_cast<double>(kernel.cycles) * kernel.sms * sm.sub_cores *
                            sm.tensor_core.f16_macs_per_cycle;
    return static_cast<double>(whole_gpu(kernel, kernel.executed_macs)) / possible;
}

double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) * 1e-6; }

std::string kernel_table(const gpu::GpuSpec& gpu, const gpu::KernelResult& kernel) {
    const isa::KernelShape& shape = kernel.shape;
    std::string text = fmt::format("kernel {} on {}: {} SMs simulated\n", shape.entry,
                                   gpu.description, kernel.simulated_sms);
    const auto row = [&text](std::string_view label, const std::string& value,
                             std::string_view unit = "") {
        text += fmt::format("  {:<28}{:>18}{}{}\n", label, value, unit.empty() ? "" : "  ", unit);
    };
    row("grid", fmt::format("{} x {} x {}", shape.grid.x, shape.grid.y, shape.grid.z));
    row("block", fmt::format("{} x {} x {}", shape.block.x, shape.block.y, shape.block.z));
    row("CTAs per SM", fmt::format("{}", kernel.occupancy.ctas_per_sm),
        fmt::format("limited by {}", kernel.occupancy.limit));
    row("timed as", shape.lowered ? "machine operations" : "PTX as written", shape.not_lowered);
    row("registers per thread", fmt::format("{}{}", shape.registers_per_thread,
                                            shape.registers_estimated ? " (est.)" : ""));
    row("shared memory per CTA", fmt::format("{}", shape.shared_bytes_per_cta), "bytes");
    text += "performance\n";
    row("cycles", fmt::format("{}", kernel.cycles));
    row("time", fmt::format("{:.2f}", time_us(gpu, kernel.cycles)), "us");
    row("warp instructions", fmt::format("{}", whole_gpu(kernel, kernel.warp_instructions)));
    row("tensor core utilisation", fmt::format("{:.1f}", 100 * tensor_utilisation(gpu, kernel)),
        "%");
    text += "sub-core cycles\n";
    row("with a warp resident", share(resident_cycles(kernel), all_cycles(kernel)),
        "% of all, of these:");
    for (std::size_t i = 0; i < kResidentActivities; ++i) {
        if (kernel.activity[i] == 0) continue;
        row(sm::activity_name(static_cast<sm::Activity>(i)),
            share(kernel.activity[i], resident_cycles(kernel)), "%");
    }
    text += "resources used, of their cycles (the largest binds)\n";
    const Roofline roofline(gpu, kernel);
    for (std::size_t i = 0; i < static_cast<std::size_t>(Resource::kCount); ++i) {
        const auto resource = static_cast<Resource>(i);
        row(resource_name(resource),
            fmt::format("{:.1f}",
                        100 * roofline.cycles(resource) / static_cast<double>(kernel.cycles)),
            "%");
    }
    text += "bytes moved\n";
    row("shared memory, read",
        fmt::format("{:.3f}", megabytes(whole_gpu(kernel, kernel.shared_read_bytes))), "MB");
    row("shared memory, written",
        fmt::format("{:.3f}", megabytes(whole_gpu(kernel, kernel.shared_write_bytes))), "MB");
    row("shared memory, cp.async",
        fmt::format("{:.3f}", megabytes(whole_gpu(kernel, kernel.shared_fill_bytes))), "MB");
    row("L1, read", fmt::format("{:.3f}", megabytes(whole_gpu(kernel, kernel.l1_read_bytes))),
        "MB");
    row("L1, hit", fmt::format("{:.3f}", megabytes(whole_gpu(kernel, kernel.l1_hit_bytes))), "MB");
    row("L2, read", fmt::format("{:.3f}", megabytes(kernel.l2_read_bytes)), "MB");
    row("L2, near hit", fmt::format("{:.3f}", megabytes(kernel.l2_near_hit_bytes)), "MB");
    row("L2, far read", fmt::format("{:.3f}", megabytes(kernel.l2_far_read_bytes)), "MB");
    row("L2, written", fmt::format("{:.3f}", megabytes(kernel.l2_write_bytes)), "MB");
    row("HBM, read", fmt::format("{:.3f}", megabytes(kernel.hbm_read_bytes)), "MB");
    row("HBM, written", fmt::format("{:.3f}", megabytes(kernel.hbm_write_bytes)), "MB");
    return text;
}

std::string check_line(const launch::OutputCheck& check) {
    const std::string claim =
        check.doubt.empty() ? "claimed exact" : "not claimed exact, " + check.doubt;
    return fmt::format("check {} against {}, {} ({}): {} mismatches in {} elements{}{}\n",
                       check.buffer, check.file, launch::tolerance_text(check.tolerance), claim,
                       check.mismatches, check.elements,
                       check.first_mismatch.empty() ? "" : "; first: ", check.first_mismatch);
}

void add_checks(nlohmann::ordered_json& json, const std::vector<launch::OutputCheck>& checks) {
    for (const launch::OutputCheck& check : checks) {
        json["checks"].push_back({{"buffer", check.buffer},
                                  {"expected", check.file},
                                  {"bit_exact", check.tolerance.exact()},
                                  {"absolute", check.tolerance.absolute},
                                  {"relative", check.tolerance.relative},
                                  {"claimed_exact", check.doubt.empty()},
                                  {"doubt", check.doubt},
                                  {"elements", check.elements},
                                  {"mismatches", check.mismatches},
                                  {"first_mismatch", check.first_mismatch}});
    }
}

void add_simulation(nlohmann::ordered_json& json, const gpu::GpuSpec& gpu,
                    const gpu::KernelResult& kernel, const cost::Profile* cost) {
    json["cycles"] = kernel.cycles;
    json["time_us"] = time_us(gpu, kernel.cycles);
    json["tensor_core_utilisation"] = tensor_utilisation(gpu, kernel);
    add_kernel(json, kernel, gpu, cost);
}

}  // namespace

std::string launch_table(const run::LaunchResult& result, const cost::Profile* cost) {
    std::string text;
    for (const std::string& line : result.printed) text += line + "\n";
    if (result.printed_dropped != 0) {
        text +=
            fmt::format("... and {} more lines printed by the kernel\n", result.printed_dropped);
    }
    for (const gpu::KernelResult& kernel : result.simulations) {
        text += kernel_table(result.gpu, kernel);
        if (cost != nullptr) text += cost_table(*cost, result.gpu, kernel);
    }
    if (result.simulations.size() > 1) {
        text += fmt::format("{} launches: {} cycles, {:.2f} us\n", result.simulations.size(),
                            result.cycles(), time_us(result.gpu, result.cycles()));
    }
    for (const launch::OutputCheck& check : result.checks) text += check_line(check);
    for (const std::string& file : result.written) text += fmt::format("wrote {}\n", file);
    return text;
}

std::string launch_json(const run::LaunchResult& result, std::string_view version,
                        const sanitize::Sanitizer* sanitizer, const cost::Profile* cost) {
    nlohmann::ordered_json json;
    json["schema"] = kLaunchSchema;
    json["version"] = version;
    json["gpu"] = result.gpu.name;
    std::uint64_t sm_cycles = 0;
    for (const gpu::KernelResult& kernel : result.simulations) sm_cycles += kernel.sm_cycles;
    if (result.simulations.size() == 1) {
        add_simulation(json, result.gpu, result.simulations.front(), cost);
    } else {
        json["cycles"] = result.cycles();
        json["time_us"] = time_us(result.gpu, result.cycles());
        for (const gpu::KernelResult& kernel : result.simulations) {
            add_simulation(json["launches"].emplace_back(), result.gpu, kernel, cost);
        }
    }
    json["printed"] = result.printed;
    json["printed_dropped"] = result.printed_dropped;
    add_checks(json, result.checks);
    if (sanitizer != nullptr && sanitizer->detectors().watch()) add_sanitizer(json, *sanitizer);
    json["host"] = {{"wall_seconds", result.wall_seconds}, {"sm_cycles_simulated", sm_cycles}};
    if (!result.simulations.empty()) add_threads(json["host"], result.simulations.back());
    return json.dump(2) + "\n";
}

}  // namespace sptc::report
