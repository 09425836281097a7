// Integer arithmetic: PTX ISA 9.1, "Integer Arithmetic Instructions". Wrapping is done in unsigned
// types.
#include <limits>

#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

__extension__ using Wide128 = unsigned __int128;
__extension__ using SignedWide128 = __int128;

/// The unsigned type in which T wraps without overflow: at least 32 bits, so that 16-bit values are
/// not promoted to int.
template <class T>
using Wrap = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

template <class T>
struct Twice;
template <>
struct Twice<std::uint16_t> {
    using type = std::uint32_t;
};
template <>
struct Twice<std::int16_t> {
    using type = std::int32_t;
};
template <>
struct Twice<std::uint32_t> {
    using type = std::uint64_t;
};
template <>
struct Twice<std::int32_t> {
    using type = std::int64_t;
};
template <>
struct Twice<std::uint64_t> {
    using type = Wide128;
};
template <>
struct Twice<std::int64_t> {
    using type = SignedWide128;
};
template <class T>
using TwiceT = typename Twice<T>::type;

struct Add {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(static_cast<Wrap<T>>(a) + static_cast<Wrap<T>>(b));
    }
};
struct Subtract {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(static_cast<Wrap<T>>(a) - static_cast<Wrap<T>>(b));
    }
};
struct MultiplyLow {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(static_cast<Wrap<T>>(a) * static_cast<Wrap<T>>(b));
    }
};
struct MultiplyHigh {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>((static_cast<TwiceT<T>>(a) * static_cast<TwiceT<T>>(b)) >>
                              (8 * sizeof(T)));
    }
};
struct MultiplyWide {
    template <class T>
    TwiceT<T> operator()(T a, T b) const {
        return static_cast<TwiceT<T>>(a) * static_cast<TwiceT<T>>(b);
    }
};
struct MultiplyAddLow {
    template <class T>
    T operator()(T a, T b, T c) const {
        return Add{}(MultiplyLow{}(a, b), c);
    }
};
struct MultiplyAddHigh {
    template <class T>
    T operator()(T a, T b, T c) const {
        return Add{}(MultiplyHigh{}(a, b), c);
    }
};
struct MultiplyAddWide {
    template <class T>
    TwiceT<T> operator()(T a, T b, TwiceT<T> c) const {
        return Add{}(MultiplyWide{}(a, b), c);
    }
};
struct Minimum {
    template <class T>
    T operator()(T a, T b) const {
        return b < a ? b : a;
    }
};
struct Maximum {
    template <class T>
    T operator()(T a, T b) const {
        return a < b ? b : a;
    }
};
/// Division by zero is unspecified in PTX; here the quotient is all ones and the remainder the
/// dividend.
struct Divide {
    template <class T>
    T operator()(T a, T b) const {
        if (b == 0) return static_cast<T>(-1);
        if constexpr (std::is_signed_v<T>) {
            if (b == -1) return Subtract{}(T{0}, a);
        }
        return static_cast<T>(a / b);
    }
};
struct Remainder {
    template <class T>
    T operator()(T a, T b) const {
        if (b == 0) return a;
        if constexpr (std::is_signed_v<T>) {
            if (b == -1) return 0;
        }
        return static_cast<T>(a % b);
    }
};
struct Negate {
    template <class T>
    T operator()(T a) const {
        return Subtract{}(T{0}, a);
    }
};
struct Absolute {
    template <class T>
    T operator()(T a) const {
        return a < 0 ? Negate{}(a) : a;
    }
};
/// |a - b| + c
struct SumOfDifference {
    template <class T>
    T operator()(T a, T b, T c) const {
        return Add{}(a < b ? Subtract{}(b, a) : Subtract{}(a, b), c);
    }
};

/// Clamped to the range of s32.
std::int32_t clamp_s32(std::int64_t value) {
    using Limits = std::numeric_limits<std::int32_t>;
    if (value > Limits::max()) return Limits::max();
    return value < Limits::min() ? Limits::min() : static_cast<std::int32_t>(value);
}
struct AddSaturating {
    std::int32_t operator()(std::int32_t a, std::int32_t b) const {
        return clamp_s32(std::int64_t{a} + b);
    }
};
struct SubtractSaturating {
    std::int32_t operator()(std::int32_t a, std::int32_t b) const {
        return clamp_s32(std::int64_t{a} - b);
    }
};
struct MultiplyAddHighSaturating {
    std::int32_t operator()(std::int32_t a, std::int32_t b, std::int32_t c) const {
        return clamp_s32(std::int64_t{MultiplyHigh{}(a, b)} + c);
    }
};

