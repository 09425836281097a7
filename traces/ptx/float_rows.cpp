// f32 and f64 arithmetic: PTX ISA 9.1, "Floating-Point Instructions".
#include "traces/ptx/float_minmax.hpp"
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;
using enum Round;

/// "ftz.", "sat." and what they mean.
template <Subnormals kSubnormals, Clamp kClamp>
std::string suffix() {
    return std::string(kSubnormals == Subnormals::kFlush ? "ftz." : "") +
           (kClamp == Clamp::kSaturate ? "sat." : "");
}

template <class Function, class T, int kSources>
InstructionRow& add_sources(InstructionTable& table, std::string name, Operation operation) {
    if constexpr (kSources == 1) {
        return add_row<Function, T, T>(table, std::move(name), operation);
    } else if constexpr (kSources == 2) {
        return add_row<Function, T, T, T>(table, std::move(name), operation);
    } else {
        return add_row<Function, T, T, T, T>(table, std::move(name), operation);
    }
}

/// What all rows of one operation share.
struct Family {
    std::string word;  ///< "add."
    std::string type;  ///< "f32"
    Operation operation;
};

template <class Op, class T, int kSources, Round kRound, Subnormals kSubnormals, Clamp kClamp>
InstructionRow& add_one(InstructionTable& table, const Family& family,
                        const std::string& rounding) {
    const std::string name = family.word + rounding + suffix<kSubnormals, kClamp>() + family.type;
    return add_sources<Qualified<Op, kRound, kSubnormals, kClamp>, T, kSources>(table, name,
                                                                                family.operation);
}

/// The roundings .rn, .rz, .rm, .rp with these qualifiers.
template <class Op, class T, int kSources, Subnormals kSubnormals, Clamp kClamp>
void add_rounded(InstructionTable& table, const Family& family) {
    add_one<Op, T, kSources, kNearestEven, kSubnormals, kClamp>(table, family, "rn.");
    add_one<Op, T, kSources, kTowardZero, kSubnormals, kClamp>(table, family, "rz.");
    add_one<Op, T, kSources, kDown, kSubnormals, kClamp>(table, family, "rm.");
    add_one<Op, T, kSources, kUp, kSubnormals, kClamp>(table, family, "rp.");
}

/// Without a rounding: to nearest even, and ptxas may contract.
template <class Op, class T, int kSources, Subnormals kSubnormals, Clamp kClamp>
void add_contractible(InstructionTable& table, const Family& family) {
    add_one<Op, T, kSources, kNearestEven, kSubnormals, kClamp>(table, family, "").exactness =
        Exactness::kMayBeContracted;
}

template <class Op, class T, int kSources>
void add_f32(InstructionTable& table, const Family& family) {
    using enum Subnormals;
    add_rounded<Op, T, kSources, kKeep, Clamp::kNone>(table, family);
    add_rounded<Op, T, kSources, kKeep, Clamp::kSaturate>(table, family);
    add_rounded<Op, T, kSources, kFlush, Clamp::kNone>(table, family);
    add_rounded<Op, T, kSources, kFlush, Clamp::kSaturate>(table, family);
}

template <class Op>
void add_f32_contractible(InstructionTable& table, const Family& family) {
    using enum Subnormals;
    add_contractible<Op, float, 2, kKeep, Clamp::kNone>(table, family);
    add_contractible<Op, float, 2, kKeep, Clamp::kSaturate>(table, family);
    add_contractible<Op, float, 2, kFlush, Clamp::kNone>(table, family);
    add_contractible<Op, float, 2, kFlush, Clamp::kSaturate>(table, family);
}

template <class Op>
void add_binary(InstructionTable& table, const std::string& word) {
    const Family f32{word, "f32", Operation::kFloat32};
    const Family f64{word, "f64", Operation::kFloat64};
    add_f32<Op, float, 2>(table, f32);
    add_f32_contractible<Op>(table, f32);
    add_rounded<Op, double, 2, Subnormals::kKeep, Clamp::kNone>(table, f64);
    add_contractible<Op, double, 2, Subnormals::kKeep, Clamp::kNone>(table, f64);
}

