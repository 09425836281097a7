#pragma once
#include <array>

namespace sptc::isa {

/// GELU as the generated kernels compute it, every operation f32 and rounded to nearest even:
///   t = min(max(x, -4), 4), s = t * t, p = c8, p = p * s + c7, ... (each product and sum rounded),
///   phi = min(max(t * p + 0.5, 0), 1), gelu = x * phi.
/// t * p is a polynomial through 9 Chebyshev points of (normal distribution(t) - 0.5), corrected to
/// be 0.5 at 4. The result is within 1.4e-4 of x * normal distribution(x), x above 4, 0 below -4.
inline constexpr float kGeluClamp = 4.0f;
inline constexpr std::array kGeluCoefficients{
    0.3989390432834625f,     -0.06645739078521729f,   0.009916993789374828f,
    -0.0011490104952827096f, 0.00010197887604590505f, -6.650889645243296e-06f,
    2.9517610755647183e-07f, -7.83297515738468e-09f,  9.268243811311194e-11f,
};

}  // namespace sptc::isa
