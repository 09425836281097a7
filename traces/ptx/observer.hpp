#pragma once
#include <array>
#include <cstdint>
#include <memory>

#include "models/isa/instruction_source.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

struct CtaState;
struct Execution;

/// Sees what one CTA executes, in the order of execution. Off (a null pointer), it costs one
/// comparison for each memory instruction.
class CtaObserver {
  public:
    using Addresses = std::array<std::uint64_t, isa::kLanes>;

    virtual ~CtaObserver() = default;

    /// The lanes of `mask` access `bytes` each, aligned and inside the space, where a space that is
    /// not global begins at 0; the bytes have not moved yet. ldmatrix: the lanes that name a row.
    virtual void access(const Execution& execution, const Addresses& addresses, std::uint32_t mask,
                        Space space, std::uint64_t bytes) = 0;

    /// Around the ops that Observer::watches().
    virtual void before(const Execution& execution) = 0;
    virtual void after(const Execution& execution) = 0;

    /// The data of a cp.async has arrived, or the arrivals of a cp.async.mbarrier.arrive.
    virtual void landed() = 0;
};

/// Observes launches.
class Observer {
  public:
    virtual ~Observer() = default;

    /// Does a CtaObserver want before() and after() for this op?
    [[nodiscard]] virtual bool watches(const Program& program, std::uint32_t op) const = 0;

    /// `cta` outlives the result.
    [[nodiscard]] virtual std::unique_ptr<CtaObserver> start_cta(const CtaState& cta) = 0;
};

}  // namespace sptc::ptx
