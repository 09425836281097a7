#include "traces/ptx/wmma_layout.hpp"

#include "models/isa/fragment.hpp"

namespace sptc::ptx {
namespace {

using enum types::DataType;
using types::DataType;

/// The multiplicand type that has sums of this type in a shape.
DataType multiplicand_of(const WmmaShape& shape, DataType sum) {
    switch (shape.k) {
        case 16:
            return sum == kS32 ? kS8 : kF16;
        case 8:
            return kTf32;
        case 4:
            return kF64;
        case 32:
            return kS4;
        default:
            return kB1;
    }
}

bool is_sum(const isa::MmaForm& form, DataType type) {
    return type == form.c || (form.a == kF16 && type == kF16);
}

}  // namespace

WmmaLayout::WmmaLayout(const WmmaShape& shape, char matrix, DataType type, isa::Major layout)
    : shape_(shape),
      type_(type),
      by_rows_((layout == isa::Major::kRow) != shape.swapped()),
      side_(matrix == 'c' || matrix == 'd'       ? Side::kSums
            : (matrix == 'a') != shape.swapped() ? Side::kRows
                                                 : Side::kColumns),
      form_(layout_form(shape, side_ == Side::kSums ? multiplicand_of(shape, type) : type)),
      bits_(types::bits(type)) {
    const int rows = matrix == 'b' ? shape.k : shape.m;
    const int columns = matrix == 'a' ? shape.k : shape.n;
    default_stride_ = layout == isa::Major::kRow ? columns : rows;
    if (form_ != nullptr && side_ == Side::kSums && !is_sum(*form_, type)) form_ = nullptr;
    if (form_ == nullptr) return;
    const int register_bits = type == kF64 ? 64 : 32;
    registers_ = rows * columns * bits_ / (register_bits * isa::kLanes);
    const bool divided = side_ == Side::kSums || (side_ == Side::kRows) == shape.stacked();
    registers_per_block_ = divided ? registers_ / shape.blocks() : registers_;
    // Fragments of f16 multiplicands have 8 registers in every shape (PTX ISA).
    constexpr int kHalfRegisters = 8;
    if (type == kF16 && side_ != Side::kSums) copies_ = kHalfRegisters / registers_;
}

MemoryPlace WmmaLayout::place(int lane, int reg, int element) const {
    const int block = reg / registers_per_block_;
    const int index = reg % registers_per_block_ * elements_per_register() + element;
    isa::Coordinate at{};
    switch (side_) {
        case Side::kRows:
            at = isa::a_coordinate(*form_, lane, index);
            at.row += form_->m * block;
            break;
        case Side::kColumns:
            at = isa::b_coordinate(*form_, lane, index);
            at.column += form_->n * block;
            break;
        case Side::kSums:
            at = isa::c_coordinate(*form_, type_, lane, index);
            if (shape_.stacked()) {
                at.row += form_->m * block;
            } else {
                at.column += form_->n * block;
            }
            break;
    }
    return by_rows_ ? MemoryPlace{at.row, at.column} : MemoryPlace{at.column, at.row};
}

bool WmmaLayout::contiguous() const {
    return elements_per_register() == 1 || place(0, 0, 1).line == place(0, 0, 0).line;
}

bool WmmaLayout::pairs() const {
    if (side_ != Side::kSums || elements_per_register() != 1) return false;
    return place(0, 1, 0).line == place(0, 0, 0).line;
}

}  // namespace sptc::ptx
