// Bit fields and counting: PTX ISA 9.1, popc, clz, brev, bfe, bfi, prmt.
#include <algorithm>

#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

struct CountOnes {
    template <class T>
    std::uint32_t operator()(T a) const {
        return static_cast<std::uint32_t>(std::popcount(a));
    }
};
struct CountLeadingZeros {
    template <class T>
    std::uint32_t operator()(T a) const {
        return static_cast<std::uint32_t>(std::countl_zero(a));
    }
};
struct Reverse {
    template <class T>
    T operator()(T a) const {
        T out = 0;
        for (unsigned bit = 0; bit < 8 * sizeof(T); ++bit) {
            out = static_cast<T>((out << 1) | ((a >> bit) & 1u));
        }
        return out;
    }
};
/// Length bits of a from a position; only the low 8 bits of position and length count. Bits beyond
/// the top read as zero (unsigned) or as the sign bit of the field (signed).
struct Extract {
    template <class T>
    T operator()(T a, std::uint32_t position, std::uint32_t length) const {
        using Unsigned = std::make_unsigned_t<T>;
        constexpr std::uint32_t bits = 8 * sizeof(T);
        const std::uint32_t from = position & 0xff;
        const std::uint32_t count = std::min(length & 0xff, bits);
        if (count == 0) return 0;
        const auto raw = static_cast<Unsigned>(a);
        const std::uint32_t top = std::min(from + (length & 0xff) - 1, bits - 1);
        const bool sign = std::is_signed_v<T> && ((raw >> top) & 1u) != 0;
        Unsigned field = from < bits ? static_cast<Unsigned>(raw >> from) : Unsigned{0};
        const std::uint32_t available = from < bits ? std::min(count, bits - from) : 0;
        const Unsigned ones = ~Unsigned{0};
        const Unsigned kept =
            available == bits ? ones : static_cast<Unsigned>(~(ones << available));
        field &= kept;
        if (sign) field |= static_cast<Unsigned>(~kept);
        return static_cast<T>(field);
    }
};
/// b with `length` bits from `position` replaced by the low bits of a.
struct Insert {
    template <class T>
    T operator()(T a, T b, std::uint32_t position, std::uint32_t length) const {
        constexpr std::uint32_t bits = 8 * sizeof(T);
        const std::uint32_t from = position & 0xff;
        const std::uint32_t count = std::min(length & 0xff, bits);
        if (count == 0 || from >= bits) return b;
        const T ones = static_cast<T>(~T{0} >> (bits - count));
        const T field = static_cast<T>(ones << from);
        return static_cast<T>((b & ~field) | (static_cast<T>(a << from) & field));
    }
};
/// Four bytes picked from b:a by the nibbles of c; bit 3 of a nibble replicates the byte's sign.
struct Permute {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
        const std::uint64_t bytes = (std::uint64_t{b} << 32) | a;
        std::uint32_t out = 0;
        for (unsigned i = 0; i < 4; ++i) {
            const std::uint32_t nibble = (c >> (4 * i)) & 0xf;
            auto byte = static_cast<std::uint32_t>(bytes >> (8 * (nibble & 7))) & 0xff;
            if ((nibble & 8) != 0) byte = (byte & 0x80) != 0 ? 0xff : 0;
            out |= byte << (8 * i);
        }
        return out;
    }
};

}  // namespace

void add_bit_field_rows(InstructionTable& table) {
    using U32 = std::uint32_t;
    using U64 = std::uint64_t;
    using S32 = std::int32_t;
    using S64 = std::int64_t;
    const auto alu = Operation::kIntegerAlu;
    add_row<CountOnes, U32, U32>(table, "popc.b32", alu);
    add_row<CountOnes, U32, U64>(table, "popc.b64", alu);
    add_row<CountLeadingZeros, U32, U32>(table, "clz.b32", alu);
    add_row<CountLeadingZeros, U32, U64>(table, "clz.b64", alu);
    add_row<Reverse, U32, U32>(table, "brev.b32", alu);
    add_row<Reverse, U64, U64>(table, "brev.b64", alu);
    add_row<Extract, U32, U32, U32, U32>(table, "bfe.u32", alu);
    add_row<Extract, S32, S32, U32, U32>(table, "bfe.s32", alu);
    add_row<Extract, U64, U64, U32, U32>(table, "bfe.u64", alu);
    add_row<Extract, S64, S64, U32, U32>(table, "bfe.s64", alu);
    add_row<Insert, U32, U32, U32, U32, U32>(table, "bfi.b32", alu);
    add_row<Insert, U64, U64, U64, U32, U32>(table, "bfi.b64", alu);
    add_row<Permute, U32, U32, U32, U32>(table, "prmt.b32", alu);
}

}  // namespace sptc::ptx
