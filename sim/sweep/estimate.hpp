#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "sim/sweep/value.hpp"

namespace sptc::sweep {

/// Host time of points, learnt from points that have been run. Points of a class (what is simulated
/// of a GEMM: values, check, SMs, baseline, sparse or dense) take a start-up time and a time
/// proportional to M N K; the class that is nearest stands in for one without measurements.
class CostModel {
  public:
    /// Of a point that took so long in its worker.
    void learn(const Parameters& completed, double seconds);
    [[nodiscard]] bool empty() const { return measured_ == 0; }
    [[nodiscard]] std::uint64_t measured() const { return measured_; }

    /// 0 as long as nothing was learnt.
    [[nodiscard]] double seconds(const Parameters& completed) const;

    [[nodiscard]] static std::string class_of(const Parameters& completed);
    [[nodiscard]] static double work_of(const Parameters& completed);  ///< M N K

  private:
    struct Sums {
        double seconds = 0;  ///< beyond the start-up
        double work = 0;     ///< M N K
    };
    std::map<std::string, Sums> classes_;
    Sums all_;
    std::uint64_t measured_ = 0;
};

}  // namespace sptc::sweep
