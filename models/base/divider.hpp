#pragma once
#include <cstdint>

#include "models/base/error.hpp"

namespace sptc::base {

/// Exact division by a number that is fixed at construction, as a multiplication: a processor's own
/// 64-bit division costs several times as much.
class Divider {
  public:
    struct Result {
        std::uint64_t quotient;
        std::uint64_t remainder;
    };

    explicit Divider(std::uint64_t divisor) : divisor_(divisor) {
        SPTC_ASSERT(divisor > 0);
        reciprocal_ = UINT64_MAX / divisor;
    }

    [[nodiscard]] Result divide(std::uint64_t dividend) const {
        // reciprocal_ / 2^64 lies below 1 / divisor by at most 2^-64, so the product is below the
        // quotient by less than 1 and its floor by at most 1.
        std::uint64_t quotient = multiply_high(dividend, reciprocal_);
        std::uint64_t remainder = dividend - quotient * divisor_;
        if (remainder >= divisor_) {
            remainder -= divisor_;
            ++quotient;
        }
        return {quotient, remainder};
    }

  private:
    static std::uint64_t multiply_high(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>(static_cast<Wide>(a) * b >> 64);
    }

    std::uint64_t divisor_;
    std::uint64_t reciprocal_ = 0;
};

}  // namespace sptc::base
