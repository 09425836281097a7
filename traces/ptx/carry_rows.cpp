// Extended-precision integer arithmetic: PTX ISA 9.1, add.cc, addc, sub.cc, subc, mad.cc, madc. The
// condition code register CC.CF is a predicate of its own. PTX says that a subtraction leaves its
// borrow there. What ptxas makes of it (and nvcc's 128-bit division relies on) is the carry of
// a + ~b + 1, which is the borrow negated: addc after sub.cc adds 1 where there was no borrow.
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

__extension__ using Wide128 = unsigned __int128;
__extension__ using SignedWide128 = __int128;

template <class T>
struct Sum {
    T value;
    bool carry;
};

/// a + b + carry, with the carry out of the top bit.
template <class T>
Sum<T> add_with(T a, T b, bool carry) {
    const T partial = a + b;
    const T whole = partial + static_cast<T>(carry);
    return {whole, partial < a || whole < partial};
}

// Each takes unsigned sources and the carry in; kFirst is that of an instruction that reads none.
struct Add {
    static constexpr int kSources = 2;
    static constexpr bool kFirst = false;
    template <class T>
    static Sum<T> apply(T a, T b, T, bool carry) {
        return add_with(a, b, carry);
    }
};
struct Subtract {
    static constexpr int kSources = 2;
    static constexpr bool kFirst = true;
    template <class T>
    static Sum<T> apply(T a, T b, T, bool carry) {
        return add_with(a, static_cast<T>(~b), carry);
    }
};
struct MultiplyAddLow {
    static constexpr int kSources = 3;
    static constexpr bool kFirst = false;
    template <class T>
    static Sum<T> apply(T a, T b, T c, bool carry) {
        return add_with(static_cast<T>(a * b), c, carry);
    }
};
template <bool kSigned>
struct MultiplyAddHigh {
    static constexpr int kSources = 3;
    static constexpr bool kFirst = false;
    template <class T>
    static Sum<T> apply(T a, T b, T c, bool carry) {
        constexpr int bits = 8 * sizeof(T);
        if constexpr (kSigned) {
            using Signed = std::make_signed_t<T>;
            const SignedWide128 product =
                SignedWide128{static_cast<Signed>(a)} * SignedWide128{static_cast<Signed>(b)};
            return add_with(static_cast<T>(product >> bits), c, carry);
        } else {
            return add_with(static_cast<T>((Wide128{a} * b) >> bits), c, carry);
        }
    }
};

/// Operands: d, the sources, CC.CF.
template <class Function, class T, Carry kCarry>
void run(Execution& e) {
    constexpr bool kReads = kCarry != Carry::kWrite;
    constexpr bool kWrites = kCarry != Carry::kRead;
    const Lanes<T>& a = register_lanes<T>(e, e.operands[1]);
    const Lanes<T>& b = register_lanes<T>(e, e.operands[2]);
    const Lanes<T>& c = register_lanes<T>(e, e.operands[Function::kSources]);
    const std::int32_t* const flag = e.operands + Function::kSources + 1;
    const std::uint32_t before = kReads ? e.predicates[flag[0]] : Function::kFirst ? kAllLanes : 0;
    Lanes<T> out;
    std::array<std::uint32_t, isa::kLanes> carries;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        const auto sum =
            Function::template apply<T>(a[lane], b[lane], c[lane], ((before >> lane) & 1u) != 0);
        out[lane] = sum.value;
        carries[lane] = sum.carry ? 1u << lane : 0u;
    }
    write_lanes(register_lanes<T>(e, e.operands[0]), out, e.mask);
    if constexpr (kWrites) {
        std::uint32_t after = 0;
        for (const std::uint32_t carry : carries) after |= carry;
        write_predicate(e, flag[kReads ? 1 : 0], after);
    }
}

template <class Function, class T, Carry kCarry>
void add(InstructionTable& table, std::string name, Operation operation) {
    InstructionRow& row = table.emplace_back();
    row.name = std::move(name);
    row.pattern = {write_slot<T>(), read_slot<T>(), read_slot<T>()};
    if (Function::kSources == 3) row.pattern[3] = read_slot<T>();
    row.handler = run<Function, T, kCarry>;
    row.operation = operation;
    row.carry = kCarry;
}

/// WORD.cc, WORDc and WORDc.cc of one operation and type; `half` is "", "lo." or "hi.".
template <class Function, class T>
void add_chain(InstructionTable& table, const std::string& word, const std::string& half,
               const std::string& type) {
    const auto operation = half.empty() ? Operation::kIntegerAlu : Operation::kIntegerMultiply;
    add<Function, T, Carry::kWrite>(table, word + "." + half + "cc." + type, operation);
    add<Function, T, Carry::kRead>(table, word + "c." + half + type, operation);
    add<Function, T, Carry::kReadWrite>(table, word + "c." + half + "cc." + type, operation);
}

template <class T, bool kSigned>
void add_type(InstructionTable& table, const std::string& type) {
    add_chain<Add, T>(table, "add", "", type);
    add_chain<Subtract, T>(table, "sub", "", type);
    add_chain<MultiplyAddLow, T>(table, "mad", "lo.", type);
    add_chain<MultiplyAddHigh<kSigned>, T>(table, "mad", "hi.", type);
}

}  // namespace

void add_carry_rows(InstructionTable& table) {
    add_type<std::uint32_t, false>(table, "u32");
    add_type<std::uint32_t, true>(table, "s32");
    add_type<std::uint64_t, false>(table, "u64");
    add_type<std::uint64_t, true>(table, "s64");
}

}  // namespace sptc::ptx
