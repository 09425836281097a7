#include "models/numeric/integer_dot.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "models/base/error.hpp"

namespace sptc::numeric {
namespace {

using types::DataType;

bool is_signed(DataType type) { return type == DataType::kS8 || type == DataType::kS4; }

/// Element `index` of a slot.
std::int32_t element(DataType type, std::uint32_t slot, int index) {
    const int bits = types::bits(type);
    const auto value = static_cast<std::int32_t>((slot >> (index * bits)) & ((1u << bits) - 1));
    return is_signed(type) && (value >> (bits - 1)) != 0 ? value - (1 << bits) : value;
}

}  // namespace

std::int32_t slot_dot(const isa::MmaForm& form, std::uint32_t a, std::uint32_t b) {
    if (form.dot == isa::DotKind::kAndPopc) return std::popcount(a & b);
    if (form.dot == isa::DotKind::kXorPopc) return std::popcount(a ^ b);
    SPTC_ASSERT(form.dot == isa::DotKind::kInteger);
    std::int32_t sum = 0;
    for (int i = 0; i < form.slot_bits() / types::bits(form.a); ++i) {
        sum += element(form.a, a, i) * element(form.b, b, i);
    }
    return sum;
}

std::uint32_t add_integer_sum(const isa::MmaForm& form, std::int32_t sum, std::uint32_t c) {
    const std::int64_t exact = std::int64_t{sum} + static_cast<std::int32_t>(c);
    if (!form.saturating) return static_cast<std::uint32_t>(exact);
    using Limits = std::numeric_limits<std::int32_t>;
    return static_cast<std::uint32_t>(
        std::clamp(exact, std::int64_t{Limits::min()}, std::int64_t{Limits::max()}));
}

}  // namespace sptc::numeric
