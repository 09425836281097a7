#include "models/numeric/mma_arithmetic.hpp"

#include <array>
#include <bit>

#include "models/base/error.hpp"
#include "models/numeric/fdpa.hpp"
#include "models/numeric/fused_multiply_add.hpp"
#include "models/numeric/integer_dot.hpp"
#include "models/numeric/kernel.hpp"
#include "models/numeric/operand.hpp"
#include "models/numeric/rounding.hpp"

namespace sptc::numeric {

using types::DataType;

class MmaArithmetic::Implementation {
  public:
    Implementation(const isa::Architecture& architecture, const isa::MmaForm& form,
                   isa::Partition partition, Simd simd)
        : form_(form),
          rule_(isa::dot_rule(architecture, form, partition)),
          fdpa_{rule_.fraction_bits,    rule_.e_zero, rule_.a, rule_.b, form.d,
                rule_.f32_fraction_bits},
          plan_(kernel_plan(form, rule_)) {
        SPTC_ASSERT(supported(simd));
        kernel_ = kernels(simd)(plan_);
        SPTC_ASSERT(kernel_ != nullptr);
    }

    [[nodiscard]] const isa::DotRule& rule() const { return rule_; }

    void instruction(const OperandFragment& a, const OperandFragment& b, const SelectedRows& rows,
                     const OperandFragment& c, OperandFragment& d) const {
        kernel_(plan_, {reinterpret_cast<const char*>(&a), reinterpret_cast<const char*>(&b),
                        reinterpret_cast<const std::uint8_t(*)[isa::kMaxSlots]>(&rows),
                        reinterpret_cast<const char*>(&c), reinterpret_cast<char*>(&d)});
    }

    void group(int group, ColumnRange columns, const OperandFragment& a, const OperandFragment& b,
               const SelectedRows& rows, const OperandFragment& c, OperandFragment& d) const {
        const int c_bits = types::bits(form_.c);
        const int d_bits = types::bits(form_.d);
        Slots slots{};
        for (int row = 0; row < form_.m; ++row) {
            for (int column = columns.first; column < columns.first + columns.count; ++column) {
                const std::uint64_t addend = element(c, c_place(c_bits, row, column), c_bits);
                const ElementPlace place = c_place(d_bits, row, column);
                const std::uint64_t running =
                    group == 0 ? first_addend(addend) : element(d, place, d_bits);
                load_slots(rule_.group(group), row, column, a, b, rows, slots);
                std::uint64_t sum = dot(slots, running);
                if (rule_.addend_last && group == rule_.groups - 1) sum = add(sum, addend);
                set_element(d, place, d_bits, sum);
            }
        }
    }

  private:
    /// The raw slots of a group that meet in one element of D.
    struct Slots {
        std::size_t count;
        std::array<std::uint64_t, isa::kMaxSlots> a;
        std::array<std::uint64_t, isa::kMaxSlots> b;
    };

    void load_slots(std::span<const std::uint8_t> group, int row, int column,
                    const OperandFragment& a, const OperandFragment& b, const SelectedRows& rows,
                    Slots& slots) const {
        const int bits = form_.slot_bits();
        slots.count = group.size();
        for (std::size_t i = 0; i < group.size(); ++i) {
            const int k = rows.row[static_cast<std::size_t>(row)][group[i]];
            slots.a[i] = element(a, a_place(form_.m, bits, row, group[i]), bits);
            slots.b[i] = element(b, b_place(bits, k, column), bits);
        }
    }

    /// What group 0 begins with, as an element of D's type.
    [[nodiscard]] std::uint64_t first_addend(std::uint64_t c) const {
        if (rule_.addend_last) return 0;
        if (form_.c == DataType::kF16 && form_.d == DataType::kF32) {
            return std::bit_cast<std::uint32_t>(types::f16_to_f32(static_cast<std::uint16_t>(c)));
        }
        return c;
    }

    [[nodiscard]] std::uint64_t dot(const Slots& slots, std::uint64_t c) const {
        switch (form_.dot) {
            case isa::DotKind::kFloat:
                return dot_float(slots, c);
            case isa::DotKind::kF64:
                for (std::size_t i = 0; i < slots.count; ++i) {
                    c = fused_multiply_add(slots.a[i], slots.b[i], c, form_.rounding);
                }
                return c;
            case isa::DotKind::kInteger:
            case isa::DotKind::kAndPopc:
            case isa::DotKind::kXorPopc:
                return dot_integer(slots, c);
        }
        return c;
    }

    [[nodiscard]] std::uint32_t dot_float(const Slots& slots, std::uint64_t c) const {
        std::array<std::uint32_t, isa::kMaxSlots> a{};
        std::array<std::uint32_t, isa::kMaxSlots> b{};
        for (std::size_t i = 0; i < slots.count; ++i) {
            a[i] = multiplied(form_.a, rule_.a, slots.a[i]);
            b[i] = multiplied(form_.b, rule_.b, slots.b[i]);
        }
        return fused_dot_product_add(fdpa_, {a.data(), slots.count}, {b.data(), slots.count},
                                     static_cast<std::uint32_t>(c));
    }

    /// An operand as the multipliers take it.
    static std::uint32_t multiplied(DataType stored, DataType type, std::uint64_t bits) {
        const auto value = static_cast<std::uint32_t>(bits);
        return stored == type ? value : widened_to_f16(stored, value);
    }

    [[nodiscard]] std::uint32_t dot_integer(const Slots& slots, std::uint64_t c) const {
        std::int32_t sum = 0;
        for (std::size_t i = 0; i < slots.count; ++i) {
            sum += slot_dot(form_, static_cast<std::uint32_t>(slots.a[i]),
                            static_cast<std::uint32_t>(slots.b[i]));
        }
        return add_integer_sum(form_, sum, static_cast<std::uint32_t>(c));
    }

    /// The sum of a chain and C, both of D's type.
    [[nodiscard]] std::uint32_t add(std::uint64_t sum, std::uint64_t c) const {
        const auto x = static_cast<std::uint32_t>(sum);
        const auto y = static_cast<std::uint32_t>(c);
        return form_.d == DataType::kF16 ? add_f16(x, y) : add_f32(x, y);
    }

    const isa::MmaForm& form_;
    isa::DotRule rule_;
    FdpaRule fdpa_;
    KernelPlan plan_;
    Kernel kernel_ = nullptr;
};

MmaArithmetic::MmaArithmetic(const isa::Architecture& architecture, const isa::MmaForm& form,
                             isa::Partition partition, Simd simd)
    : implementation_(std::make_unique<Implementation>(architecture, form, partition, simd)) {}
MmaArithmetic::MmaArithmetic(MmaArithmetic&&) noexcept = default;
MmaArithmetic::~MmaArithmetic() = default;

const isa::DotRule& MmaArithmetic::rule() const { return implementation_->rule(); }

void MmaArithmetic::instruction(const OperandFragment& a, const OperandFragment& b,
                                const SelectedRows& rows, const OperandFragment& c,
                                OperandFragment& d) const {
    implementation_->instruction(a, b, rows, c, d);
}

void MmaArithmetic::group(int group, ColumnRange columns, const OperandFragment& a,
                          const OperandFragment& b, const SelectedRows& rows,
                          const OperandFragment& c, OperandFragment& d) const {
    implementation_->group(group, columns, a, b, rows, c, d);
}

}  // namespace sptc::numeric
