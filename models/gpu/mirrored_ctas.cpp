#include "models/gpu/mirrored_ctas.hpp"

#include <algorithm>

#include "models/sm/bank_conflicts.hpp"

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

void MirroredCtas::send(std::uint32_t sm, const isa::WarpInstruction& executed, Cycle now) {
    if (executed.active_mask == 0) return;
    const isa::Instruction& instruction = *executed.instruction;
    const bool write = instruction.operation == Operation::kStoreGlobal;
    if (instruction.operation == Operation::kAsyncCopy) {
        sm::coalesce(executed.addresses, executed.source_bytes, executed.active_mask, lines_);
    } else {
        std::array<std::uint8_t, isa::kLanes> bytes;
        bytes.fill(instruction.bytes_per_lane);
        sm::coalesce(executed.addresses, bytes, executed.active_mask, lines_);
    }
    Cycle& port_free = port_free_[sm - 1];
    for (const sm::LineSectors& line : lines_) {
        const sm::MemoryRequest request{line.line_address, line.sector_mask, write, sm, 0};
        const Cycle sent = std::max(port_free, now + 1);
        crossbar_.inject(request, now, sent + spec_.global_path.request_cycles);
        port_free = sent + (write ? request.sectors() : 1);
    }
}

}  // namespace sptc::gpu
