// PTX ISA 9.1, "Matrix multiply-accumulate operation using wmma instructions".
#include "traces/ptx/wmma_name.hpp"

#include <algorithm>
#include <array>

namespace sptc::ptx {
namespace {

using enum types::DataType;
using types::DataType;

constexpr std::array<std::string_view, 6> kForms{
    "wmma.load.{a,b,c}.sync.aligned.{row,col}.shape.{global,shared}.type {r...}, [p]{, stride}",
    "wmma.store.d.sync.aligned.{row,col}.shape.{global,shared}.type [p], {r...}{, stride}",
    "wmma.mma.sync.aligned.{row,col}.{row,col}.shape.dtype[.atype.btype].ctype d, a, b, c",
    "wmma.mma.{xor,and}.popc.sync.aligned.row.col.m8n8k128.s32.b1.b1.s32",
    "shape.type is one of {m16n16k16,m32n8k16,m8n32k16}.{f16,bf16,s8,u8}, m16n16k8.tf32, "
    "m8n8k4.f64, m8n8k32.{s4,u4}, m8n8k128.b1",
    "generic addresses: use cvta.to.global"};

constexpr WmmaShape kShapes[] = {{"m16n16k16", 16, 16, 16}, {"m32n8k16", 32, 8, 16},
                                 {"m8n32k16", 8, 32, 16},   {"m16n16k8", 16, 16, 8},
                                 {"m8n8k4", 8, 8, 4},       {"m8n8k32", 8, 8, 32},
                                 {"m8n8k128", 8, 8, 128}};

constexpr std::array kTypes{kF16, kBf16, kTf32, kF32, kF64, kS8, kU8, kS4, kU4, kB1, kS32};

/// Notes one word; false when it is unknown.
bool take(WmmaName& name, std::string_view word) {
    const auto shape = std::find_if(std::begin(kShapes), std::end(kShapes),
                                    [word](const WmmaShape& s) { return s.name == word; });
    const auto type = std::find_if(kTypes.begin(), kTypes.end(),
                                   [word](DataType t) { return types::name(t) == word; });
    if (shape != std::end(kShapes) && name.shape == nullptr) {
        name.shape = shape;
    } else if (type != kTypes.end()) {
        name.types.push_back(*type);
    } else if (word == "row" || word == "col") {
        name.layouts.push_back(word == "row" ? isa::Major::kRow : isa::Major::kColumn);
    } else if (word == "satfinite") {
        name.saturating = true;
    } else if (word == "rz" || word == "rm" || word == "rp") {
        name.rounding = word == "rz"   ? isa::Rounding::kTowardZero
                        : word == "rm" ? isa::Rounding::kDown
                                       : isa::Rounding::kUp;
    } else if (word == "xor" || word == "and") {
        name.bits = word == "xor" ? isa::DotKind::kXorPopc : isa::DotKind::kAndPopc;
    } else {
        return word == "rn" || word == "popc";
    }
    return true;
}

DataType accumulator_of(DataType multiplicand) {
    switch (multiplicand) {
        case kF16:
        case kBf16:
        case kTf32:
            return kF32;
        case kF64:
            return kF64;
        default:
            return kS32;
    }
}

}  // namespace

void unsupported_wmma(const Decoder& decoder) { decoder.unsupported(kForms); }

WmmaName parse_wmma(const Decoder& decoder) {
    WmmaName name{};
    std::size_t spaces = 0;
    std::size_t fixed = 0;  // sync, aligned
    for (std::size_t i = 2; i < decoder.words().size(); ++i) {
        const std::string_view word = decoder.words()[i];
        if (i == 2 && word.size() == 1) {
            name.matrix = word[0];
        } else if (word == "sync" || word == "aligned") {
            ++fixed;
        } else if (word == "global" || word == "shared" || word == "shared::cta") {
            ++spaces;
            name.shared = word != "global";
        } else if (!take(name, word)) {
            unsupported_wmma(decoder);
        }
    }
    const bool moves = name.matrix != 0;
    if (fixed != 2 || spaces != (moves ? 1u : 0u) || name.shape == nullptr) {
        unsupported_wmma(decoder);
    }
    return name;
}

const isa::MmaForm* layout_form(const WmmaShape& shape, DataType multiplicand) {
    const DataType sum = accumulator_of(multiplicand);
    const bool small = shape.m * shape.n == 64;
    // Only types of this k exist: m16n8k8 f16 is no part of wmma.
    const bool suits = shape.k == 16 ? multiplicand == kF16 || multiplicand == kBf16 ||
                                           multiplicand == kS8 || multiplicand == kU8
                       : shape.k == 8  ? multiplicand == kTf32
                       : shape.k == 4  ? multiplicand == kF64
                       : shape.k == 32 ? multiplicand == kS4 || multiplicand == kU4
                                       : multiplicand == kB1;
    if (!suits) return nullptr;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (!form.sparse() && form.m == (small ? 8 : 16) && form.k_logical == shape.k &&
            form.a == multiplicand && form.b == multiplicand && form.c == sum && form.d == sum &&
            !form.saturating) {
            return &form;
        }
    }
    return nullptr;
}

}  // namespace sptc::ptx
