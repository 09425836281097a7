#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace sptc::sanitize {

/// What the sanitizer looks for (docs/sanitizer.md).
enum class Detector : std::uint8_t {
    kMemory,  ///< out of bounds or misaligned; such an access ends the run in any case
    kRace,    ///< accesses to shared memory that nothing orders
    kInit,    ///< reads of shared or global memory that nobody has written
    kAsync,   ///< touching what a cp.async writes before it has been waited for
    kSync,    ///< barriers and warp-wide instructions that not all reach that must
    kCount
};

[[nodiscard]] std::string_view name(Detector detector);

/// A set of detectors.
class Detectors {
  public:
    [[nodiscard]] bool has(Detector detector) const { return (bits_ >> index(detector) & 1u) != 0; }
    void add(Detector detector) { bits_ |= 1u << index(detector); }
    /// Does one of them watch what a kernel executes? Faults tell themselves.
    [[nodiscard]] bool watch() const { return (bits_ & ~(1u << index(Detector::kMemory))) != 0; }
    [[nodiscard]] bool empty() const { return bits_ == 0; }
    [[nodiscard]] std::string text() const;  ///< "memory,race", "none"

  private:
    static unsigned index(Detector detector) { return static_cast<unsigned>(detector); }
    std::uint32_t bits_ = 0;
};

/// "memory,race,init,async,sync", "all", "none". Throws ConfigError listing them.
[[nodiscard]] Detectors parse_detectors(std::string_view list);

}  // namespace sptc::sanitize
