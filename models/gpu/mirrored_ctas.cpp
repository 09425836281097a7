#include "models/gpu/mirrored_ctas.hpp"

#include <algorithm>
#include <array>

#include "models/sm/atomic_conflicts.hpp"
#include "models/sm/carve_out.hpp"

namespace sptc::gpu {

using base::Cycle;
using isa::Operation;

MirroredCtas::MirroredCtas(const sm::SmSpec& spec, std::uint32_t sms, memory::Crossbar& crossbar)
    : spec_(spec), crossbar_(crossbar), port_free_(sms - 1, 0) {}

void MirroredCtas::configure(isa::InstructionSource& source, std::uint32_t resident_ctas) {
    source_ = &source;
    ctas_.clear();
    ctas_.resize(resident_ctas);
    for (auto& slot : ctas_) slot.resize(port_free_.size());
    std::fill(port_free_.begin(), port_free_.end(), Cycle{0});
    l1_bytes_ = sm::l1_bytes(spec_, source.shape(), resident_ctas);
    l1_.clear();
    l1_.resize(port_free_.size());
}

void MirroredCtas::start_cta(std::uint32_t sm, std::uint32_t slot, std::uint64_t cta) {
    ctas_[slot][sm - 1] = source_->start_traffic(cta, sm);
}

void MirroredCtas::finish_slot(std::uint32_t slot) {
    for (auto& cta : ctas_[slot]) cta.reset();
}

void MirroredCtas::global_instruction(std::uint32_t cta_slot, std::uint32_t warp_in_cta,
                                      Cycle now) {
    auto& slot = ctas_[cta_slot];
    for (std::uint32_t i = 0; i < slot.size(); ++i) {
        if (!slot[i]) continue;
        if (const isa::WarpInstruction* executed = slot[i]->next(warp_in_cta, now)) {
            send(i + 1, *executed, now);
        }
    }
}

sm::L1Tags& MirroredCtas::l1_of(std::uint32_t sm) {
    std::unique_ptr<sm::L1Tags>& tags = l1_[sm - 1];
    if (!tags) {
        tags = std::make_unique<sm::L1Tags>(spec_.l1);
        tags->reset(l1_bytes_);
    }
    return *tags;
}

void MirroredCtas::send(std::uint32_t sm, const isa::WarpInstruction& executed, Cycle now) {
    if (executed.active_mask == 0) return;
    const isa::Instruction& instruction = *executed.instruction;
    const bool write = isa::is_posted_write(instruction.operation);
    const bool sends_data = isa::writes_global(instruction.operation);
    const bool atomic = sends_data && instruction.operation != Operation::kStoreGlobal;
    std::array<std::uint8_t, isa::kLanes> whole;
    whole.fill(instruction.bytes_per_lane);
    const bool copy = instruction.operation == Operation::kAsyncCopy;
    const auto [lines, offset] = coalescing_.coalesce(
        executed.addresses, copy ? executed.source_bytes : whole, executed.active_mask);
    sm::L1Tags* const l1 =
        isa::uses_l1(instruction.operation, instruction.cache) ? &l1_of(sm) : nullptr;
    const std::uint32_t partition = crossbar_.partition_of(sm);
    Cycle& port_free = port_free_[sm - 1];
    for (const sm::LineSectors& line : lines) {
        const std::uint64_t address = line.line_address + offset;
        const std::uint8_t sectors = l1 != nullptr
                                         ? l1->fetch(address, line.sector_mask, instruction.cache)
                                         : line.sector_mask;
        if (sectors == 0) continue;
        const Cycle sent = std::max(port_free, now + spec_.l1.tag_cycles);
        const std::uint8_t steps =
            atomic ? sm::atomic_steps(executed.addresses, executed.active_mask, address)
                   : std::uint8_t{0};
        crossbar_.inject({address, sectors, write, partition, steps}, now,
                         sent + spec_.global_path.request_cycles);
        port_free = sent + (sends_data ? sm::count_sectors(sectors) : 1);
    }
}

}  // namespace sptc::gpu
