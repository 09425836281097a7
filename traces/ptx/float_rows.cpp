// f32 and f64 arithmetic: PTX ISA 9.1, "Floating-Point Instructions". Round to nearest even,
// subnormals kept.
#include <limits>

#include "traces/ptx/instruction_table.hpp"
#include "traces/ptx/rounding.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

float canonical(float value) { return value != value ? std::bit_cast<float>(kNanF32) : value; }
double canonical(double value) {
    return value != value ? std::numeric_limits<double>::quiet_NaN() : value;
}

struct Add {
    template <class T>
    T operator()(T a, T b) const {
        return canonical(a + b);
    }
};
struct Subtract {
    template <class T>
    T operator()(T a, T b) const {
        return canonical(a - b);
    }
};
struct Multiply {
    template <class T>
    T operator()(T a, T b) const {
        return canonical(a * b);
    }
};
struct MultiplyAdd {
    float operator()(float a, float b, float c) const {
        return canonical(fused_multiply_add(a, b, c));
    }
};
/// A NaN loses against a number; -0 is below +0.
struct Minimum {
    template <class T>
    T operator()(T a, T b) const {
        if (a != a || b != b) return canonical(a != a ? b : a);
        if (a == b) return std::bit_cast<Container<T>>(a) > std::bit_cast<Container<T>>(b) ? a : b;
        return a < b ? a : b;
    }
};
struct Maximum {
    template <class T>
    T operator()(T a, T b) const {
        if (a != a || b != b) return canonical(a != a ? b : a);
        if (a == b) return std::bit_cast<Container<T>>(a) > std::bit_cast<Container<T>>(b) ? b : a;
        return a < b ? b : a;
    }
};
struct Negate {
    template <class T>
    T operator()(T a) const {
        return canonical(-a);
    }
};
struct Absolute {
    template <class T>
    T operator()(T a) const {
        constexpr auto magnitude = ~Container<T>{0} >> 1;
        return canonical(std::bit_cast<T>(std::bit_cast<Container<T>>(a) & magnitude));
    }
};

template <class T>
void add_type(InstructionTable& table, const std::string& type, Operation operation) {
    for (const std::string rounding : {"", "rn."}) {
        add_row<Add, T, T, T>(table, "add." + rounding + type, operation);
        add_row<Subtract, T, T, T>(table, "sub." + rounding + type, operation);
        add_row<Multiply, T, T, T>(table, "mul." + rounding + type, operation);
    }
    add_row<Minimum, T, T, T>(table, "min." + type, operation);
    add_row<Maximum, T, T, T>(table, "max." + type, operation);
    add_row<Negate, T, T>(table, "neg." + type, operation);
    add_row<Absolute, T, T>(table, "abs." + type, operation);
}

}  // namespace

void add_float_rows(InstructionTable& table) {
    add_type<float>(table, "f32", Operation::kFloat32);
    add_type<double>(table, "f64", Operation::kFloat64);
    add_row<MultiplyAdd, float, float, float, float>(table, "fma.rn.f32", Operation::kFloat32);
    add_row<MultiplyAdd, float, float, float, float>(table, "mad.rn.f32", Operation::kFloat32);
}

}  // namespace sptc::ptx
