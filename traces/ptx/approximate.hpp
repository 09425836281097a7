#pragma once

namespace sptc::ptx {

// Elementary functions in f64, from additions, multiplications and divisions alone: the same bits
// on every host. Of a finite f32, f16 or bf16 argument each is within 2^-44 of the exact value,
// relative to it; rounded to f32 that is an error of at most 0.5001 ulp. A GPU's .approx
// instructions answer other values, within the larger errors that the PTX ISA documents.

[[nodiscard]] double exp2_of(double x);
[[nodiscard]] double log2_of(double x);             ///< NaN below 0, -infinity at 0
[[nodiscard]] double tanh_of(double x);             ///< odd; 1 at infinity
[[nodiscard]] double reciprocal_root_of(double x);  ///< 1 / sqrt(x)
/// Reduced with 230 bits of 2/pi: accurate for every argument, where a GPU's sin.approx is so only
/// in [-pi, pi]. NaN at infinity. |error| at most 2^-50.
[[nodiscard]] double sine_of(float x);
[[nodiscard]] double cosine_of(float x);

}  // namespace sptc::ptx
