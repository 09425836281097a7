#include "models/numeric/simd.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "models/base/error.hpp"
#include "models/numeric/kernel.hpp"

namespace sptc::numeric {
namespace {

constexpr std::array kLevels{Simd::kPortable, Simd::kAvx2, Simd::kAvx512};

#if defined(__x86_64__)
bool has_avx2() {
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("f16c") != 0 &&
           __builtin_cpu_supports("fma") != 0 && __builtin_cpu_supports("popcnt") != 0;
}

bool has_avx512() {
    return has_avx2() && __builtin_cpu_supports("avx512f") != 0 &&
           __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
           __builtin_cpu_supports("avx512dq") != 0;
}
#endif

bool processor_has(Simd level) {
#if defined(__x86_64__)
    if (level == Simd::kAvx2) return has_avx2();
    if (level == Simd::kAvx512) return has_avx512();
#endif
    return level == Simd::kPortable;
}

}  // namespace

std::string_view name(Simd level) {
    switch (level) {
        case Simd::kPortable:
            return "portable";
        case Simd::kAvx2:
            return "avx2";
        case Simd::kAvx512:
            return "avx512";
    }
    return "?";
}

bool supported(Simd level) { return processor_has(level) && kernels(level) != nullptr; }

Simd choose_simd() {
    Simd widest = Simd::kPortable;
    std::vector<std::string_view> legal;
    for (const Simd level : kLevels) {
        if (!supported(level)) continue;
        widest = level;
        legal.push_back(name(level));
    }
    const char* const wanted = std::getenv("SPTC_SIMD");
    if (wanted == nullptr || *wanted == '\0') return widest;
    for (const Simd level : kLevels) {
        if (name(level) == wanted && supported(level)) return level;
    }
    throw base::ConfigError(fmt::format(
        "environment variable SPTC_SIMD is '{}': expected one of {} (what this processor has)",
        wanted, fmt::join(legal, ", ")));
}

}  // namespace sptc::numeric
