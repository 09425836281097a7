#pragma once
#include <array>
#include <cstdint>
#include <span>

#include "models/base/cycle.hpp"
#include "models/isa/instruction_source.hpp"
#include "models/sm/sm_spec.hpp"

namespace sptc::sm {

/// The ports of a sub-core's registers (Huerta et al., MICRO 2025, section 5.3): register r stands
/// in bank r mod banks; each bank gives one register of a warp per cycle and takes one. An
/// instruction of fixed latency reads its operands in a window of a few cycles after issue and
/// waits, with everything behind it, until the ports let it. A small cache keeps for each bank and
/// operand slot the register read last, as ptxas asks for with .reuse. Only physical registers have
/// banks. The tensor core reads in cycles that these leave free; how many it needs is part of its
/// issue interval. Part of a sub-core.
class RegisterFile {
  public:
    static constexpr std::uint32_t kMaxBanks = 4;
    static constexpr std::uint32_t kMaxCacheSlots = 4;

    explicit RegisterFile(const RegisterFileSpec& spec) : spec_(spec) {}

    /// A new kernel. `physical` says where each RegisterId stands and must outlive the kernel;
    /// empty: nobody knows, and nothing has a bank.
    void reset(std::span<const isa::PhysicalRegisters> physical);

    /// A fixed-latency instruction of a warp slot is issued. Returns the cycles by which its
    /// operands come late: everything that issues after it waits as long.
    [[nodiscard]] base::Cycle read(std::uint32_t slot, const isa::Instruction& instruction,
                                   base::Cycle now);
    /// A fixed-latency result is written at `cycle`: it has its bank's port.
    void write(std::uint32_t slot, const isa::Instruction& instruction, base::Cycle cycle);
    /// When a result of variable latency that is there at `cycle` can be written.
    [[nodiscard]] base::Cycle write_back(std::uint32_t slot, const isa::Instruction& instruction,
                                         base::Cycle cycle);

  private:
    struct Cached {
        std::uint32_t slot = 0;
        std::uint32_t number = kNothing;  ///< of a physical register
    };
    static constexpr std::uint32_t kNothing = ~0u;
    /// Farther ahead than any fixed latency.
    static constexpr std::size_t kWriteHorizon = 256;

    void forget(std::uint32_t slot, const isa::Instruction& instruction);
    /// Calls `visit` with the number of each physical register that a RegisterId names.
    template <class Visit>
    void each(isa::RegisterId id, Visit&& visit) const {
        const isa::PhysicalRegisters& registers = physical_[id];
        for (std::uint32_t i = 0; i < registers.count; ++i) visit(registers.first + i);
    }

    const RegisterFileSpec& spec_;
    std::span<const isa::PhysicalRegisters> physical_;
    std::array<base::Cycle, kMaxBanks> read_port_free_{};
    std::array<std::array<Cached, kMaxCacheSlots>, kMaxBanks> cache_{};
    /// Per bank, by cycle modulo the horizon: the last cycle with a write of fixed latency.
    std::array<std::array<base::Cycle, kWriteHorizon>, kMaxBanks> writes_{};
};

}  // namespace sptc::sm
