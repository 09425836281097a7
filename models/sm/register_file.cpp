#include "models/sm/register_file.hpp"

#include <algorithm>

namespace sptc::sm {

using base::Cycle;

void RegisterFile::reset(std::span<const isa::PhysicalRegisters> physical) {
    physical_ = physical;
    read_port_free_.fill(0);
    for (auto& bank : cache_) bank.fill({});
    for (auto& bank : writes_) bank.fill(0);
}

Cycle RegisterFile::read(std::uint32_t slot, const isa::Instruction& instruction, Cycle now) {
    if (physical_.empty()) return 0;
    std::array<std::uint32_t, kMaxBanks> reads{};
    std::uint32_t operand = 0;
    for (const isa::RegisterId id : instruction.reads) {
        if (physical_[id].count == 0) continue;
        const std::uint32_t place = operand++;
        each(id, [&](std::uint32_t number) {
            const std::uint32_t bank = number % spec_.banks;
            if (place < spec_.cache_operand_slots) {
                Cached& cached = cache_[bank][place];
                if (cached.slot == slot && cached.number == number) return;
                cached = {slot, number};
            }
            ++reads[bank];
        });
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
        each(id, [&](std::uint32_t number) {
            for (Cached& cached : cache_[number % spec_.banks]) {
                if (cached.slot == slot && cached.number == number) cached.number = kNothing;
            }
        });
    }
}

void RegisterFile::write(std::uint32_t slot, const isa::Instruction& instruction, Cycle cycle) {
    if (physical_.empty()) return;
    forget(slot, instruction);
    for (const isa::RegisterId id : instruction.writes) {
        each(id, [&](std::uint32_t number) {
            writes_[number % spec_.banks][cycle % kWriteHorizon] = cycle;
        });
    }
}

Cycle RegisterFile::write_back(std::uint32_t slot, const isa::Instruction& instruction,
                               Cycle cycle) {
    if (physical_.empty()) return cycle;
    forget(slot, instruction);
    const auto taken = [&](Cycle at) {
        bool any = false;
        for (const isa::RegisterId id : instruction.writes) {
            each(id, [&](std::uint32_t number) {
                any = any || writes_[number % spec_.banks][at % kWriteHorizon] == at;
            });
        }
        return any;
    };
    while (taken(cycle)) ++cycle;
    return cycle;
}

}  // namespace sptc::sm
