#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "models/types/data_type.hpp"

namespace sptc::reference {

enum class Activation : std::uint8_t { kNone, kRelu, kGelu };

/// What happens to an accumulator before it is stored as D, in this order; every operation is
/// rounded to nearest even, in the accumulator's type (of f16 in f32, with one last rounding to
/// f16; s32 wraps):
///   scaled: x = alpha * x + beta * c (two products and a sum; without C a product);
///   bias: x = x + bias[column];
///   relu: x > 0 ? x : +0; gelu (f32 and f16): isa/gelu.hpp;
///   requantized (s32): x = round(f32(x) * scale) to an integer, clamped to s8.
/// NaN results are the executor's: 0x7fffffff in f32, 0x7fff in f16, 0x7ff8... in f64.
struct Epilogue {
    bool scaled = false;  ///< C is added here, not by the matrix instructions
    double alpha = 1;     ///< values of the type that is computed in
    double beta = 0;
    std::span<const std::byte> bias = {};  ///< [n] accumulators; empty: none
    Activation activation = Activation::kNone;
    bool requantized = false;
    double scale = 1;  ///< an f32
};

/// The type of D.
[[nodiscard]] types::DataType output_type(types::DataType accumulator, const Epilogue& epilogue);

/// The bits of D for an accumulator and an element of C, given as bits (C only matters when
/// scaled).
[[nodiscard]] std::uint64_t finish(types::DataType accumulator, const Epilogue& epilogue,
                                   std::uint64_t bits, std::uint64_t c, std::size_t column);

/// The same in f64 arithmetic, of a value and c + nothing rounded: for errors.
[[nodiscard]] double finish_f64(types::DataType accumulator, const Epilogue& epilogue, double value,
                                double c, std::size_t column);

}  // namespace sptc::reference
