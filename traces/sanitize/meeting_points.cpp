#include "traces/sanitize/meeting_points.hpp"

#include <algorithm>

namespace sptc::sanitize {

void MeetingPoints::complete(Mbarrier& object, std::vector<LaneCopy>& landed) {
    object.completed.resize(std::max(object.completed.size(), object.current.size()), 0);
    for (std::size_t warp = 0; warp < object.current.size(); ++warp) {
        object.completed[warp] = std::max(object.completed[warp], object.current[warp]);
    }
    object.current.clear();
    landed.insert(landed.end(), object.copies.begin(), object.copies.end());
    object.copies.clear();
}

}  // namespace sptc::sanitize
