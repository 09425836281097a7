#pragma once
#include <array>
#include <cstdint>
#include <memory>

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// One register of all lanes as lane 0's value and what the other lanes add to it, modulo the
/// register's width. Addresses of many CTAs differ in the value only and share the differences, so
/// that the registers of a whole GPU fit the host's caches.
struct PackedRegister {
    std::uint64_t base = 0;
    std::shared_ptr<const LaneRegister64> differences;  ///< null: all lanes are alike

    [[nodiscard]] bool uniform() const { return differences == nullptr; }
};

/// Finds equal differences again. It forgets: what is not found is kept twice, which costs memory
/// only.
class DifferenceCache {
  public:
    [[nodiscard]] std::shared_ptr<const LaneRegister64> share(const LaneRegister64& differences);

  private:
    std::array<std::shared_ptr<const LaneRegister64>, 1024> recent_;  ///< by hash
};

void unpack(const PackedRegister& packed, isa::LaneRegister& lanes);
void unpack(const PackedRegister& packed, LaneRegister64& lanes);
void pack(const isa::LaneRegister& lanes, PackedRegister& packed, DifferenceCache& cache);
void pack(const LaneRegister64& lanes, PackedRegister& packed, DifferenceCache& cache);

}  // namespace sptc::ptx
