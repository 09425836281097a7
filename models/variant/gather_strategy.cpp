#include "models/variant/gather_strategy.hpp"

#include <algorithm>

namespace sptc::variant {

void add_b_bits(Needs& needs, BFormat format, const Int8Matrix& b, const Step& step) {
    const auto elements =
        static_cast<std::uint64_t>(step.k_count) * static_cast<std::uint64_t>(step.columns);
    if (format == BFormat::kPlain) {
        needs.b_bits += elements * kWordBits;
        return;
    }
    std::uint64_t nonzeros = 0;
    for (int k = step.k; k < std::min(step.k + step.k_count, b.rows); ++k) {
        const std::int8_t* row = b.row(k) + step.column;
        nonzeros += static_cast<std::uint64_t>(step.columns -
                                               std::count(row, row + step.columns, std::int8_t{0}));
    }
    needs.b_bits += nonzeros * kWordBits;
    needs.b_metadata_bits += elements;
}

GatherStrategy::GatherStrategy(const Operands& operands, const MachineSpec& spec,
                               std::unique_ptr<GroupCode> code, BFormat b_format)
    : b_(operands.b),
      spec_(spec),
      code_(std::move(code)),
      b_format_(b_format),
      a_(operands.a, *code_),
      groups_per_step_(std::max(1, spec.k_step_stored / code_->kept())) {}

int GatherStrategy::k_logical() const { return groups_per_step_ * code_->span(); }

Needs GatherStrategy::needs(const Step& step) const {
    const auto groups = static_cast<std::uint64_t>(step.rows * groups_per_step_);
    const auto kept = static_cast<std::uint64_t>(code_->kept());
    const auto macs = static_cast<std::uint64_t>(spec_.macs);
    Needs needs;
    needs.a_bits = groups * kept * kWordBits;
    needs.a_metadata_bits = groups * static_cast<std::uint64_t>(code_->bits());
    add_b_bits(needs, b_format_, b_, step);
    needs.products = groups * kept * static_cast<std::uint64_t>(step.columns);
    needs.cycles = (needs.products + macs - 1) / macs;
    return needs;
}

void GatherStrategy::execute(const Step& step, Int32Matrix& d) const {
    const int first = step.k / code_->span();
    const int last = std::min(first + groups_per_step_, a_.groups());
    for (int row = step.row; row < step.row + step.rows; ++row) {
        for (int group = first; group < last; ++group) {
            a_.multiply(row, group, b_, step.column, step.columns, d.row(row) + step.column);
        }
    }
}

}  // namespace sptc::variant
