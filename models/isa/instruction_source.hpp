#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/cycle.hpp"
#include "models/isa/instruction.hpp"

namespace sptc::isa {

struct Dim3 {
    std::uint32_t x = 1;
    std::uint32_t y = 1;
    std::uint32_t z = 1;
    [[nodiscard]] std::uint64_t count() const { return std::uint64_t{x} * y * z; }
};

/// Which 32-bit registers of a thread hold a value: `count` of them from number `first` on. None
/// for predicates, uniform values and constants, and where nothing was allocated.
struct PhysicalRegisters {
    std::uint8_t first = 0;
    std::uint8_t count = 0;  ///< 0, 1 or 2
    bool operator==(const PhysicalRegisters&) const = default;
};

/// What one launch needs of the GPU.
struct KernelShape {
    std::string entry;
    Dim3 grid;                               ///< CTAs
    Dim3 block;                              ///< threads of a CTA
    std::uint32_t shared_bytes_per_cta = 0;  ///< static + dynamic
    std::uint32_t registers_per_thread = 0;  ///< 32-bit registers, for occupancy
    bool registers_estimated = false;  ///< true when no figure was given and liveness was used
    std::uint32_t scoreboard_registers = 0;  ///< RegisterIds are below this
    bool lowered = false;          ///< the instructions are machine operations, not PTX as written
    std::string not_lowered = {};  ///< why not, when lowering was asked for
    std::vector<PhysicalRegisters> physical_registers =
        {};  ///< by RegisterId; empty: not allocated

    [[nodiscard]] std::uint32_t threads_per_cta() const {
        return static_cast<std::uint32_t>(block.count());
    }
    [[nodiscard]] std::uint32_t warps_per_cta() const {
        return (threads_per_cta() + kLanes - 1) / kLanes;
    }
};

/// The running instruction streams of one resident CTA.
class CtaStream {
  public:
    virtual ~CtaStream() = default;

    /// The next instruction of a warp, without executing it; nullptr when the warp has exited.
    /// Stable until execute().
    [[nodiscard]] virtual const Instruction* peek(std::uint32_t warp) const = 0;

    /// Executes the next instruction of a warp and moves on. `now` is what %clock reads. The result
    /// is valid until the next call for this CTA. Throws MemoryFault and KernelError.
    virtual const WarpInstruction& execute(std::uint32_t warp, base::Cycle now) = 0;

    /// The data of a cp.async arrives in shared memory; for the token of a
    /// cp.async.mbarrier.arrive, the copies before it have. Each token lands exactly once, before a
    /// covering wait passes.
    virtual void land(AsyncCopyToken token) = 0;
};

/// What the memory system sees of a CTA that is not simulated: its global instructions alone.
class GlobalTraffic {
  public:
    virtual ~GlobalTraffic() = default;

    /// Goes on to the next global instruction of a warp and executes it; nullptr when the warp
    /// exits first. `now` is what %clock reads. The result is valid until the next call for any
    /// CTA of the source. Throws MemoryFault and KernelError.
    virtual const WarpInstruction* next(std::uint32_t warp, base::Cycle now) = 0;
};

/// The global traffic of a CTA that executes everything.
class ExecutedTraffic final : public GlobalTraffic {
  public:
    explicit ExecutedTraffic(std::unique_ptr<CtaStream> cta) : cta_(std::move(cta)) {}

    const WarpInstruction* next(std::uint32_t warp, base::Cycle now) override {
        while (cta_->peek(warp) != nullptr) {
            const WarpInstruction& executed = cta_->execute(warp, now);
            if (is_global(executed.instruction->operation)) return &executed;
        }
        return nullptr;
    }

  private:
    std::unique_ptr<CtaStream> cta_;
};

/// Where warp instructions come from: an executed PTX program, a saved trace. models/sm sees
/// nothing else.
class InstructionSource {
  public:
    virtual ~InstructionSource() = default;
    [[nodiscard]] virtual const KernelShape& shape() const = 0;

    /// A CTA becomes resident on an SM. `cta` counts the grid with x fastest.
    [[nodiscard]] virtual std::unique_ptr<CtaStream> start_cta(std::uint64_t cta,
                                                               std::uint32_t sm) = 0;

    /// The same for a CTA of which only the global traffic is wanted: a source that can leave out
    /// the rest of the work may do so, and then nothing reports the faults of the rest.
    [[nodiscard]] virtual std::unique_ptr<GlobalTraffic> start_traffic(std::uint64_t cta,
                                                                       std::uint32_t sm) {
        return std::make_unique<ExecutedTraffic>(start_cta(cta, sm));
    }

    /// From the next CTA on, CTAs of different SMs are executed at the same time: what they store
    /// to global memory is kept back until apply_stores().
    virtual void defer_stores(std::uint32_t sms) { (void)sms; }
    /// Makes the stores kept back take effect, in the order of (cycle, SM). No CTA is being
    /// executed.
    virtual void apply_stores() {}
};

}  // namespace sptc::isa
