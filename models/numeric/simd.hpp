#pragma once
#include <cstdint>
#include <string_view>

namespace sptc::numeric {

/// Which build of the fast kernels runs. All give the same bits.
enum class Simd : std::uint8_t { kPortable, kAvx2, kAvx512 };

[[nodiscard]] std::string_view name(Simd level);

/// Can this processor run it, and was it compiled in?
[[nodiscard]] bool supported(Simd level);

/// The widest supported level, or the one that the environment variable SPTC_SIMD (portable, avx2,
/// avx512) names. Throws ConfigError when it names an unknown level or one this processor lacks.
[[nodiscard]] Simd choose_simd();

}  // namespace sptc::numeric
