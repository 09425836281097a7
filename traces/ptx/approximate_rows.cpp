// Approximations: PTX ISA 9.1, the .approx and .full forms. Here they are the exact value, rounded
// (approximate.hpp says how well); a GPU's differ by the errors that the ISA documents.
#include "traces/ptx/approximate.hpp"
#include "traces/ptx/float_arithmetic.hpp"
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;
constexpr auto kSpecial = Operation::kSpecialFunction;

/// A function of f64 as an operation on a narrower type.
template <double (*kFunction)(double)>
struct Rounded {
    template <Round kRound, class T>
    static T apply(T a) {
        return narrow_to<kRound, T>(kFunction(widen(a)));
    }
};
template <double (*kFunction)(float)>
struct RoundedOfFloat {
    template <Round kRound, class T>
    static T apply(T a) {
        return narrow_to<kRound, T>(kFunction(a));
    }
};
struct Root {
    template <Round kRound, class T>
    static T apply(T a) {
        if (magnitude_of(a) == 0 || bits_of(a) == infinity_bits<T>()) return a;
        return narrow_to<kRound, T>(widen(a) * reciprocal_root_of(widen(a)));
    }
};
/// PTX ISA: a divisor above 2^126 gives zero, or NaN for an infinite dividend.
struct FastDivide {
    template <Round kRound, class T>
    static T apply(T a, T b) {
        const bool huge =
            magnitude_of(b) > bits_of(0x1p126f) && magnitude_of(b) < infinity_bits<T>();
        if (!huge || is_nan(a)) return Divide::apply<kRound>(a, b);
        if (magnitude_of(a) == infinity_bits<T>()) return canonical_nan<T>();
        return with_magnitude(from_bits<T>(bits_of(a) ^ bits_of(b)), FloatBits<T>{0});
    }
};

template <class Op, class T, Subnormals kSubnormals>
using Function = Qualified<Op, Round::kNearestEven, kSubnormals, Clamp::kNone>;

template <class Op>
void add_f32(InstructionTable& table, const std::string& word) {
    using enum Subnormals;
    add_row<Function<Op, float, kKeep>, float, float>(table, word + ".approx.f32", kSpecial);
    add_row<Function<Op, float, kFlush>, float, float>(table, word + ".approx.ftz.f32", kSpecial);
}

template <class Op>
void add_division(InstructionTable& table, const std::string& name) {
    using enum Subnormals;
    add_row<Function<Op, float, kKeep>, float, float, float>(table, name + ".f32", kSpecial);
    add_row<Function<Op, float, kFlush>, float, float, float>(table, name + ".ftz.f32", kSpecial);
}

template <class Op>
void add_f16(InstructionTable& table, const std::string& word) {
    using Scalar = Function<Op, Half, Subnormals::kKeep>;
    add_row<Scalar, Half, Half>(table, word + ".approx.f16", kSpecial);
    add_row<Both<Scalar, Half>, HalfPair, HalfPair>(table, word + ".approx.f16x2", kSpecial);
}

/// PTX ISA, the "gross" approximations of f64: only the upper 32 bits of source and result count.
double upper_half(double value) {
    return std::bit_cast<double>(bits_of(value) & 0xffffffff00000000u);
}
struct GrossReciprocal {
    double operator()(double a) const {
        if (is_nan(a)) return upper_half(canonical_nan<double>());
        return flush(upper_half(1.0 / flush(upper_half(a))));
    }
};
double exact_reciprocal_root(double a) {
    if (a == 0) return 1.0 / a;
    return 1.0 / SquareRoot::apply<Round::kNearestEven>(a);
}
struct ReciprocalRoot {
    double operator()(double a) const { return keep_payload(exact_reciprocal_root(a), a); }
};
struct GrossReciprocalRoot {
    double operator()(double a) const {
        const double value = exact_reciprocal_root(flush(upper_half(a)));
        return upper_half(is_nan(value) ? canonical_nan<double>() : value);
    }
};

}  // namespace

void add_approximate_rows(InstructionTable& table) {
    const std::size_t first = table.size();
    add_f32<Rounded<exp2_of>>(table, "ex2");
    add_f32<Rounded<log2_of>>(table, "lg2");
    add_f32<RoundedOfFloat<sine_of>>(table, "sin");
    add_f32<RoundedOfFloat<cosine_of>>(table, "cos");
    add_f32<Rounded<reciprocal_root_of>>(table, "rsqrt");
    add_f32<Root>(table, "sqrt");
    add_f32<Reciprocal>(table, "rcp");
    add_row<Function<Rounded<tanh_of>, float, Subnormals::kKeep>, float, float>(
        table, "tanh.approx.f32", kSpecial);
    add_f16<Rounded<exp2_of>>(table, "ex2");
    add_f16<Rounded<tanh_of>>(table, "tanh");
    add_division<FastDivide>(table, "div.approx");
    add_division<Divide>(table, "div.full");
    add_row<GrossReciprocal, double, double>(table, "rcp.approx.ftz.f64", kSpecial);
    add_row<ReciprocalRoot, double, double>(table, "rsqrt.approx.f64", kSpecial);
    add_row<GrossReciprocalRoot, double, double>(table, "rsqrt.approx.ftz.f64", kSpecial);
    for (std::size_t i = first; i < table.size(); ++i) {
        table[i].exactness = Exactness::kApproximate;
    }
}

}  // namespace sptc::ptx
