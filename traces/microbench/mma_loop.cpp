#include "traces/microbench/mma_loop.hpp"

#include <fmt/format.h>

namespace sptc::microbench {
namespace {

using fmt::format;

/// One operand: registers of 32 bits, or of 64 for an f64.
struct Operand {
    std::string name;
    int count;
    int bits;
};

Operand operand(const isa::MmaForm& form, std::string name, int registers) {
    return form.dot == isa::DotKind::kF64 ? Operand{std::move(name), registers / 2, 64}
                                          : Operand{std::move(name), registers, 32};
}

/// Bytes of one register of all lanes in the buffer `operands`.
constexpr std::uint64_t kRegisterBytes = isa::kLanes * 8;

/// Loads an operand, zeros, from the place `loaded` of the buffer `operands`; ptxas cannot know
/// what is there, nor take one operand for another.
void load(Frame& frame, const Operand& operand, int& loaded) {
    frame.declarations.push_back(
        format(".reg .b{} %{}<{}>", operand.bits, operand.name, operand.count));
    for (int r = 0; r < operand.count; ++r, ++loaded) {
        frame.prologue.push_back(format("ld.global.b{} %{}{}, [%operands+{}]", operand.bits,
                                        operand.name, r,
                                        kRegisterBytes * static_cast<std::uint64_t>(loaded)));
    }
}

/// Eight legal codes of a register of metadata.
std::uint32_t legal_metadata(const isa::MmaForm& form) {
    constexpr std::uint32_t kEveryNibble = 0x11111111;
    return isa::legal_codes(*form.metadata, isa::MetadataOrdering::kOrdered).front() * kEveryNibble;
}

/// Gathers an accumulator into %kept.
void keep(Frame& frame, const Operand& d) {
    for (int r = 0; r < d.count; ++r) {
        if (d.bits == 64) {
            frame.epilogue.push_back(format("mov.b64 {{%low, %high}}, %{}{}", d.name, r));
            frame.epilogue.push_back("xor.b32 %kept, %kept, %low");
        } else {
            frame.epilogue.push_back(format("xor.b32 %kept, %kept, %{}{}", d.name, r));
        }
    }
}

}  // namespace

std::string instruction(const MmaLoop& loop) {
    std::string text = loop.form->ptx_name();
    constexpr std::string_view kQualifier = "::ordered_metadata";
    const auto at = text.find(kQualifier);
    if (at != std::string::npos && loop.ordering == isa::MetadataOrdering::kAny) {
        text.erase(at, kQualifier.size());
    }
    return text;
}

double dense_equivalent_macs(const MmaLoop& loop) {
    const isa::MmaForm& form = *loop.form;
    return static_cast<double>(form.matrices() * form.m * form.n * form.k_logical) * loop.warps *
           loop.ilp;
}

Microbenchmark write(const MmaLoop& loop, const isa::Architecture& architecture) {
    const isa::MmaForm& form = *loop.form;
    Frame frame;
    frame.entry = "mma_loop";
    frame.comment = format("{} independent {}, then __syncwarp()", loop.ilp, instruction(loop));
    frame.parameters = {".u64 param_operands"};
    frame.declarations = {".reg .b64 %operands", ".reg .b32 %low, %high, %e"};
    frame.prologue = {"ld.param.u64 %operands, [param_operands]",
                      "cvta.to.global.u64 %operands, %operands",
                      "mad.wide.u32 %operands, %lane, 8, %operands"};
    const std::string metadata = form.sparse() ? ", %e, 0x0" : "";
    if (form.sparse())
        frame.prologue.push_back(format("mov.b32 %e, 0x{:08x}", legal_metadata(form)));
    int loaded = 0;
    for (std::uint32_t copy = 0; copy < loop.ilp; ++copy) {
        const Operand a = operand(form, format("a{}_", copy), form.a_registers());
        const Operand b = operand(form, format("b{}_", copy), form.b_registers());
        const Operand d = operand(form, format("d{}_", copy), form.d_registers());
        for (const Operand& each : {a, b, d}) load(frame, each, loaded);
        const std::string accumulator = register_list(d.name, d.count);
        frame.body.push_back(format("{} {}, {}, {}, {}{}", instruction(loop), accumulator,
                                    register_list(a.name, a.count), register_list(b.name, b.count),
                                    accumulator, metadata));
        keep(frame, d);
    }
    frame.body.push_back("bar.warp.sync 0xffffffff");

    Microbenchmark result;
    result.ptx = module_head(architecture, &form) + entry_text(frame);
    result.launch = timed_launch(frame.entry, 1, loop.warps * isa::kLanes);
    launch::Buffer operands;
    operands.name = "operands";
    operands.bytes = kRegisterBytes * static_cast<std::uint64_t>(loaded);
    result.launch.buffers.push_back(operands);
    result.launch.arguments.emplace_back(launch::BufferArgument{operands.name, 0});
    return result;
}

}  // namespace sptc::microbench
