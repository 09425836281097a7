#include "traces/launch/fill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "traces/launch/element.hpp"

namespace sptc::launch {
namespace {

using types::DataType;

bool has_real_draws(DataType type) {
    return types::row(type).exponent_bits > 0 && types::bits(type) >= 16;
}

}  // namespace

Distribution parse_distribution(std::string_view name) {
    if (name == "normal") return Distribution::kNormal;
    if (name == "uniform") return Distribution::kUniform;
    if (name == "bits") return Distribution::kBits;
    throw base::ConfigError(fmt::format(
        "unknown distribution '{}': expected one of normal, uniform, bits, integers, mma, metadata",
        name));
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
            element = encode_element(type, random.normal());
        } else {
            element = encode_element(type, 2.0 * random.uniform() - 1.0);
        }
        std::memcpy(data.data() + at, &element, std::min(step, bytes - at));
    }
    return data;
}

std::vector<std::byte> random_integers(DataType type, std::int64_t low, std::int64_t high,
                                       std::uint64_t seed, std::uint64_t bytes) {
    SPTC_ASSERT(low <= high && high - low < INT32_MAX && types::bits(type) >= 8);
    const auto count = static_cast<std::uint32_t>(high - low + 1);
    const auto step = static_cast<std::uint64_t>(types::bits(type)) / 8;
    base::Random random(seed);
    std::vector<std::byte> data(bytes);
    for (std::uint64_t at = 0; at < bytes; at += step) {
        const std::int64_t value = low + static_cast<std::int64_t>(random.below(count));
        const Number number = value < 0 ? Number(value) : Number(static_cast<std::uint64_t>(value));
        const std::uint64_t element = encode_element(type, number);
        std::memcpy(data.data() + at, &element, std::min(step, bytes - at));
    }
    return data;
}

}  // namespace sptc::launch
