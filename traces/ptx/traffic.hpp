#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "models/isa/instruction_source.hpp"
#include "traces/ptx/execution.hpp"
#include "traces/ptx/packed_registers.hpp"
#include "traces/ptx/register_ids.hpp"
#include "traces/ptx/warp.hpp"

namespace sptc::ptx {

/// Executes CTAs of which only the global instructions are wanted, values off. Their warps keep
/// packed registers: sums are formed on these, everything else is unpacked into one set of lane
/// registers, executed by the handlers of the full executor, and packed again.
class TrafficExecutor {
  public:
    /// `program` must outlive the object.
    explicit TrafficExecutor(const Program& program);

    /// The object must outlive the result. What next() returns is valid until the next call for any
    /// CTA of this executor.
    [[nodiscard]] std::unique_ptr<isa::GlobalTraffic> start_cta(CtaState state);

  private:
    class Cta;
    struct Warp {
        WarpPath path;
        std::vector<PackedRegister> registers;  ///< by RegisterId; those of predicates are not used
        std::vector<std::uint32_t> predicates;
    };

    enum class Kind : std::uint8_t { kHandler, kAdd, kSubtract };
    /// A register, or a constant when `id` is negative.
    struct Term {
        std::int32_t id = -1;
        std::uint64_t constant = 0;
    };
    /// What is done for one op.
    struct Step {
        Kind kind = Kind::kHandler;
        Handler handler = nullptr;
        std::vector<isa::RegisterId> reads;  ///< of the handler, without predicates
        std::vector<isa::RegisterId> writes;
        Term a, b;  ///< kAdd, kSubtract: writes[0] = a + b or a - b
        bool global = false;
        std::uint32_t next = 0;  ///< this op, or the next one that does anything
    };

    [[nodiscard]] Step plan(std::uint32_t op, bool executes) const;
    /// Makes an addition one of packed registers.
    void plan_sum(std::uint32_t op, Step& step) const;
    [[nodiscard]] Term term(Width width, std::int32_t slot) const;
    /// Writes what the program has in constant banks.
    void preload(CtaState& cta, Warp& warp);
    /// Without looking at lanes; false when they must be looked at.
    [[nodiscard]] static bool add_packed(const Step& step, Warp& warp);
    void run_handler(const Step& step, Warp& warp, Execution& execution);
    void unpack_register(isa::RegisterId id, const Warp& warp);
    void pack_register(isa::RegisterId id, Warp& warp);
    const isa::WarpInstruction& execute(CtaState& cta, Warp& warp, std::uint32_t warp_in_cta,
                                        base::Cycle now);

    const Program& program_;
    RegisterIds ids_;
    std::vector<Step> steps_;  ///< by op
    std::vector<isa::RegisterId> preloaded_;
    WarpRegisters lanes_;  ///< of the op that is executed
    DifferenceCache differences_;
    isa::WarpInstruction result_;
};

}  // namespace sptc::ptx
