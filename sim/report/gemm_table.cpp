#include <fmt/format.h>

#include <functional>
#include <vector>

#include "models/types/value.hpp"
#include "sim/report/cost_report.hpp"
#include "sim/report/gemm_report.hpp"
#include "sim/report/metrics.hpp"
#include "sim/report/roofline.hpp"

namespace sptc::report {
namespace {

using run::GemmKernelResult;

/// Rows of label, one value per kernel, unit.
class Table {
  public:
    explicit Table(std::vector<const GemmKernelResult*> kernels) : kernels_(std::move(kernels)) {}

    void row(std::string_view label,
             const std::function<std::string(const GemmKernelResult&)>& value,
             std::string_view unit = "") {
        text_ += fmt::format("  {:<28}", label);
        for (const GemmKernelResult* kernel : kernels_)
            text_ += fmt::format("{:>18}", value(*kernel));
        text_ += unit.empty() ? "\n" : fmt::format("  {}\n", unit);
    }
    void heading(std::string_view text) { text_ += fmt::format("{}\n", text); }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::vector<const GemmKernelResult*> kernels_;
    std::string text_;
};

std::string megabytes(std::uint64_t bytes) {
    return fmt::format("{:.2f}", static_cast<double>(bytes) * 1e-6);
}

void add_kernel_rows(Table& table, const sparsity::Pattern* pattern, std::uint32_t split_k) {
    table.row("kernel", [pattern](const GemmKernelResult& k) {
        return std::string(k.problem.sparse ? pattern->name : "dense");
    });
    table.row("CTA tile", [](const GemmKernelResult& k) {
        return fmt::format("{}x{}x{}", k.tile.cta_m, k.tile.cta_n, k.tile.cta_k);
    });
    table.row("warp tile, stages", [](const GemmKernelResult& k) {
        return fmt::format("{}x{}, {}", k.tile.warp_m, k.tile.warp_n, k.tile.stages);
    });
    if (split_k > 1) {
        table.row("split-K",
                  [](const GemmKernelResult& k) { return fmt::format("{}", k.problem.split_k); });
    }
    table.row("CTAs, per SM", [](const GemmKernelResult& k) {
        return fmt::format("{}, {}", k.simulation.ctas, k.simulation.occupancy.ctas_per_sm);
    });
    table.row("timed as", [](const GemmKernelResult& k) {
        return std::string(k.simulation.shape.lowered ? "machine code" : "PTX as written");
    });
    table.row("registers per thread", [](const GemmKernelResult& k) {
        return fmt::format("{}{}", k.simulation.shape.registers_per_thread,
                           k.simulation.shape.registers_estimated ? " (est.)" : "");
    });
    table.row(
        "shared memory per CTA",
        [](const GemmKernelResult& k) {
            return fmt::format("{}", k.simulation.shape.shared_bytes_per_cta);
        },
        "bytes");
}

void add_figure_rows(Table& table, const run::GemmResult& result) {
    const gpu::GpuSpec& gpu = result.gpu;
    table.row("cycles",
              [](const GemmKernelResult& k) { return fmt::format("{}", k.simulation.cycles); });
    table.row(
        "time",
        [&](const GemmKernelResult& k) { return fmt::format("{:.2f}", metrics(gpu, k).time_us); },
        "us");
    table.row(
        "throughput",
        [&](const GemmKernelResult& k) { return fmt::format("{:.1f}", metrics(gpu, k).tflops); },
        types::is_integer(result.kernel.problem.input) ? "TOPS (2MNK)" : "TFLOPS (2MNK)");
    table.row(
        "of peak",
        [&](const GemmKernelResult& k) {
            return fmt::format("{:.1f}", metrics(gpu, k).percent_of_peak);
        },
        "%");
    table.row("warp instructions", [](const GemmKernelResult& k) {
        return fmt::format("{}", whole_gpu(k.simulation, k.simulation.warp_instructions));
    });
}

void add_activity_rows(Table& table, const run::GemmResult& result) {
    table.row(
        "with a warp resident",
        [](const GemmKernelResult& k) {
            return share(resident_cycles(k.simulation), all_cycles(k.simulation));
        },
        "% of all, of these:");
    for (std::size_t i = 0; i < kResidentActivities; ++i) {
        const bool seen = result.kernel.simulation.activity[i] != 0 ||
                          (result.dense && result.dense->simulation.activity[i] != 0);
        if (!seen) continue;
        table.row(
            sm::activity_name(static_cast<sm::Activity>(i)),
            [i](const GemmKernelResult& k) {
                return share(k.simulation.activity[i], resident_cycles(k.simulation));
            },
            "%");
    }
}

void add_resource_rows(Table& table, const gpu::GpuSpec& gpu) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(Resource::kCount); ++i) {
        const auto resource = static_cast<Resource>(i);
        table.row(
            resource_name(resource),
            [&](const GemmKernelResult& k) {
                const double cycles = Roofline(gpu, k.simulation).cycles(resource);
                return fmt::format("{:.1f}",
                                   100 * cycles / static_cast<double>(k.simulation.cycles));
            },
            "%");
    }
    table.row("bound by", [&gpu](const GemmKernelResult& k) {
        return std::string(resource_name(Roofline(gpu, k.simulation).binding()));
    });
}

