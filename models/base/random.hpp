#pragma once
#include <cstdint>

namespace sptc::base {

/// The project's random numbers: SplitMix64 (Steele, Lea, Flood 2014). The algorithm is part of the
/// results: the same seed gives the same bytes on every machine, so no std:: distribution is used.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    /// 64 uniform bits.
    std::uint64_t bits() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }

    /// Uniform in [0, bound), bound > 0 (multiply-shift; bias below bound / 2^32).
    std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(((bits() >> 32) * bound) >> 32);
    }

    /// Uniform in [0, 1) with 53 bits.
    double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

    /// Close to N(0, 1): the sum of 12 uniforms minus 6 (Irwin-Hall), needs no libm; range (-6, 6).
    double normal() {
        double sum = -6.0;
        for (int i = 0; i < 12; ++i) sum += uniform();
        return sum;
    }

  private:
    std::uint64_t state_;
};

}  // namespace sptc::base
