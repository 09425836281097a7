#include "sim/commands/inspect_gpu.hpp"

#include <fmt/format.h>

#include "sim/report/metrics.hpp"
#include "sim/run/gpu_config.hpp"

namespace sptc::commands {
namespace {

constexpr double kFlopsPerMac = 2;
constexpr double kMegahertz = 1e6;
constexpr double kTera = 1e12;
constexpr double kGiga = 1e9;
constexpr double kKibi = 1024;

/// 10^12 operations a second of `macs` multiply-adds a cycle in every sub-core.
double teraflops(const gpu::GpuSpec& spec, double macs) {
    return kFlopsPerMac * macs * spec.sm.sub_cores * spec.sms * spec.clock_mhz * kMegahertz / kTera;
}

}  // namespace

void inspect_gpu(const std::string& name_or_path) {
    const gpu::GpuSpec spec = run::load_gpu(name_or_path);
    const sm::SmSpec& sm = spec.sm;
    const int macs = sm.tensor_core.f16_macs_per_cycle;
    const auto shared_bytes = sm.shared_memory.banks * sm.shared_memory.bank_bytes;
    const memory::MemorySpec& memory = spec.memory;
    fmt::print("name           {}: {}\n", spec.name, spec.description);
    fmt::print("arch           {}\n", spec.arch);
    fmt::print("SMs            {} of {} sub-cores, {} MHz\n", spec.sms, sm.sub_cores,
               spec.clock_mhz);
    fmt::print("per SM         {} warps, {} CTAs, {} registers\n", sm.max_warps, sm.max_ctas,
               sm.registers);
    fmt::print("tensor core    {} f16 MACs a cycle in each sub-core, {} bits of B a cycle\n", macs,
               sm.tensor_core.b_bits_per_cycle);
    fmt::print("peak f16       {:.1f} TFLOPS dense, {:.1f} TFLOPS 2:4 sparse\n",
               report::peak_tflops(spec, 16, 1), report::peak_tflops(spec, 16, 2));
    fmt::print("peak f32       {:.1f} TFLOPS outside the tensor cores\n",
               teraflops(spec, sm.sub_core.float32.lanes));
    fmt::print("shared memory  {:.0f} KiB per SM, {} bytes a cycle\n",
               sm.shared_memory.bytes / kKibi, shared_bytes);
    fmt::print("L1             {:.0f} to {:.0f} KiB per SM, of {:.0f} KiB with shared memory\n",
               (sm.l1.array_bytes - sm.l1.carve_out_bytes.back()) / kKibi,
               (sm.l1.array_bytes - sm.l1.carve_out_bytes.front()) / kKibi,
               sm.l1.array_bytes / kKibi);
    fmt::print("L2             {:.1f} MiB in {} slices of {} partition(s), {} bytes a cycle\n",
               static_cast<double>(memory.l2.bytes) / (kKibi * kKibi), memory.l2.slices,
               memory.l2.partitions, memory.l2.slices * memory.l2.slice_bytes_per_cycle);
    fmt::print("HBM            {:.1f} GB/s in {} channels\n",
               memory.hbm.bytes_per_cycle * spec.clock_mhz * kMegahertz / kGiga,
               memory.hbm.channels);
    fmt::print("The description is valid.\n");
}

}  // namespace sptc::commands
