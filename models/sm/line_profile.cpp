#include "models/sm/line_profile.hpp"

#include <numeric>

namespace sptc::sm {

std::uint64_t LineCounts::stall_cycles() const {
    static_assert(static_cast<std::size_t>(Activity::kIssued) == 0);
    return std::accumulate(cycles.begin() + 1, cycles.end(), std::uint64_t{0});
}

void LineCounts::add(const LineCounts& other) {
    issues += other.issues;
    for (std::size_t i = 0; i < cycles.size(); ++i) cycles[i] += other.cycles[i];
    shared_wavefronts += other.shared_wavefronts;
    bank_conflicts += other.bank_conflicts;
    load_sectors += other.load_sectors;
    store_sectors += other.store_sectors;
    if (other.source_line != 0) source_line = other.source_line;
}

void LineProfile::add(const LineProfile& other) {
    if (lines_.size() < other.lines_.size()) lines_.resize(other.lines_.size());
    for (std::size_t i = 0; i < other.lines_.size(); ++i) lines_[i].add(other.lines_[i]);
    without_line_.add(other.without_line_);
}

}  // namespace sptc::sm
