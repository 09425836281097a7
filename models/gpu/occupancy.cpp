#include "models/gpu/occupancy.hpp"

#include <fmt/format.h>

#include "models/base/error.hpp"

namespace sptc::gpu {
namespace {

std::uint32_t round_up(std::uint32_t value, std::uint32_t unit) {
    return (value + unit - 1) / unit * unit;
}

void check_fits(const GpuSpec& spec, const isa::KernelShape& shape) {
    const auto refuse = [&](std::string_view what, std::uint64_t needed, std::uint64_t available) {
        throw base::KernelError(
            fmt::format("kernel '{}' does not fit GPU '{}': it needs {} {}, the limit is {}",
                        shape.entry, spec.name, needed, what, available));
    };
    const sm::SmSpec& sm = spec.sm;
    if (shape.grid.count() == 0 || shape.block.count() == 0) {
        throw base::KernelError(
            fmt::format("kernel '{}': grid and block must not be empty", shape.entry));
    }
    if (shape.block.count() > sm.max_threads_per_cta) {
        refuse("threads per CTA", shape.block.count(), sm.max_threads_per_cta);
    }
    if (shape.shared_bytes_per_cta > sm.shared_memory.bytes_per_cta) {
        refuse("bytes of shared memory per CTA", shape.shared_bytes_per_cta,
               sm.shared_memory.bytes_per_cta);
    }
    if (shape.registers_per_thread > sm.max_registers_per_thread) {
        refuse(
            shape.registers_estimated ? "registers per thread (estimated)" : "registers per thread",
            shape.registers_per_thread, sm.max_registers_per_thread);
    }
}

}  // namespace

Occupancy occupancy(const GpuSpec& spec, const isa::KernelShape& shape) {
    check_fits(spec, shape);
    const sm::SmSpec& sm = spec.sm;
    const std::uint32_t warps = shape.warps_per_cta();

    Occupancy result{sm.max_ctas, "CTAs"};
    const auto limit = [&result](std::uint32_t ctas, std::string_view name) {
        if (ctas < result.ctas_per_sm) result = {ctas, std::string(name)};
    };
    limit(sm.max_warps / warps, "warps");
    const std::uint32_t shared =
        shape.shared_bytes_per_cta + sm.shared_memory.reserved_bytes_per_cta;
    if (shared > 0) limit(sm.shared_memory.bytes / shared, "shared memory");
    // Each sub-core has its own registers, and warps are spread evenly over the sub-cores.
    const std::uint32_t per_warp = round_up(std::max(1u, shape.registers_per_thread) * isa::kLanes,
                                            sm.register_allocation_unit);
    const std::uint32_t warps_that_fit = sm.registers / sm.sub_cores / per_warp * sm.sub_cores;
    limit(warps_that_fit / warps, "registers");
    if (result.ctas_per_sm == 0) {
        throw base::KernelError(
            fmt::format("kernel '{}' does not fit GPU '{}': {} warps of {} registers per thread "
                        "need {} registers, "
                        "an SM has {}",
                        shape.entry, spec.name, warps, shape.registers_per_thread, per_warp * warps,
                        sm.registers));
    }
    return result;
}

}  // namespace sptc::gpu
