#include "models/numeric/wide_arithmetic.hpp"

#include <array>

#include "models/base/error.hpp"
#include "models/numeric/integer_dot.hpp"

namespace sptc::numeric {
namespace {

/// Slots of the largest group: all of an integer form whose B fills its registers.
constexpr std::size_t kMaxGroupSlots = 512;

std::uint32_t element_of(std::span<const isa::LaneRegister> registers, const ElementPlace& place,
                         int bits) {
    const std::uint32_t word = registers[place.reg][place.lane] >> place.shift;
    return bits == 32 ? word : word & ((1u << bits) - 1);
}

}  // namespace

WideArithmetic::WideArithmetic(const isa::Architecture& architecture, const isa::MmaForm& form)
    : form_(form),
      rule_(isa::dot_rule(architecture, form)),
      fdpa_{rule_.fraction_bits, rule_.e_zero, rule_.a, rule_.b, form.d, rule_.f32_fraction_bits} {
    SPTC_ASSERT(form.extended() && static_cast<std::size_t>(rule_.products) <= kMaxGroupSlots);
}

void WideArithmetic::group(int group, ColumnRange columns, std::span<const isa::LaneRegister> a,
                           std::span<const isa::LaneRegister> b, const WideRows& rows,
                           const OperandFragment& c, OperandFragment& d) const {
    const int bits = form_.slot_bits();
    const int c_bits = types::bits(form_.c);
    const auto products = static_cast<std::size_t>(rule_.products);
    const int first = group * rule_.products;
    std::array<std::uint32_t, kMaxGroupSlots> stored;
    std::array<std::uint32_t, kMaxGroupSlots> selected;
    for (int row = 0; row < form_.m; ++row) {
        const auto rows_of_b = rows.row(row).subspan(static_cast<std::size_t>(first), products);
        for (std::size_t i = 0; i < products; ++i) {
            stored[i] =
                element_of(a, a_place(form_.m, bits, row, first + static_cast<int>(i)), bits);
        }
        for (int column = columns.first; column < columns.first + columns.count; ++column) {
            for (std::size_t i = 0; i < products; ++i) {
                selected[i] = element_of(b, b_place(bits, rows_of_b[i], column), bits);
            }
            const ElementPlace place = c_place(c_bits, row, column);
            const auto addend =
                static_cast<std::uint32_t>(element(group == 0 ? c : d, place, c_bits));
            if (form_.dot == isa::DotKind::kFloat) {
                set_element(d, place, c_bits,
                            fused_dot_product_add(fdpa_, {stored.data(), products},
                                                  {selected.data(), products}, addend));
                continue;
            }
            std::int32_t sum = 0;
            for (std::size_t i = 0; i < products; ++i) {
                sum += slot_dot(form_, stored[i], selected[i]);
            }
            set_element(d, place, c_bits, add_integer_sum(form_, sum, addend));
        }
    }
}

}  // namespace sptc::numeric