/// The low 24 bits of a source of mul24 and mad24, extended by its sign when T has one.
template <class T>
std::int64_t low24(T value) {
    if constexpr (std::is_signed_v<T>) {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << 8) >> 8;
    } else {
        return value & 0xffffff;
    }
}
/// Bits 0 to 31 of the 48-bit product.
struct Multiply24Low {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>(low24(a) * low24(b));
    }
};
/// Bits 16 to 47 of the 48-bit product.
struct Multiply24High {
    template <class T>
    T operator()(T a, T b) const {
        return static_cast<T>((low24(a) * low24(b)) >> 16);
    }
};
template <class Product>
struct MultiplyAdd24 {
    template <class T>
    T operator()(T a, T b, T c) const {
        return Add{}(Product{}(a, b), c);
    }
};
struct MultiplyAdd24HighSaturating {
    std::int32_t operator()(std::int32_t a, std::int32_t b, std::int32_t c) const {
        return clamp_s32(std::int64_t{Multiply24High{}(a, b)} + c);
    }
};

template <class T>
void add_type24(InstructionTable& table, const std::string& type) {
    const auto multiply = Operation::kIntegerMultiply;
    add_row<Multiply24Low, T, T, T>(table, "mul24.lo." + type, multiply);
    add_row<Multiply24High, T, T, T>(table, "mul24.hi." + type, multiply);
    add_row<MultiplyAdd24<Multiply24Low>, T, T, T, T>(table, "mad24.lo." + type, multiply);
    add_row<MultiplyAdd24<Multiply24High>, T, T, T, T>(table, "mad24.hi." + type, multiply);
}

template <class T>
void add_type(InstructionTable& table, const std::string& type) {
    const auto alu = Operation::kIntegerAlu;
    const auto multiply = Operation::kIntegerMultiply;
    add_row<Add, T, T, T>(table, "add." + type, alu);
    add_row<Subtract, T, T, T>(table, "sub." + type, alu);
    add_row<Minimum, T, T, T>(table, "min." + type, alu);
    add_row<Maximum, T, T, T>(table, "max." + type, alu);
    add_row<SumOfDifference, T, T, T, T>(table, "sad." + type, alu);
    add_row<MultiplyLow, T, T, T>(table, "mul.lo." + type, multiply);
    add_row<MultiplyHigh, T, T, T>(table, "mul.hi." + type, multiply);
    add_row<MultiplyAddLow, T, T, T, T>(table, "mad.lo." + type, multiply);
    add_row<MultiplyAddHigh, T, T, T, T>(table, "mad.hi." + type, multiply);
    // ptxas expands these into a sequence; one multiply-class operation until lowering exists.
    add_row<Divide, T, T, T>(table, "div." + type, multiply);
    add_row<Remainder, T, T, T>(table, "rem." + type, multiply);
    if constexpr (std::is_signed_v<T>) {
        add_row<Negate, T, T>(table, "neg." + type, alu);
        add_row<Absolute, T, T>(table, "abs." + type, alu);
    }
    if constexpr (sizeof(T) < 8) {
        add_row<MultiplyWide, TwiceT<T>, T, T>(table, "mul.wide." + type, multiply);
        add_row<MultiplyAddWide, TwiceT<T>, T, T, TwiceT<T>>(table, "mad.wide." + type, multiply);
    }
}

}  // namespace

void add_integer_rows(InstructionTable& table) {
    add_type<std::uint16_t>(table, "u16");
    add_type<std::int16_t>(table, "s16");
    add_type<std::uint32_t>(table, "u32");
    add_type<std::int32_t>(table, "s32");
    add_type<std::uint64_t>(table, "u64");
    add_type<std::int64_t>(table, "s64");
    add_type24<std::uint32_t>(table, "u32");
    add_type24<std::int32_t>(table, "s32");
    using S32 = std::int32_t;
    const auto multiply = Operation::kIntegerMultiply;
    add_row<AddSaturating, S32, S32, S32>(table, "add.sat.s32", Operation::kIntegerAlu);
    add_row<SubtractSaturating, S32, S32, S32>(table, "sub.sat.s32", Operation::kIntegerAlu);
    add_row<MultiplyAddHighSaturating, S32, S32, S32, S32>(table, "mad.hi.sat.s32", multiply);
    add_row<MultiplyAdd24HighSaturating, S32, S32, S32, S32>(table, "mad24.hi.sat.s32", multiply);
}

}  // namespace sptc::ptx
