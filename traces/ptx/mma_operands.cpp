#include "traces/ptx/mma_operands.hpp"

#include "models/isa/mma.hpp"

namespace sptc::ptx {
namespace {

/// Points a view's D, A, B, C at the registers that an op's operands name, in this order. A
/// register of the file holds `words` of 32 bits.
template <class Registers, class View>
void take_all(const isa::MmaForm& form, Registers& registers, const std::int32_t*& next, View& view,
              int words) {
    const auto take = [&](auto& pointers, int count) {
        for (int i = 0; i < count / words; ++i) {
            pointers[static_cast<std::size_t>(i)] = &registers[*next++];
        }
    };
    take(view.d, form.d_registers());
    take(view.a, form.a_registers());
    take(view.b, form.b_registers());
    take(view.c, form.c_registers());
}

/// D and C as of other forms, A, B and E as lists of registers.
void show_wide(const isa::MmaForm& form, Execution& e, isa::MmaOperands& view) {
    const std::int32_t* next = e.operands;
    for (int i = 0; i < form.d_registers(); ++i) {
        view.d[static_cast<std::size_t>(i)] = &e.registers32[*next++];
    }
    view.wide = {e.registers32, next, next + form.a_registers(), nullptr};
    next += form.a_registers() + form.b_registers();
    for (int i = 0; i < form.c_registers(); ++i) {
        view.c[static_cast<std::size_t>(i)] = &e.registers32[*next++];
    }
    view.wide.e = next;
}

}  // namespace

void check_whole_warp(Execution& e) {
    if (e.mask != 0 && e.mask != kAllLanes) kernel_fault(e, "needs all 32 lanes of the warp");
}

void show_mma_operands(Execution& e) {
    check_whole_warp(e);
    if (e.mask == 0) return;
    const isa::MmaForm& form = *e.result.instruction->mma;
    const std::int32_t* next = e.operands;
    isa::MmaOperands& view = e.result.operands;
    if (form.extended()) return show_wide(form, e, view);
    if (form.dot == isa::DotKind::kF64) {
        take_all(form, e.registers64, next, view.f64, 2);
    } else {
        take_all(form, e.registers32, next, view, 1);
    }
    if (form.sparse()) view.e = &e.registers32[*next];
}

}  // namespace sptc::ptx
