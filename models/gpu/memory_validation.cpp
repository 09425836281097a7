#include "models/gpu/memory_validation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>

#include "models/gpu/spec_check.hpp"

namespace sptc::gpu {
namespace {

void validate_carve_outs(const SpecCheck& check, const sm::SmSpec& sm) {
    constexpr std::string_view kPointer = "/sm/l1/carve_out_kilobytes";
    constexpr std::uint32_t kKilobyte = 1024;
    const std::vector<std::uint32_t>& bytes = sm.l1.carve_out_bytes;
    const bool ascending = std::is_sorted(bytes.begin(), bytes.end(), std::less_equal<>{});
    check.require(!bytes.empty() && ascending, kPointer, fmt::format("{} entries", bytes.size()),
                  "ascending sizes, at least one");
    check.require(bytes.back() == sm.shared_memory.bytes, kPointer, bytes.back() / kKilobyte,
                  fmt::format("the last to be /sm/shared_memory/bytes ({} KB)",
                              sm.shared_memory.bytes / kKilobyte));
    for (const std::uint32_t carve_out : bytes) {
        const std::uint32_t way_bytes = sm.l1.sets * sm::kLineBytes;
        const bool fits = carve_out < sm.l1.array_bytes;
        check.require(fits && (sm.l1.array_bytes - carve_out) % way_bytes == 0, kPointer,
                      carve_out / kKilobyte,
                      fmt::format("to leave a multiple of {} bytes (/sm/l1/sets lines) of "
                                  "/sm/l1/array_bytes ({})",
                                  way_bytes, sm.l1.array_bytes));
    }
}

void validate_l2(const SpecCheck& check, const memory::L2Spec& l2) {
    check.require(l2.partitions >= 1 && l2.partitions <= memory::kMaxPartitions,
                  "/memory/l2/partitions", l2.partitions,
                  fmt::format("1 to {}", memory::kMaxPartitions));
    check.require(l2.slices > 0 && l2.slices % l2.partitions == 0, "/memory/l2/slices", l2.slices,
                  fmt::format("a multiple of /memory/l2/partitions ({})", l2.partitions));
    check.positive("/memory/l2/ways", l2.ways);
    check.positive("/memory/l2/slice_bytes_per_cycle", l2.slice_bytes_per_cycle);
    const std::uint64_t unit = std::uint64_t{l2.slices} * l2.ways * sm::kLineBytes;
    check.require(l2.bytes > 0 && l2.bytes % unit == 0, "/memory/l2/bytes", l2.bytes,
                  fmt::format("a multiple of slices x ways x {} ({})", sm::kLineBytes, unit));
    check.positive("/memory/l2/hit_cycles", l2.hit_cycles);
    if (l2.partitions == 1) return;
    check.positive("/memory/l2/link_cycles", l2.link_cycles);
    const std::uint64_t partition_bytes_per_cycle =
        std::uint64_t{l2.slices} / l2.partitions * l2.slice_bytes_per_cycle;
    check.require(
        l2.link_bytes_per_cycle > 0 && l2.link_bytes_per_cycle <= partition_bytes_per_cycle,
        "/memory/l2/link_bytes_per_cycle", l2.link_bytes_per_cycle,
        fmt::format("more than 0 and no more than the slices of a partition pass ({})",
                    partition_bytes_per_cycle));
}

}  // namespace

void validate_l1(const GpuSpec& spec) {
    const SpecCheck check(spec.name);
    const sm::SmSpec& sm = spec.sm;
    check.require(std::has_single_bit(sm.l1.sets), "/sm/l1/sets", sm.l1.sets, "a power of two");
    check.require(std::has_single_bit(sm.l1.tag_banks) && sm.l1.tag_banks <= sm::kMaxTagBanks,
                  "/sm/l1/tag_banks", sm.l1.tag_banks,
                  fmt::format("a power of two up to {}", sm::kMaxTagBanks));
    check.positive("/sm/l1/tag_cycles", sm.l1.tag_cycles);
    check.positive("/sm/l1/queue_entries", sm.l1.queue_entries);
    validate_carve_outs(check, sm);
    check.positive("/sm/global_path/queue_entries", sm.global_path.queue_entries);
    constexpr std::uint32_t kLineSectors = sm::kLineBytes / sm::kSectorBytes;
    check.require(sm.global_path.outstanding_sectors >= kLineSectors,
                  "/sm/global_path/outstanding_sectors", sm.global_path.outstanding_sectors,
                  fmt::format("at least a line's {}", kLineSectors));
    check.positive("/sm/global_path/request_cycles", sm.global_path.request_cycles);
    check.positive("/sm/global_path/response_cycles", sm.global_path.response_cycles);
}

void validate_memory(const GpuSpec& spec) {
    const SpecCheck check(spec.name);
    const memory::MemorySpec& memory = spec.memory;
    validate_l2(check, memory.l2);
    const std::uint64_t l2_bytes_per_cycle =
        std::uint64_t{memory.l2.slices} * memory.l2.slice_bytes_per_cycle;
    check.require(memory.crossbar.sm_bytes_per_cycle > 0 &&
                      memory.crossbar.sm_bytes_per_cycle <= static_cast<double>(l2_bytes_per_cycle),
                  "/memory/crossbar/sm_bytes_per_cycle", memory.crossbar.sm_bytes_per_cycle,
                  fmt::format("more than 0 and no more than the slices of the L2 pass ({})",
                              l2_bytes_per_cycle));
    check.require(memory.hbm.bytes > memory.l2.bytes, "/memory/hbm/capacity_gibibytes",
                  fmt::format("{} bytes", memory.hbm.bytes),
                  fmt::format("more than /memory/l2/bytes ({})", memory.l2.bytes));
    check.positive("/memory/hbm/read_cycles", memory.hbm.read_cycles);
    check.require(memory.hbm.channels > 0 && memory.l2.slices % memory.hbm.channels == 0,
                  "/memory/hbm/channels", memory.hbm.channels,
                  fmt::format("a divisor of /memory/l2/slices ({})", memory.l2.slices));
    check.require(memory.hbm.bytes_per_cycle > 0 &&
                      memory.hbm.bytes_per_cycle <= static_cast<double>(l2_bytes_per_cycle),
                  "/memory/hbm/peak_gigabytes_per_second",
                  fmt::format("{:.0f} bytes per cycle", memory.hbm.bytes_per_cycle),
                  fmt::format("more than 0 and no more than the slices of the L2 pass ({})",
                              l2_bytes_per_cycle));
}

}  // namespace sptc::gpu
