#pragma once
#include "models/reference/number.hpp"

namespace sptc::reference {

/// The special values among the terms of a sum a[0] * b[0] + a[1] * b[1] + ... + c, and what they
/// make of it: any NaN, 0 * Inf, or infinities of both signs give NaN; else an infinity wins.
class Specials {
  public:
    void add_product(const Number& a, const Number& b) {
        const bool infinite = a.kind == NumberClass::kInfinite || b.kind == NumberClass::kInfinite;
        if (a.kind == NumberClass::kNan || b.kind == NumberClass::kNan) nan_ = true;
        if (!infinite) return;
        if (a.zero() || b.zero()) {
            nan_ = true;
        } else {
            add_infinity(a.negative != b.negative);
        }
    }
    void add_addend(const Number& c) {
        if (c.kind == NumberClass::kNan) nan_ = true;
        if (c.kind == NumberClass::kInfinite) add_infinity(c.negative);
    }

    [[nodiscard]] bool any() const { return nan_ || plus_ || minus_; }
    /// The bits of the sum when there are any.
    [[nodiscard]] std::uint64_t result(const FloatFormat& format) const {
        if (nan_ || (plus_ && minus_)) return format.canonical_nan();
        return minus_ ? format.sign_bit() | format.infinity() : format.infinity();
    }

  private:
    void add_infinity(bool negative) { (negative ? minus_ : plus_) = true; }

    bool nan_ = false;
    bool plus_ = false;
    bool minus_ = false;
};

}  // namespace sptc::reference
