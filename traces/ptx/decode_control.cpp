// mma, and the list of every opcode family.
#include <fmt/format.h>

#include "models/base/error.hpp"
#include "models/isa/mma.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/mma_operands.hpp"
#include "traces/ptx/refusals.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

std::span<const OperandNode> fragment(Decoder& decoder, std::size_t index, int registers,
                                      std::string_view name) {
    const auto elements = Decoder::elements(decoder.operand(index));
    if (elements.size() != static_cast<std::size_t>(registers)) {
        decoder.fail_at(decoder.operand(index), fmt::format("{} has {} registers, expected {}",
                                                            name, elements.size(), registers));
    }
    return elements;
}

constexpr OpcodeFamily kFamilies[] = {
    {"mov", decode_mov},
    {"cvt", decode_cvt},
    {"cvta", decode_cvta},
    {"setp", decode_setp},
    {"set", decode_set},
    {"lop3", decode_lop3},
    {"ld", decode_ld},
    {"st", decode_st},
    {"atom", decode_atom},
    {"red", decode_red},
    {"mbarrier", decode_mbarrier},
    {"cp", decode_cp},
    {"ldmatrix", decode_ldmatrix},
    {"stmatrix", decode_stmatrix, false},
    {"movmatrix", decode_movmatrix},
    {"mma", decode_mma},
    {"wmma", decode_wmma},
    {"shfl", decode_shfl},
    {"vote", decode_vote},
    {"match", decode_match},
    {"activemask", decode_activemask},
    {"redux", decode_redux},
    {"elect", decode_elect, false},
    {"bra", decode_bra},
    {"ret", decode_exit},
    {"exit", decode_exit},
    {"bar", decode_bar},
    {"barrier", decode_bar},
    {"membar", decode_fence},
    {"fence", decode_fence},
    {"nanosleep", decode_nanosleep},
    {"griddepcontrol", decode_griddepcontrol, false},
    {"call", decode_call},
    {"brx", decode_brx},
    {"trap", decode_trap},
    {"brkpt", decode_trap},
    {"ldu", decode_ld},
    {"isspacep", decode_isspacep},
    {"prefetch", decode_hint},
    {"prefetchu", decode_hint},
    {"applypriority", decode_hint},
    {"discard", decode_hint},
    {"createpolicy", decode_createpolicy},
};

}  // namespace

std::span<const OpcodeFamily> opcode_families() { return kFamilies; }

void decode_mma(Decoder& decoder) {
    isa::MmaSpelling spelling{};
    try {
        spelling = isa::parse_mma(decoder.statement().opcode);
    } catch (const base::ConfigError& problem) {
        decoder.fail_here(fmt::format("unsupported instruction {}", problem.what()));
    }
    const isa::MmaForm* form = spelling.form;
    const std::size_t expected = form->sparse() ? 6 : 4;
    decoder.expect_operands(expected, expected);
    const bool wide = form->dot == isa::DotKind::kF64;  // registers of 64 bits
    const int words = wide ? 2 : 1;
    for (const OperandNode& node : fragment(decoder, 0, form->d_registers() / words, "D")) {
        decoder.emit_operand(decoder.write(node, wide ? Slot::kWrite64 : Slot::kWrite32));
    }
    const auto read = [&](std::size_t index, int registers, std::string_view name) {
        for (const OperandNode& node : fragment(decoder, index, registers / words, name)) {
            decoder.emit_operand(decoder.read(node, wide ? Slot::kRead64 : Slot::kRead32));
        }
    };
    read(1, form->a_registers(), "A");
    read(2, form->b_registers(), "B");
    read(3, form->c_registers(), "C");
    if (form->sparse()) {
        if (form->extended()) {
            read(4, form->metadata_registers(), "E");
        } else {
            decoder.emit_operand(decoder.read(decoder.operand(4), Slot::kRead32));
        }
        const auto selectors = static_cast<std::uint64_t>(form->selector_count());
        decoder.instruction.selector =
            static_cast<std::uint8_t>(decoder.immediate(decoder.operand(5), 0, selectors - 1));
    }
    decoder.op.handler = show_mma_operands;
    decoder.op.skip_handler = check_whole_warp;
    decoder.instruction.operation = Operation::kMma;
    decoder.instruction.mma = form;
    decoder.instruction.metadata_ordering = spelling.ordering;
    decoder.commit();
}

}  // namespace sptc::ptx
