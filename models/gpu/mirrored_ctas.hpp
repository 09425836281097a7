#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "models/isa/instruction_source.hpp"
#include "models/memory/crossbar.hpp"
#include "models/sm/l1_tags.hpp"
#include "models/sm/repeated_coalescing.hpp"
#include "models/sm/sm.hpp"

namespace sptc::gpu {

/// The CTAs of the SMs that are not simulated when one SM represents all. Whenever a warp of the
/// simulated SM sends a global instruction, the same warp of every mirrored CTA goes on to its own
/// next global instruction and sends its own addresses to the L2, so that L2 and HBM see the
/// traffic of the whole GPU. Each mirrored SM has the tags of an L1 of its own: what it would find
/// there is not sent.
class MirroredCtas : public sm::GlobalTrafficObserver {
  public:
    /// Stands for the SMs 1 .. sms - 1.
    MirroredCtas(const sm::SmSpec& spec, std::uint32_t sms, memory::Crossbar& crossbar);

    void configure(isa::InstructionSource& source, std::uint32_t resident_ctas);
    /// SM `sm` takes CTA `cta` into a slot, replacing what was there.
    void start_cta(std::uint32_t sm, std::uint32_t slot, std::uint64_t cta);
    /// All mirrored CTAs of a slot are over.
    void finish_slot(std::uint32_t slot);

    void global_instruction(std::uint32_t cta_slot, std::uint32_t warp_in_cta,
                            base::Cycle now) override;

  private:
    [[nodiscard]] sm::L1Tags& l1_of(std::uint32_t sm);
    void send(std::uint32_t sm, const isa::WarpInstruction& executed, base::Cycle now);

    const sm::SmSpec& spec_;
    memory::Crossbar& crossbar_;
    isa::InstructionSource* source_ = nullptr;
    std::uint32_t l1_bytes_ = 0;
    std::vector<std::unique_ptr<sm::L1Tags>> l1_;  ///< by sm - 1; null until a load uses it
    std::vector<base::Cycle> port_free_;           ///< by sm - 1
    std::vector<std::vector<std::unique_ptr<isa::GlobalTraffic>>> ctas_;  ///< [slot][sm - 1]
    sm::RepeatedCoalescing coalescing_;
};

}  // namespace sptc::gpu
