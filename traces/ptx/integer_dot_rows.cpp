// Dot products of bytes: PTX ISA 9.1, dp4a and dp2a. Sums wrap at 32 bits.
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

/// Element i of a register seen as elements of type T.
template <class T>
std::uint32_t element(std::uint32_t word, unsigned i) {
    return static_cast<std::uint32_t>(std::int32_t{static_cast<T>(word >> (8 * sizeof(T) * i))});
}

/// c + the sum of the products of four bytes each.
template <class A, class B>
struct DotFour {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
        for (unsigned i = 0; i < 4; ++i) c += element<A>(a, i) * element<B>(b, i);
        return c;
    }
};
/// c + the sum of the products of two 16-bit elements of a with the low or high two bytes of b.
template <class A, class B, unsigned kFirst>
struct DotTwo {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
        for (unsigned i = 0; i < 2; ++i) c += element<A>(a, i) * element<B>(b, kFirst + i);
        return c;
    }
};

template <class Byte, class Half, class OtherByte>
void add_types(InstructionTable& table, const std::string& types) {
    using U32 = std::uint32_t;
    const auto multiply = isa::Operation::kIntegerMultiply;
    add_row<DotFour<Byte, OtherByte>, U32, U32, U32, U32>(table, "dp4a." + types, multiply);
    add_row<DotTwo<Half, OtherByte, 0>, U32, U32, U32, U32>(table, "dp2a.lo." + types, multiply);
    add_row<DotTwo<Half, OtherByte, 2>, U32, U32, U32, U32>(table, "dp2a.hi." + types, multiply);
}

}  // namespace

void add_integer_dot_rows(InstructionTable& table) {
    add_types<std::uint8_t, std::uint16_t, std::uint8_t>(table, "u32.u32");
    add_types<std::uint8_t, std::uint16_t, std::int8_t>(table, "u32.s32");
    add_types<std::int8_t, std::int16_t, std::uint8_t>(table, "s32.u32");
    add_types<std::int8_t, std::int16_t, std::int8_t>(table, "s32.s32");
}

}  // namespace sptc::ptx
