#include "sim/report/roofline.hpp"

#include <algorithm>

#include "models/base/error.hpp"
#include "sim/report/metrics.hpp"

namespace sptc::report {

std::string_view resource_name(Resource resource) {
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Resource::kCount)>
        kNames{"tensor_cores", "issue_slots", "shared_memory", "sm_ports", "l2", "hbm"};
    SPTC_ASSERT(resource != Resource::kCount);
    return kNames[static_cast<std::size_t>(resource)];
}

Roofline::Roofline(const gpu::GpuSpec& spec, const gpu::KernelResult& kernel) {
    const auto all = [&kernel](std::uint64_t simulated_count) {
        return static_cast<double>(whole_gpu(kernel, simulated_count));
    };
    const auto set = [this](Resource resource, double work, double work_per_cycle) {
        cycles_[static_cast<std::size_t>(resource)] = work / work_per_cycle;
    };
    const sm::SharedMemorySpec& shared = spec.sm.shared_memory;
    const memory::MemorySpec& memory = spec.memory;
    const double sms = spec.sms;
    const double sub_cores = sms * spec.sm.sub_cores;
    set(Resource::kTensorCores, all(kernel.tensor_busy_cycles), sub_cores);
    set(Resource::kIssueSlots, all(kernel.warp_instructions), sub_cores);
    set(Resource::kSharedMemory,
        all(kernel.shared_read_bytes + kernel.shared_write_bytes + kernel.shared_fill_bytes +
            kernel.l1_array_bytes),
        sms * shared.banks * shared.bank_bytes);
    set(Resource::kSmPorts, static_cast<double>(kernel.l2_read_bytes),
        sms * memory.crossbar.sm_bytes_per_cycle);
    set(Resource::kL2, static_cast<double>(kernel.l2_read_bytes + kernel.l2_write_bytes),
        static_cast<double>(memory.l2.slices) * memory.l2.slice_bytes_per_cycle);
    set(Resource::kHbm, static_cast<double>(kernel.hbm_read_bytes + kernel.hbm_write_bytes),
        memory.hbm.bytes_per_cycle);
}

Resource Roofline::binding() const {
    const auto largest = std::max_element(cycles_.begin(), cycles_.end());
    return static_cast<Resource>(largest - cycles_.begin());
}

double roofline_speedup(const run::GemmResult& result) {
    SPTC_ASSERT(result.dense);
    return static_cast<double>(result.dense->simulation.cycles) /
           Roofline(result.gpu, result.kernel.simulation).cycles();
}

}  // namespace sptc::report
