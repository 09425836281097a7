#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "traces/launch/launch.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Why a value may differ from that of a real GPU; the first ones weigh most.
enum class Doubt : std::uint8_t {
    kApproximate,      ///< .approx, .full
    kMayBeContracted,  ///< a sum of a product, both without a rounding
    kAtomicOrder,      ///< a float sum by atomics rounds in the order in which they arrive
    kClock,            ///< %clock, %globaltimer
};

/// "is approximate", "ptxas may contract it", ...
[[nodiscard]] std::string_view doubt_text(Doubt doubt);

/// The operation that an output depends on.
struct Cause {
    Doubt doubt = Doubt::kApproximate;
    std::string location;  ///< "kernel.ptx:12 (kernel.cu:7)"
    std::string opcode;
};

/// "kernel.ptx:12 'ex2.approx.f32' is approximate"
[[nodiscard]] std::string cause_text(const Cause& cause);

/// Which buffers depend on operations whose bits PTX leaves open. Flows through registers, shared
/// and local memory and buffers, and through addresses, guards and branches, regardless of order:
/// what is claimed exact is. A store whose address comes from no argument counts for every buffer.
class OutputExactness {
  public:
    /// The next launch on the same buffers.
    void add(const Program& program, const launch::KernelLaunch& launch,
             const std::vector<launch::Buffer>& buffers);

    /// Why the content of a buffer is not claimed to be exact; nullptr when it is.
    [[nodiscard]] const Cause* doubt(const std::string& buffer) const;

  private:
    std::map<std::string, Cause> doubts_;  ///< by buffer
};

}  // namespace sptc::ptx
