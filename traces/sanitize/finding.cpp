#include "traces/sanitize/finding.hpp"

#include <utility>

namespace sptc::sanitize {

bool Findings::count_known(Detector detector, std::string_view what, std::uint32_t line,
                           std::uint32_t line_before) {
    for (Finding& known : all_) {
        const std::uint32_t before = known.before ? known.before->line : 0;
        if (known.detector == detector && known.now.line == line && before == line_before &&
            known.what == what) {
            ++known.count;
            return true;
        }
    }
    if (all_.size() < kMost) return false;
    ++dropped_;
    return true;
}

void Findings::add(Finding finding) { all_.push_back(std::move(finding)); }

}  // namespace sptc::sanitize
