#include "traces/gemm/finish.hpp"

#include <fmt/format.h>

#include <bit>

#include "models/isa/gelu.hpp"

namespace sptc::gemm {
namespace {

using fmt::format;
using types::DataType;
using Lines = std::vector<std::string>;

bool is_half(const KernelPlan& plan) { return plan.problem.accumulator == DataType::kF16; }

// What is computed in, as a suffix of instructions.
const char* computed(const KernelPlan& plan) {
    switch (plan.problem.accumulator) {
        case DataType::kF64:
            return "f64";
        case DataType::kS32:
            return "s32";
        default:
            return "f32";
    }
}

const char* register_type(const KernelPlan& plan) {
    return plan.problem.accumulator == DataType::kF64   ? ".f64"
           : plan.problem.accumulator == DataType::kS32 ? ".b32"
                                                        : ".f32";
}

// "mul.rn.f32", "mul.lo.s32", "add.rn.f64", "add.s32"
std::string multiply(const KernelPlan& plan) {
    const bool integer = plan.problem.accumulator == DataType::kS32;
    return format("mul.{}.{}", integer ? "lo" : "rn", computed(plan));
}
std::string add(const KernelPlan& plan) {
    const bool integer = plan.problem.accumulator == DataType::kS32;
    return format("add.{}{}", integer ? "" : "rn.", computed(plan));
}

std::string f32_literal(float value) {
    return format("0f{:08X}", std::bit_cast<std::uint32_t>(value));
}

// Two packed f16 into %name0 and %name1.
void unpack(Lines& out, const std::string& packed, const std::string& first,
            const std::string& second) {
    out.push_back(format("mov.b32 {{%h0, %h1}}, {}", packed));
    out.push_back(format("cvt.f32.f16 {}, %h0", first));
    out.push_back(format("cvt.f32.f16 {}, %h1", second));
}

void load_accumulators(Lines& out, const KernelPlan& plan, std::uint32_t row_step,
                       std::uint32_t column) {
    const std::string pair = accumulator_pair(plan, row_step, column);
    if (is_half(plan)) return unpack(out, pair, "%v0", "%v1");
    const auto comma = pair.find(", ");
    const char* type = plan.problem.accumulator == DataType::kS32 ? "b32" : computed(plan);
    out.push_back(format("mov.{} %v0, {}", type, pair.substr(1, comma - 1)));
    out.push_back(format("mov.{} %v1, {}", type, pair.substr(comma + 2, pair.size() - comma - 3)));
}

void scale(Lines& out, const KernelPlan& plan, std::uint32_t row_step, std::uint32_t column,
           const char* guard) {
    for (int i = 0; i < 2; ++i) {
        out.push_back(format("{} %v{}, %v{}, %alpha", multiply(plan), i, i));
    }
    if (!plan.problem.has_c) return;
    out.push_back(format("{}ld.global.{} {}, [%c_row{}+{}]", guard,
                         pair_type(plan.problem.accumulator), is_half(plan) ? "%t4" : "{%c0, %c1}",
                         row_step % 2, column * 8 * plan.accumulator_bytes()));
    if (is_half(plan)) unpack(out, "%t4", "%c0", "%c1");
    for (int i = 0; i < 2; ++i) {
        out.push_back(format("{} %c{}, %c{}, %beta", multiply(plan), i, i));
        out.push_back(format("{} %v{}, %v{}, %c{}", add(plan), i, i, i));
    }
}

void relu(Lines& out, const KernelPlan& plan, int i) {
    const char* zero = plan.problem.accumulator == DataType::kF64   ? "0d0000000000000000"
                       : plan.problem.accumulator == DataType::kS32 ? "0"
                                                                    : "0f00000000";
    out.push_back(format("max.{0} %v{1}, %v{1}, {2}", computed(plan), i, zero));
}

// isa/gelu.hpp; ".rn" keeps products and sums apart.
void gelu(Lines& out, int i) {
    const std::string clamp = f32_literal(isa::kGeluClamp);
    out.push_back(format("max.f32 %u0, %v{}, {}", i, f32_literal(-isa::kGeluClamp)));
    out.push_back(format("min.f32 %u0, %u0, {}", clamp));
    out.push_back("mul.rn.f32 %u1, %u0, %u0");
    out.push_back(format("mov.f32 %u2, {}", f32_literal(isa::kGeluCoefficients.back())));
    for (std::size_t c = isa::kGeluCoefficients.size() - 1; c-- > 0;) {
        out.push_back("mul.rn.f32 %u2, %u2, %u1");
        out.push_back(format("add.rn.f32 %u2, %u2, {}", f32_literal(isa::kGeluCoefficients[c])));
    }
    out.push_back("mul.rn.f32 %u2, %u0, %u2");
    out.push_back(format("add.rn.f32 %u2, %u2, {}", f32_literal(0.5f)));
    out.push_back(format("max.f32 %u2, %u2, {}", f32_literal(0.0f)));
    out.push_back(format("min.f32 %u2, %u2, {}", f32_literal(1.0f)));
    out.push_back(format("mul.rn.f32 %v{0}, %v{0}, %u2", i));
}

void requantize(Lines& out, int i) {
    out.push_back(format("cvt.rn.f32.s32 %u0, %v{}", i));
    out.push_back("mul.rn.f32 %u0, %u0, %scale");
    out.push_back(format("cvt.rni.s32.f32 %v{}, %u0", i));
    out.push_back(format("max.s32 %v{0}, %v{0}, -128", i));
    out.push_back(format("min.s32 %v{0}, %v{0}, 127", i));
}

// The operand of the store of %v0 and %v1.
std::string packed(Lines& out, const KernelPlan& plan) {
    if (plan.problem.epilogue.requantized) {
        out.push_back("and.b32 %v0, %v0, 255");
        out.push_back("shl.b32 %v1, %v1, 8");
        out.push_back("or.b32 %v0, %v0, %v1");
        out.push_back("cvt.u16.u32 %h0, %v0");
        return "%h0";
    }
    if (!is_half(plan)) return "{%v0, %v1}";
    out.push_back("cvt.rn.f16x2.f32 %t4, %v1, %v0");
    return "%t4";
}

}  // namespace
std::string accumulator_pair(const KernelPlan& plan, std::uint32_t row_step,
                             std::uint32_t column_tile) {
    const std::uint32_t count = plan.accumulator_registers();
    const std::uint32_t steps = plan.tile_row_steps();
    const std::uint32_t tile = row_step / steps * 2 * plan.groups + column_tile;
    const std::uint32_t in_row = count / steps;
    const std::uint32_t first = tile * count + row_step % steps * in_row;
    return in_row == 2 ? format("{{%acc{}, %acc{}}}", first, first + 1) : format("%acc{}", first);
}

const char* pair_type(types::DataType type) {
    switch (type) {
        case types::DataType::kF64:
            return "v2.f64";
        case types::DataType::kF32:
            return "v2.f32";
        case types::DataType::kS32:
            return "v2.b32";
        case types::DataType::kS8:
            return "b16";
        default:
            return "b32";
    }
}

void declare_epilogue(PtxText& text, const KernelPlan& plan) {
    const Epilogue& epilogue = plan.problem.epilogue;
    if (!epilogue.present()) return;
    const char* type = register_type(plan);
    text.op(format(".reg {} %v<2>, %c<2>, %alpha, %beta", type));
    if (epilogue.bias) text.op(format(".reg {} %bias<{}>", type, 4 * plan.groups));
    text.op(".reg .f32 %u<3>, %scale");
    text.op(".reg .b16 %h<2>");
    text.op(".reg .b64 %c_row<2>, %c_step");
}

std::vector<std::string> epilogue_parameters(const KernelPlan& plan) {
    const Epilogue& epilogue = plan.problem.epilogue;
    Lines out;
    if (epilogue.scaled) {
        out.push_back(format(".param .{} param_alpha", computed(plan)));
        out.push_back(format(".param .{} param_beta", computed(plan)));
    }
    if (epilogue.requantized) out.push_back(".param .f32 param_scale");
    return out;
}

void write_c_place(PtxText& text) {
    text.op("mov.b64 %c_row0, %row_ptr0");
    text.op("mov.b64 %c_row1, %row_ptr1");
    text.op("mov.b64 %c_step, %row_step");
}

void write_epilogue_numbers(PtxText& text, const KernelPlan& plan) {
    if (plan.problem.epilogue.scaled) {
        text.op(format("ld.param.{} %alpha, [param_alpha]", computed(plan)));
        text.op(format("ld.param.{} %beta, [param_beta]", computed(plan)));
    }
    if (plan.problem.epilogue.requantized) text.op("ld.param.f32 %scale, [param_scale]");
}

void write_bias(PtxText& text, const KernelPlan& plan) {
    if (!plan.problem.epilogue.bias) return;
    text.op("ld.param.u64 %base, [param_bias]");
    text.op("cvta.to.global.u64 %base, %base");
    text.op(format("mad.wide.u32 %base, %t1, {}, %base", plan.accumulator_bytes()));
    for (std::uint32_t column = 0; column < 2 * plan.groups; ++column) {
        const std::string first = format("%bias{}", 2 * column);
        const std::string second = format("%bias{}", 2 * column + 1);
        text.op(format("add.u32 %t3, %t1, {}", 8 * column));
        text.op("setp.lt.u32 %p1, %t3, %n");
        text.op(format("@%p1 ld.global.{} {}, [%base+{}]", pair_type(plan.problem.accumulator),
                       is_half(plan) ? "%t4" : format("{{{}, {}}}", first, second),
                       column * 8 * plan.accumulator_bytes()));
        if (!is_half(plan)) continue;
        Lines lines;
        unpack(lines, "%t4", first, second);
        text.ops(lines);
    }
}

std::vector<std::string> finish_pair(const KernelPlan& plan, std::uint32_t row_step,
                                     std::uint32_t column, const char* guard) {
    const Epilogue& epilogue = plan.problem.epilogue;
    Lines out;
    const bool next_row = column == 0 && row_step > 1;
    if (next_row && epilogue.scaled && plan.problem.has_c) {
        out.push_back(format("add.s64 %c_row{0}, %c_row{0}, %c_step", row_step % 2));
    }
    load_accumulators(out, plan, row_step, column);
    if (epilogue.scaled) scale(out, plan, row_step, column, guard);
    for (int i = 0; i < 2; ++i) {
        if (epilogue.bias) {
            out.push_back(format("{} %v{}, %v{}, %bias{}", add(plan), i, i,
                                 2 * column + static_cast<std::uint32_t>(i)));
        }
        if (epilogue.activation == Activation::kRelu) relu(out, plan, i);
        if (epilogue.activation == Activation::kGelu) gelu(out, i);
        if (epilogue.requantized) requantize(out, i);
    }
    const std::string operand = packed(out, plan);
    out.push_back(format("{}st.global.{} [%row_ptr{}+{}], {}", guard,
                         pair_type(plan.problem.output()), row_step,
                         column * 8 * plan.output_bytes(), operand));
    return out;
}

}  // namespace sptc::gemm
