#include "sim/sweep/estimate.hpp"

#include <algorithm>

namespace sptc::sweep {
namespace {

/// A worker that simulates next to nothing (measured: 128^3 takes 12 to 20 ms on a 2-core machine).
constexpr double kStartUpSeconds = 0.01;

}  // namespace

double CostModel::work_of(const Parameters& completed) {
    return std::get<double>(completed.at("m")) * std::get<double>(completed.at("n")) *
           std::get<double>(completed.at("k"));
}

std::string CostModel::class_of(const Parameters& completed) {
    std::string name;
    for (const char* parameter : {"values", "check", "sms", "split_k", "baseline", "variant"}) {
        name += text(completed.at(parameter)) + " ";
    }
    return name + (text(completed.at("pattern")) == "dense" ? "dense" : "sparse");
}

void CostModel::learn(const Parameters& completed, double seconds) {
    const double beyond = std::max(seconds - kStartUpSeconds, 0.0);
    const double work = work_of(completed);
    for (Sums* sums : {&classes_[class_of(completed)], &all_}) {
        sums->seconds += beyond;
        sums->work += work;
    }
    ++measured_;
}

double CostModel::seconds(const Parameters& completed) const {
    if (empty()) return 0;
    const auto found = classes_.find(class_of(completed));
    const Sums& sums = found != classes_.end() ? found->second : all_;
    return kStartUpSeconds + sums.seconds / sums.work * work_of(completed);
}

}  // namespace sptc::sweep
