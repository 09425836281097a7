#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "traces/ptx/rounding.hpp"

namespace sptc::ptx {

/// One type of cvt.
struct ConvertType {
    std::string_view name;  ///< "s8"
    int bits;
    bool is_signed;             ///< integers
    const FloatFormat* format;  ///< null: an integer
};

/// Every type, in the order of Conversion's indices.
inline constexpr std::array<ConvertType, 13> kConvertTypes{{{"u8", 8, false, nullptr},
                                                            {"s8", 8, true, nullptr},
                                                            {"u16", 16, false, nullptr},
                                                            {"s16", 16, true, nullptr},
                                                            {"u32", 32, false, nullptr},
                                                            {"s32", 32, true, nullptr},
                                                            {"u64", 64, false, nullptr},
                                                            {"s64", 64, true, nullptr},
                                                            {"f16", 16, false, &kF16},
                                                            {"bf16", 16, false, &kBf16},
                                                            {"tf32", 32, false, &kTf32},
                                                            {"f32", 32, false, &kF32},
                                                            {"f64", 64, false, &kF64}}};

/// What a cvt of one value does. Its code fits an operand of an Op.
struct Conversion {
    std::uint8_t to = 0;    ///< index in kConvertTypes
    std::uint8_t from = 0;  ///< index in kConvertTypes
    Round round = Round::kNearestEven;
    bool to_integer = false;       ///< .rni, .rzi, .rmi, .rpi
    bool flush = false;            ///< .ftz: f32 sources and results
    bool saturate = false;         ///< .sat: integers to their range, floats to [0, 1]
    bool relu = false;             ///< negative results become +0
    bool saturate_finite = false;  ///< .satfinite: no result is infinite

    [[nodiscard]] const ConvertType& target() const { return kConvertTypes[to]; }
    [[nodiscard]] const ConvertType& source() const { return kConvertTypes[from]; }
};

[[nodiscard]] std::int32_t code_of(const Conversion& conversion);
[[nodiscard]] Conversion conversion_of(std::int32_t code);

/// The converted bits; only the bits of the source's type are looked at, and an integer result is
/// extended to 64 bits by its own sign. NaN becomes the canonical NaN, in f64 with its payload;
/// as an integer it is 0, or 1 << (bits - 1) when the source or the result has 64 bits (PTX ISA).
[[nodiscard]] std::uint64_t convert(const Conversion& conversion, std::uint64_t bits);

/// A value of a format as another one: the part of convert() between floats, also for e4m3 and
/// e5m2.
[[nodiscard]] std::uint64_t convert_float(const FloatFormat& to, const FloatFormat& from,
                                          std::uint64_t bits, Round round, bool relu,
                                          bool saturate_finite);

}  // namespace sptc::ptx
