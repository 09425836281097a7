// f16, f16x2, bf16 and bf16x2 arithmetic: PTX ISA 9.1, "Half Precision Floating-Point
// Instructions". What sm_80 lacks in bf16 (add, sub, mul) is not here.
#include "traces/ptx/float_minmax.hpp"
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;
using enum Round;
constexpr auto kHalfUnit = Operation::kFloat16;

/// A row for the scalar type and one for its pair.
template <class Function, class T, class Pair, int kSources>
void add_both(InstructionTable& table, const std::string& prefix, const std::string& type,
              Exactness exactness = Exactness::kExact) {
    using Packed = Both<Function, T>;
    const std::string name = prefix + type;
    const std::size_t first = table.size();
    if constexpr (kSources == 1) {
        add_row<Function, T, T>(table, name, kHalfUnit);
        add_row<Packed, Pair, Pair>(table, name + "x2", kHalfUnit);
    } else if constexpr (kSources == 2) {
        add_row<Function, T, T, T>(table, name, kHalfUnit);
        add_row<Packed, Pair, Pair, Pair>(table, name + "x2", kHalfUnit);
    } else {
        add_row<Function, T, T, T, T>(table, name, kHalfUnit);
        add_row<Packed, Pair, Pair, Pair, Pair>(table, name + "x2", kHalfUnit);
    }
    for (std::size_t i = first; i < table.size(); ++i) table[i].exactness = exactness;
}

template <class Op, int kSources, Subnormals kSubnormals, Clamp kClamp>
void add_f16(InstructionTable& table, const std::string& prefix,
             Exactness exactness = Exactness::kExact) {
    using Function = Qualified<Op, kNearestEven, kSubnormals, kClamp>;
    add_both<Function, Half, HalfPair, kSources>(table, prefix, "f16", exactness);
}

template <class Op>
void add_f16_binary(InstructionTable& table, const std::string& word) {
    using enum Subnormals;
    for (const std::string rounding : {"", "rn."}) {
        const Exactness exactness =
            rounding.empty() ? Exactness::kMayBeContracted : Exactness::kExact;
        const std::string prefix = word + rounding;
        add_f16<Op, 2, kKeep, Clamp::kNone>(table, prefix, exactness);
        add_f16<Op, 2, kKeep, Clamp::kSaturate>(table, prefix + "sat.", exactness);
        add_f16<Op, 2, kFlush, Clamp::kNone>(table, prefix + "ftz.", exactness);
        add_f16<Op, 2, kFlush, Clamp::kSaturate>(table, prefix + "ftz.sat.", exactness);
    }
}

void add_f16_fma(InstructionTable& table) {
    using enum Subnormals;
    add_f16<MultiplyAdd, 3, kKeep, Clamp::kNone>(table, "fma.rn.");
    add_f16<MultiplyAdd, 3, kKeep, Clamp::kSaturate>(table, "fma.rn.sat.");
    add_f16<MultiplyAdd, 3, kKeep, Clamp::kRelu>(table, "fma.rn.relu.");
    add_f16<MultiplyAdd, 3, kFlush, Clamp::kNone>(table, "fma.rn.ftz.");
    add_f16<MultiplyAdd, 3, kFlush, Clamp::kSaturate>(table, "fma.rn.ftz.sat.");
    add_f16<MultiplyAdd, 3, kFlush, Clamp::kRelu>(table, "fma.rn.ftz.relu.");
}

template <class Op, int kSources>
void add_bf16(InstructionTable& table, const std::string& prefix) {
    using Function = Qualified<Op, kNearestEven, Subnormals::kKeep, Clamp::kNone>;
    add_both<Function, Bfloat, BfloatPair, kSources>(table, prefix, "bf16");
}

template <Round kRound>
void add_bf16_fma(InstructionTable& table, const std::string& prefix) {
    using Plain = Qualified<MultiplyAdd, kRound, Subnormals::kKeep, Clamp::kNone>;
    using Relu = Qualified<MultiplyAdd, kRound, Subnormals::kKeep, Clamp::kRelu>;
    add_both<Plain, Bfloat, BfloatPair, 3>(table, prefix, "bf16");
    add_both<Relu, Bfloat, BfloatPair, 3>(table, prefix + "relu.", "bf16");
}

template <Extreme kExtreme, NanRule kNanRule, SignRule kSignRule>
void add_extreme_with(InstructionTable& table, const std::string& word,
                      const std::string& qualifiers) {
    using Op = Select<kExtreme, kNanRule, kSignRule>;
    add_f16<Op, 2, Subnormals::kKeep, Clamp::kNone>(table, word + qualifiers);
    add_f16<Op, 2, Subnormals::kFlush, Clamp::kNone>(table, word + "ftz." + qualifiers);
    add_bf16<Op, 2>(table, word + qualifiers);
}

template <Extreme kExtreme>
void add_extreme(InstructionTable& table, const std::string& word) {
    using enum NanRule;
    using enum SignRule;
    add_extreme_with<kExtreme, kNumber, kOrdinary>(table, word, "");
    add_extreme_with<kExtreme, kNan, kOrdinary>(table, word, "NaN.");
    const std::size_t first = table.size();
    add_extreme_with<kExtreme, kNumber, kXorOfSigns>(table, word, "xorsign.abs.");
    add_extreme_with<kExtreme, kNan, kXorOfSigns>(table, word, "NaN.xorsign.abs.");
    for (std::size_t i = first; i < table.size(); ++i) table[i].first_architecture = 86;
}

}  // namespace

void add_half_rows(InstructionTable& table) {
    using enum Subnormals;
    add_f16_binary<Add>(table, "add.");
    add_f16_binary<Subtract>(table, "sub.");
    add_f16_binary<Multiply>(table, "mul.");
    add_f16_fma(table);
    add_bf16_fma<kNearestEven>(table, "fma.rn.");
    add_bf16_fma<kTowardZero>(table, "fma.rz.");
    add_bf16_fma<kDown>(table, "fma.rm.");
    add_bf16_fma<kUp>(table, "fma.rp.");
    add_f16<Negate, 1, kKeep, Clamp::kNone>(table, "neg.");
    add_f16<Negate, 1, kFlush, Clamp::kNone>(table, "neg.ftz.");
    add_bf16<Negate, 1>(table, "neg.");
    add_f16<Absolute, 1, kKeep, Clamp::kNone>(table, "abs.");
    add_f16<Absolute, 1, kFlush, Clamp::kNone>(table, "abs.ftz.");
    add_bf16<Absolute, 1>(table, "abs.");
    add_extreme<Extreme::kMinimum>(table, "min.");
    add_extreme<Extreme::kMaximum>(table, "max.");
}

}  // namespace sptc::ptx
