#include "models/sm/register_file.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;

void RegisterFile::reset(std::uint32_t physical_registers) {
    physical_registers_ = physical_registers;
    read_port_free_.fill(0);
    for (auto& bank : cache_) bank.fill({});
    for (auto& bank : writes_) bank.fill(0);
}

Cycle RegisterFile::read(std::uint32_t slot, const isa::Instruction& instruction, Cycle now) {
    if (physical_registers_ == 0) return 0;
    std::array<std::uint32_t, kMaxBanks> reads{};
    std::uint32_t operand = 0;
    for (const isa::RegisterId id : instruction.reads) {
        if (id >= physical_registers_) continue;
        const std::uint32_t bank = id % spec_.banks;
        const std::uint32_t place = operand++;
        if (place < spec_.cache_operand_slots) {
            Cached& cached = cache_[bank][place];
            if (cached.slot == slot && cached.id == id) continue;
            cached = {slot, id};
        }
        ++reads[bank];
    }
    const Cycle begin = now + 1;
    Cycle late = 0;
    for (std::uint32_t bank = 0; bank < spec_.banks; ++bank) {
        if (reads[bank] == 0) continue;
        Cycle& port = read_port_free_[bank];
        port = std::max(port, begin) + reads[bank];
        const Cycle window_end = begin + spec_.window_cycles;
        if (port > window_end) late = std::max(late, port - window_end);
    }
    return late;
}

void RegisterFile::forget(std::uint32_t slot, const isa::Instruction& instruction) {
    for (const isa::RegisterId id : instruction.writes) {
        for (Cached& cached : cache_[id % spec_.banks]) {
            if (cached.slot == slot && cached.id == id) cached.id = kNothing;
        }
    }
}

void RegisterFile::write(std::uint32_t slot, const isa::Instruction& instruction, Cycle cycle) {
    if (physical_registers_ == 0) return;
    forget(slot, instruction);
    for (const isa::RegisterId id : instruction.writes) {
        if (id < physical_registers_) writes_[id % spec_.banks][cycle % kWriteHorizon] = cycle;
    }
}

Cycle RegisterFile::write_back(std::uint32_t slot, const isa::Instruction& instruction,
                               Cycle cycle) {
    if (physical_registers_ == 0) return cycle;
    forget(slot, instruction);
    const auto taken = [&](Cycle at) {
        return std::any_of(instruction.writes.begin(), instruction.writes.end(),
                           [&](isa::RegisterId id) {
                               return id < physical_registers_ &&
                                      writes_[id % spec_.banks][at % kWriteHorizon] == at;
                           });
    };
    while (taken(cycle)) ++cycle;
    return cycle;
}

}  // namespace sptc::sm
