#pragma once
#include <cstdint>
#include <vector>

namespace sptc::sm {

/// The issue order of a sub-core: the warp that issued last, else the youngest ready one ("greedy
/// then youngest", Huerta et al., MICRO 2025, section 5.1.2). Part of the sub-core.
class WarpScheduler {
  public:
    /// A warp becomes resident: it is now the youngest.
    void add(std::uint32_t slot);
    void remove(std::uint32_t slot);
    void issued(std::uint32_t slot) { last_ = slot; }
    void reset();
    [[nodiscard]] bool is_last(std::uint32_t slot) const { return slot == last_; }

    /// Slots in the order in which they are asked.
    template <class Visit>
    void visit(Visit&& keep_going) const {
        if (last_ != kNone && !keep_going(last_)) return;
        for (auto slot = ages_.rbegin(); slot != ages_.rend(); ++slot) {
            if (*slot != last_ && !keep_going(*slot)) return;
        }
    }

  private:
    static constexpr std::uint32_t kNone = ~0u;
    std::vector<std::uint32_t> ages_;  ///< oldest first
    std::uint32_t last_ = kNone;
};

}  // namespace sptc::sm