void add_byte_rows(Table& table) {
    const auto bytes = [&table](std::string_view label, std::uint64_t gpu::KernelResult::*member) {
        table.row(
            label, [member](const GemmKernelResult& k) { return megabytes(k.simulation.*member); },
            "MB");
    };
    const auto scaled = [&table](std::string_view label, std::uint64_t gpu::KernelResult::*member) {
        table.row(
            label,
            [member](const GemmKernelResult& k) {
                return megabytes(whole_gpu(k.simulation, k.simulation.*member));
            },
            "MB");
    };
    scaled("shared memory, read", &gpu::KernelResult::shared_read_bytes);
    scaled("shared memory, cp.async", &gpu::KernelResult::shared_fill_bytes);
    scaled("L1, read", &gpu::KernelResult::l1_read_bytes);
    scaled("L1, hit", &gpu::KernelResult::l1_hit_bytes);
    bytes("L2, read", &gpu::KernelResult::l2_read_bytes);
    bytes("L2, near hit", &gpu::KernelResult::l2_near_hit_bytes);
    bytes("L2, far read", &gpu::KernelResult::l2_far_read_bytes);
    bytes("L2, written", &gpu::KernelResult::l2_write_bytes);
    bytes("HBM, read", &gpu::KernelResult::hbm_read_bytes);
    bytes("HBM, written", &gpu::KernelResult::hbm_write_bytes);
}

std::string title(const run::GemmResult& result) {
    const gemm::GemmProblem& p = result.kernel.problem;
    return fmt::format(
        "GEMM {} x {} x {} (M x N x K), {}{} -> {}, A {}, B {}-major, on {}: {} of {} SMs "
        "simulated",
        p.m, p.n, p.k, types::name(p.input),
        p.b_type() == p.input ? "" : fmt::format(" x {}", types::name(p.b_type())),
        types::name(p.accumulator), result.pattern != nullptr ? result.pattern->name : "dense",
        gemm::name(p.b_layout), result.gpu.description, result.kernel.simulation.simulated_sms,
        result.kernel.simulation.sms);
}

}  // namespace

std::string gemm_table(const run::GemmResult& result, const cost::Profile* cost) {
    std::vector<const GemmKernelResult*> kernels{&result.kernel};
    if (result.dense) kernels.push_back(&*result.dense);
    Table table(std::move(kernels));
    table.heading(title(result));
    add_kernel_rows(table, result.pattern, result.kernel.problem.split_k);
    table.heading("performance");
    add_figure_rows(table, result);
    table.heading("sub-core cycles");
    add_activity_rows(table, result);
    table.heading("resources used, of their cycles");
    add_resource_rows(table, result.gpu);
    table.heading("bytes moved");
    add_byte_rows(table);

    std::string text = table.text();
    if (const auto speedup = result.speedup()) {
        text += fmt::format("speedup over dense              {:.3f} (at its roofline {:.3f})\n",
                            *speedup, roofline_speedup(result));
    }
    if (result.retained_magnitude) {
        text += fmt::format("retained magnitude of A         {:.2f} %\n",
                            100 * *result.retained_magnitude);
    }
    if (result.check) {
        text += fmt::format(
            "check against the reference     {} mismatches in {} elements{}{}\n",
            result.check->mismatches, result.check->elements,
            result.check->first_mismatch.empty() ? "" : "; first: ", result.check->first_mismatch);
        text += fmt::format("bits of D                       {}\n",
                            result.check->doubt.empty()
                                ? "claimed exact, as docs/numerics.md models mma"
                                : "not claimed exact: " + result.check->doubt);
        text += fmt::format(
            "largest error against float64   {:.3g} relative, {:.3g} scaled by sum |a b|\n",
            result.check->max_relative_error_f64, result.check->max_scaled_error_f64);
    }
    if (cost != nullptr) {
        text += cost_table(*cost, result.gpu, result.kernel.simulation);
        if (result.dense) text += cost_table(*cost, result.gpu, result.dense->simulation);
    }
    for (const std::string& note : result.notes) text += fmt::format("note: {}\n", note);
    return text;
}

}  // namespace sptc::report
