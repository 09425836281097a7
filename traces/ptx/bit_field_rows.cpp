// Bit fields and counting: PTX ISA 9.1, popc, clz, bfind, fns, brev, bfe, bfi, bmsk, szext, prmt.
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
constexpr std::uint32_t kNotFound = 0xffffffffu;

/// The position of the highest bit that differs from the sign (signed) or is set (unsigned); with
/// kShift the amount that shifts it to the top.
template <bool kShift>
struct FindHighest {
    template <class T>
    std::uint32_t operator()(T a) const {
        using Unsigned = std::make_unsigned_t<T>;
        const auto raw = static_cast<Unsigned>(a < 0 ? ~a : a);
        if (raw == 0) return kNotFound;
        const auto position = static_cast<std::uint32_t>(std::bit_width(raw)) - 1;
        return kShift ? 8 * sizeof(T) - 1 - position : position;
    }
};
/// The position of the n-th set bit of a mask, counted from `base` upwards (n > 0) or downwards
/// (n < 0); with n = 0 the base itself when its bit is set.
struct FindNth {
    std::uint32_t operator()(std::uint32_t mask, std::uint32_t base, std::int32_t n) const {
        if (base > 31) return kNotFound;  // PTX leaves this open
        if (n == 0) return ((mask >> base) & 1u) != 0 ? base : kNotFound;
        std::int64_t missing = n < 0 ? -std::int64_t{n} : n;
        const int step = n < 0 ? -1 : 1;
        for (int at = static_cast<int>(base); at >= 0 && at < 32; at += step) {
            if (((mask >> at) & 1u) != 0 && --missing == 0) return static_cast<std::uint32_t>(at);
        }
        return kNotFound;
    }
};
/// b bits set from position a. Clamped: both may run over the end; wrapped: both modulo 32.
template <bool kWrap>
struct Mask {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b) const {
        const std::uint32_t position = kWrap ? a & 31 : a;
        const std::uint32_t length = kWrap ? b & 31 : b;
        if (position > 31) return 0;
        const std::uint32_t ones = length > 31 ? ~0u : (1u << length) - 1;
        return ones << position;
    }
};
/// The low b bits of a, extended by their sign or by zeros. Clamped: b above 31 gives a.
template <bool kWrap>
struct ExtendField {
    template <class T>
    T operator()(T a, std::uint32_t b) const {
        const std::uint32_t length = kWrap ? b & 31 : b;
        if (length > 31) return a;
        if (length == 0) return 0;
        const std::uint32_t unused = 32 - length;
        return static_cast<T>(static_cast<T>(static_cast<std::uint32_t>(a) << unused) >> unused);
    }
};

/// The selectors of prmt's modes for c = 0 .. 3, byte 0 in the lowest nibble (PTX ISA, prmt).
struct PermuteMode {
    std::string_view name;
    std::array<std::uint16_t, 4> selectors;
};
constexpr PermuteMode kPermuteModes[] = {
    {"f4e", {0x3210, 0x4321, 0x5432, 0x6543}}, {"b4e", {0x5670, 0x6701, 0x7012, 0x0123}},
    {"rc8", {0x0000, 0x1111, 0x2222, 0x3333}}, {"ecl", {0x3210, 0x3211, 0x3222, 0x3333}},
    {"ecr", {0x0000, 0x1110, 0x2210, 0x3210}}, {"rc16", {0x1010, 0x3232, 0x1010, 0x3232}}};

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

template <std::size_t kMode>
struct PermuteInMode {
    std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
        return Permute{}(a, b, kPermuteModes[kMode].selectors[c & 3]);
    }
};

template <std::size_t... kModes>
void add_permute_modes(InstructionTable& table, std::index_sequence<kModes...>) {
    using U32 = std::uint32_t;
    (add_row<PermuteInMode<kModes>, U32, U32, U32, U32>(
         table, "prmt.b32." + std::string(kPermuteModes[kModes].name), Operation::kIntegerAlu),
     ...);
}

template <class T>
void add_find(InstructionTable& table, const std::string& type) {
    using U32 = std::uint32_t;
    const auto alu = Operation::kIntegerAlu;
    add_row<FindHighest<false>, U32, T>(table, "bfind." + type, alu);
    add_row<FindHighest<true>, U32, T>(table, "bfind.shiftamt." + type, alu);
}

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
    add_permute_modes(table, std::make_index_sequence<std::size(kPermuteModes)>{});
    add_find<U32>(table, "u32");
    add_find<S32>(table, "s32");
    add_find<U64>(table, "u64");
    add_find<S64>(table, "s64");
    add_row<FindNth, U32, U32, U32, S32>(table, "fns.b32", alu);
    add_row<Mask<false>, U32, U32, U32>(table, "bmsk.clamp.b32", alu);
    add_row<Mask<true>, U32, U32, U32>(table, "bmsk.wrap.b32", alu);
    add_row<ExtendField<false>, U32, U32, U32>(table, "szext.clamp.u32", alu);
    add_row<ExtendField<false>, S32, S32, U32>(table, "szext.clamp.s32", alu);
    add_row<ExtendField<true>, U32, U32, U32>(table, "szext.wrap.u32", alu);
    add_row<ExtendField<true>, S32, S32, U32>(table, "szext.wrap.s32", alu);
}

}  // namespace sptc::ptx
