#include "traces/launch/fill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "models/base/error.hpp"
#include "models/base/random.hpp"

namespace sptc::launch {
namespace {

using types::DataType;

std::uint16_t f32_to_bf16(float value) {
    const auto raw = std::bit_cast<std::uint32_t>(value);
    return static_cast<std::uint16_t>((raw + 0x7fffu + ((raw >> 16) & 1u)) >> 16);
}

/// The bit pattern of a finite draw in an element type, or no pattern for types without a rule.
std::uint64_t encode(DataType type, double value) {
    const auto single = static_cast<float>(value);
    switch (type) {
        case DataType::kF16:
            return types::f64_to_f16(value);
        case DataType::kBf16:
            return f32_to_bf16(single);
        case DataType::kTf32:
            return std::bit_cast<std::uint32_t>(single) & ~0x1fffu;
        case DataType::kF32:
            return std::bit_cast<std::uint32_t>(single);
        case DataType::kF64:
            return std::bit_cast<std::uint64_t>(value);
        default:
            break;
    }
    SPTC_ASSERT(false);
    return 0;
}

bool has_real_draws(DataType type) {
    return types::row(type).exponent_bits > 0 && types::bits(type) >= 16;
}

}  // namespace

Distribution parse_distribution(std::string_view name) {
    if (name == "normal") return Distribution::kNormal;
    if (name == "uniform") return Distribution::kUniform;
    if (name == "bits") return Distribution::kBits;
    throw base::ConfigError(
        fmt::format("unknown distribution '{}': expected one of normal, uniform, bits", name));
}

std::vector<std::byte> random_bytes(DataType type, Distribution distribution, std::uint64_t seed,
                                    std::uint64_t bytes) {
    const bool integer = types::row(type).exponent_bits == 0;
    const bool plain_bits =
        distribution == Distribution::kBits || (integer && distribution == Distribution::kUniform);
    if (!plain_bits && !has_real_draws(type)) {
        throw base::ConfigError(fmt::format("type {} has no such distribution: expected {}",
                                            types::name(type), integer ? "uniform, bits" : "bits"));
    }
    base::Random random(seed);
    std::vector<std::byte> data(bytes);
    const std::uint64_t step = plain_bits ? 8 : static_cast<std::uint64_t>(types::bits(type)) / 8;
    for (std::uint64_t at = 0; at < bytes; at += step) {
        std::uint64_t element = 0;
        if (plain_bits) {
            element = random.bits();
        } else if (distribution == Distribution::kNormal) {
            element = encode(type, random.normal());
        } else {
            element = encode(type, 2.0 * random.uniform() - 1.0);
        }
        std::memcpy(data.data() + at, &element, std::min(step, bytes - at));
    }
    return data;
}

}  // namespace sptc::launch
