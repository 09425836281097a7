#include "models/sm/tag_passes.hpp"

#include <algorithm>
#include <array>

namespace sptc::sm {

void order_by_tag_pass(std::uint32_t banks, std::vector<LineSectors>& lines) {
    std::array<std::uint8_t, kMaxTagBanks> taken{};
    bool ordered = true;
    std::uint8_t last = 0;
    for (LineSectors& line : lines) {
        line.tag_pass = taken[tag_bank(line.line_address, banks)]++;
        ordered = ordered && line.tag_pass >= last;
        last = line.tag_pass;
    }
    if (ordered) return;
    std::stable_sort(lines.begin(), lines.end(), [](const LineSectors& a, const LineSectors& b) {
        return a.tag_pass < b.tag_pass;
    });
}

}  // namespace sptc::sm
