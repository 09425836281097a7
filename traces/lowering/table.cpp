// PTX operations as machine operations of sm_80. The rows that GEMM kernels use were compared with
// the output of ptxas 13.0 (tests/property/lowering_ptxas_test.cpp); the others, above all
// quotients, square roots and f64, are assumed and were not compared. Sequences with a branch are
// counted along their usual way.
#include "traces/lowering/table.hpp"

namespace sptc::lowering {
namespace {

constexpr std::string_view kDivide32 =
    "I2F.U32.RP MUFU.RCP IADD3 F2I.FTZ.U32.TRUNC.NTZ IMAD.MOV IMAD IMAD.HI.U32 IMAD.HI.U32 IMAD "
    "ISETP.GE.U32.AND IADD3 IADD3 ISETP.GE.U32.AND IADD3 LOP3.LUT SEL";
constexpr std::string_view kDivideSigned32 =
    "IABS IABS I2F.RP MUFU.RCP IADD3 F2I.FTZ.U32.TRUNC.NTZ IMAD.MOV IMAD IMAD.HI.U32 IMAD.HI.U32 "
    "IMAD LOP3.LUT ISETP.GT.U32.AND IADD3 IADD3 ISETP.GE.AND ISETP.GE.U32.AND IADD3 IADD3 LOP3.LUT "
    "SEL";
constexpr std::string_view kRemainder32 =
    "I2F.U32.RP MUFU.RCP IADD3 F2I.FTZ.U32.TRUNC.NTZ IMAD.MOV IMAD IMAD.HI.U32 IMAD.HI.U32 IMAD "
    "ISETP.GE.U32.AND IADD3 ISETP.GE.U32.AND IADD3 LOP3.LUT SEL";

constexpr Expansion kRows[] = {
    // moves
    {"mov", "u64", "MOV MOV", false},
    {"mov", "s64", "MOV MOV", false},
    {"mov", "b64", "MOV MOV", false},
    {"mov", "f64", "MOV MOV", false},
    {"mov", "pred", "PLOP3.LUT"},
    {"mov", "", "MOV"},
    {"cvta", "", "IADD3 IADD3.X"},
    {"selp", "64", "SEL SEL", false},
    {"selp", "", "SEL"},
    {"slct", "", "ISETP SEL"},
    {"prmt", "", "PRMT"},
    // integer sums
    {"add.cc", "", "IADD3"},
    {"addc", "", "IADD3.X"},
    {"sub.cc", "", "IADD3"},
    {"subc", "", "IADD3.X"},
    {"add", "u64", "IADD3 IADD3.X"},
    {"add", "s64", "IADD3 IADD3.X"},
    {"sub", "u64", "IADD3 IADD3.X"},
    {"sub", "s64", "IADD3 IADD3.X"},
    {"neg", "s64", "IADD3 IADD3.X"},
    {"abs", "s64", "ISETP.LT.AND IADD3 IADD3.X SEL SEL"},
    {"add", "f64", "DADD"},
    {"sub", "f64", "DADD"},
    {"neg", "f64", "DADD"},
    {"abs", "f64", "DADD"},
    {"add", "f32", "FADD"},
    {"sub", "f32", "FADD"},
    {"neg", "f32", "FADD"},
    {"abs", "f32", "FADD"},
    {"add", "f16x2", "HADD2"},
    {"add", "f16", "HADD2"},
    {"sub", "f16x2", "HADD2"},
    {"sub", "f16", "HADD2"},
    {"neg", "f16x2", "HADD2"},
    {"neg", "f16", "HADD2"},
    {"add", "bf16x2", "HFMA2.BF16_V2"},
    {"sub", "bf16x2", "HFMA2.BF16_V2"},
    {"add", "", "IADD3"},
    {"sub", "", "IADD3"},
    {"neg", "", "IADD3"},
    {"abs", "", "IABS"},
    {"sad", "", "VABSDIFF"},
    {"dp4a", "", "IDP.4A"},
    {"dp2a", "", "IDP.2A"},
    // products
    {"mul.wide", "16", "PRMT PRMT IMAD"},
    {"mul.wide", "", "IMAD.WIDE"},
    {"mad.wide", "", "IMAD.WIDE"},
    {"mul.hi", "64", "IMAD.WIDE.U32 IMAD.WIDE.U32 IADD3 IMAD.WIDE.U32 IMAD.X IMAD.WIDE.U32.X"},
    {"mul.hi", "", "IMAD.HI"},
    {"mad.hi", "64",
     "IMAD.WIDE.U32 IMAD.WIDE.U32 IADD3 IMAD.WIDE.U32 IMAD.X IMAD.WIDE.U32.X IADD3 IADD3.X"},
    {"mad.hi", "", "IMAD.HI"},
    {"mul.lo", "64", "IMAD IMAD.WIDE.U32 IMAD IADD3"},
    {"mad.lo", "64", "IMAD IMAD.WIDE.U32 IMAD IADD3"},
    {"mul24", "", "IMAD"},
    {"mad24", "", "IMAD"},
    {"mul", "f64", "DMUL"},
    {"mul", "f32", "FMUL"},
    {"mul", "f16x2", "HMUL2"},
    {"mul", "f16", "HMUL2"},
    {"mul", "bf16x2", "HMUL2.BF16_V2"},
    {"mul", "", "IMAD"},
    {"mad", "f32", "FFMA"},
    {"mad", "f64", "DFMA"},
    {"mad", "", "IMAD"},
    {"fma", "f32", "FFMA"},
    {"fma", "f64", "DFMA"},
    {"fma", "bf16x2", "HFMA2.BF16_V2"},
    {"fma", "", "HFMA2"},
    // quotients
    {"div", "u64", "CALL"},
    {"div", "u32", kDivide32},
    {"div", "u16", kDivide32},
    {"div", "s32", kDivideSigned32},
    {"div", "s16", kDivideSigned32},
    {"rem", "u32", kRemainder32},
    {"rem", "u16", kRemainder32},
    {"rem", "s32", kDivideSigned32},
    {"rem", "s16", kDivideSigned32},
    {"div.approx", "f32", "FSETP FMUL FMUL MUFU.RCP FMUL FMUL"},
    {"div.full", "f32", "FSETP FSETP FMUL FMUL MUFU.RCP FMUL FMUL"},
    {"div", "f32", "MUFU.RCP FCHK FFMA FFMA FFMA FFMA FFMA FFMA BRA"},
    {"div", "f64", "MUFU.RCP64H DFMA DFMA DFMA DFMA DMUL DFMA DFMA FFMA FSETP BRA"},
    {"rcp.approx.ftz", "f32", "MUFU.RCP"},
    {"rcp.approx", "f32", "FSETP FMUL MUFU.RCP FMUL"},
    {"rcp", "f32", "IADD3 LOP3.LUT ISETP.GT.U32.AND BRA MUFU.RCP FFMA FADD FFMA"},
    {"rcp", "f64", "MUFU.RCP64H IADD3 DFMA DFMA DFMA DFMA BRA"},
    {"sqrt.approx.ftz", "f32", "MUFU.SQRT"},
    {"sqrt.approx", "f32", "FSETP FMUL MUFU.SQRT FMUL"},
    {"sqrt", "f32", "MUFU.RSQ IADD3 ISETP.GT.U32.AND BRA FMUL FMUL FFMA FFMA"},
    {"sqrt", "f64", "MUFU.RSQ64H IADD3 DMUL DFMA DFMA DMUL DFMA DMUL DFMA DFMA BRA"},
    {"rsqrt.approx.ftz", "f32", "MUFU.RSQ"},
    {"rsqrt", "f32", "FSETP FMUL MUFU.RSQ FMUL"},
    {"rsqrt", "f64", "MUFU.RSQ64H DMUL DFMA DFMA DMUL DFMA"},
    {"ex2.approx.ftz", "", "MUFU.EX2"},
    {"ex2", "f32", "FSETP FMUL MUFU.EX2 FMUL"},
    {"ex2", "", "MUFU.EX2"},
    {"lg2.approx.ftz", "", "MUFU.LG2"},
    {"lg2", "", "FSETP FMUL MUFU.LG2 FADD"},
    {"sin", "", "FMUL.RZ MUFU.SIN"},
    {"cos", "", "FMUL.RZ MUFU.COS"},
    {"tanh", "", "MUFU.TANH"},
    // logic
    {"and", "pred", "PLOP3.LUT"},
    {"or", "pred", "PLOP3.LUT"},
    {"xor", "pred", "PLOP3.LUT"},
    {"not", "pred", "PLOP3.LUT"},
    {"and", "b64", "LOP3.LUT LOP3.LUT", false},
    {"or", "b64", "LOP3.LUT LOP3.LUT", false},
    {"xor", "b64", "LOP3.LUT LOP3.LUT", false},
    {"not", "b64", "LOP3.LUT LOP3.LUT", false},
    {"cnot", "", "ISETP.NE SEL"},
    {"and", "", "LOP3.LUT"},
    {"or", "", "LOP3.LUT"},
    {"xor", "", "LOP3.LUT"},
    {"not", "", "LOP3.LUT"},
    {"lop3", "", "LOP3.LUT"},
    {"shl", "b64", "SHF.L.U32 SHF.L.U64.HI", false},
    {"shr", "64", "SHF.R.U64 SHF.R.U32.HI", false},
    {"shl", "", "SHF.L.U32"},
    {"shr", "", "SHF.R.U32.HI"},
    {"shf", "", "SHF"},
    {"bfe", "64", "SHF.R.U64 SHF.R.U32.HI LOP3.LUT LOP3.LUT"},
    {"bfe", "", "PRMT SHF.R.U32.HI SGXT"},
    {"bfi", "", "BMSK SHF.L.U32 LOP3.LUT"},
    {"popc", "b64", "POPC POPC IADD3"},
    {"popc", "", "POPC"},
    {"clz", "b64", "ISETP.NE SEL FLO.U32 IADD3 SEL"},
    {"clz", "", "FLO.U32 IADD3"},
    {"bfind", "", "FLO.U32"},
    {"brev", "b64", "BREV BREV", false},
    {"brev", "", "BREV"},
    // comparisons
    {"min", "f32", "FMNMX"},
    {"max", "f32", "FMNMX"},
    {"min", "f64", "DSETP FSEL FSEL"},
    {"max", "f64", "DSETP FSEL FSEL"},
    {"min", "64", "ISETP ISETP.EX SEL SEL"},
    {"max", "64", "ISETP ISETP.EX SEL SEL"},
    {"min", "f16x2", "HMNMX2"},
    {"max", "f16x2", "HMNMX2"},
    {"min", "f16", "HMNMX2"},
    {"max", "f16", "HMNMX2"},
    {"min", "", "IMNMX"},
    {"max", "", "IMNMX"},
    {"setp", "f64", "DSETP"},
    {"setp", "f32", "FSETP"},
    {"setp", "f16", "HSETP2"},
    {"setp", "f16x2", "HSETP2"},
    {"setp", "64", "ISETP ISETP.EX"},
    {"setp", "", "ISETP"},
    {"set", "f32", "FSET"},
    {"set", "", "ISETP SEL"},
    {"testp", "", "FSETP"},
    {"copysign", "", "LOP3.LUT"},
};

bool ends_with_type(std::string_view opcode, std::string_view tail) {
    if (!opcode.ends_with(tail)) return false;
    // "s64" is a whole word; "64" is the width of any type that is not floating point.
    const std::string_view last = opcode.substr(opcode.rfind('.') + 1);
    return last == tail || (tail.front() >= '0' && tail.front() <= '9' && last.size() == 3 &&
                            (last.front() != 'f' || opcode.starts_with("selp")));
}

}  // namespace

const Expansion* find_expansion(std::string_view opcode) {
    for (const Expansion& row : kRows) {
        const std::string_view rest = opcode.substr(0, row.head.size());
        const bool head = rest == row.head &&
                          (opcode.size() == row.head.size() || opcode[row.head.size()] == '.');
        if (head && (row.tail.empty() || ends_with_type(opcode, row.tail))) return &row;
    }
    return nullptr;
}

}  // namespace sptc::lowering