template <class Op, int kSources>
void add_divisions(InstructionTable& table, const std::string& word) {
    const Family f32{word, "f32", Operation::kFloat32};
    const Family f64{word, "f64", Operation::kFloat64};
    add_rounded<Op, float, kSources, Subnormals::kKeep, Clamp::kNone>(table, f32);
    add_rounded<Op, float, kSources, Subnormals::kFlush, Clamp::kNone>(table, f32);
    add_rounded<Op, double, kSources, Subnormals::kKeep, Clamp::kNone>(table, f64);
}

/// Without rounding: neg, abs, min, max, copysign.
template <class Op, class T, int kSources>
void add_plain(InstructionTable& table, const std::string& name, Operation operation) {
    add_sources<Qualified<Op, kNearestEven, Subnormals::kKeep, Clamp::kNone>, T, kSources>(
        table, name, operation);
}
template <class Op, int kSources>
void add_flushed(InstructionTable& table, const std::string& name) {
    add_sources<Qualified<Op, kNearestEven, Subnormals::kFlush, Clamp::kNone>, float, kSources>(
        table, name, Operation::kFloat32);
}

template <Extreme kExtreme>
void add_extreme(InstructionTable& table, const std::string& word) {
    using Number = Select<kExtreme>;
    using Nan = Select<kExtreme, NanRule::kNan>;
    using Xor = Select<kExtreme, NanRule::kNumber, SignRule::kXorOfSigns>;
    using NanXor = Select<kExtreme, NanRule::kNan, SignRule::kXorOfSigns>;
    const auto f32 = Operation::kFloat32;
    add_plain<Number, float, 2>(table, word + "f32", f32);
    add_flushed<Number, 2>(table, word + "ftz.f32");
    add_plain<Nan, float, 2>(table, word + "NaN.f32", f32);
    add_flushed<Nan, 2>(table, word + "ftz.NaN.f32");
    const std::size_t first_xor = table.size();
    add_plain<Xor, float, 2>(table, word + "xorsign.abs.f32", f32);
    add_flushed<Xor, 2>(table, word + "ftz.xorsign.abs.f32");
    add_plain<NanXor, float, 2>(table, word + "NaN.xorsign.abs.f32", f32);
    add_flushed<NanXor, 2>(table, word + "ftz.NaN.xorsign.abs.f32");
    for (std::size_t i = first_xor; i < table.size(); ++i) table[i].first_architecture = 86;
    add_plain<Number, double, 2>(table, word + "f64", Operation::kFloat64);
}

}  // namespace

void add_float_rows(InstructionTable& table) {
    const auto f32 = Operation::kFloat32;
    const auto f64 = Operation::kFloat64;
    add_binary<Add>(table, "add.");
    add_binary<Subtract>(table, "sub.");
    add_binary<Multiply>(table, "mul.");
    for (const std::string word : {"fma.", "mad."}) {
        add_f32<MultiplyAdd, float, 3>(table, {word, "f32", f32});
        add_rounded<MultiplyAdd, double, 3, Subnormals::kKeep, Clamp::kNone>(table,
                                                                             {word, "f64", f64});
    }
    // ptxas expands these into sequences; one operation until lowering exists.
    add_divisions<Divide, 2>(table, "div.");
    add_divisions<Reciprocal, 1>(table, "rcp.");
    add_divisions<SquareRoot, 1>(table, "sqrt.");
    add_extreme<Extreme::kMinimum>(table, "min.");
    add_extreme<Extreme::kMaximum>(table, "max.");
    add_plain<Negate, float, 1>(table, "neg.f32", f32);
    add_flushed<Negate, 1>(table, "neg.ftz.f32");
    add_plain<Negate, double, 1>(table, "neg.f64", f64);
    add_plain<Absolute, float, 1>(table, "abs.f32", f32);
    add_flushed<Absolute, 1>(table, "abs.ftz.f32");
    add_plain<Absolute, double, 1>(table, "abs.f64", f64);
    add_row<CopySign, float, float, float>(table, "copysign.f32", f32);
    add_row<CopySign, double, double, double>(table, "copysign.f64", f64);
}

}  // namespace sptc::ptx
