#include "traces/probe/sum_probes.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "traces/probe/case_sheet.hpp"
#include "traces/probe/element.hpp"

namespace sptc::probe {
namespace {

// U = 2^7 * 2^7 is the large product of every probe; all types hold its factors.
constexpr int kLargeFactor = 7;
constexpr int kLarge = 2 * kLargeFactor;

double power(int exponent) { return std::ldexp(1.0, exponent); }

/// Products and addends of one form by value.
class Values {
  public:
    explicit Values(const isa::MmaForm& form) : form_(form) {}

    [[nodiscard]] Term term(int stored, double a, double b) const {
        return {stored, exact(form_.a, a), exact(form_.b, b)};
    }
    /// +U or -U.
    [[nodiscard]] Term large(int stored, double sign) const {
        return term(stored, sign * power(kLargeFactor), power(kLargeFactor));
    }
    [[nodiscard]] std::uint64_t c(double value) const { return exact(form_.c, value); }
    [[nodiscard]] std::uint64_t d(double value) const { return exact(form_.d, value); }
    /// significand * 2^exponent as a product whose B factor is a power of two, when the types hold
    /// the factors.
    [[nodiscard]] std::optional<Term> scaled(int stored, double significand, int exponent) const {
        const int of_b = static_cast<int>(std::floor(exponent / 2.0));
        const auto a = encode(form_.a, significand * power(exponent - of_b));
        const auto b = encode(form_.b, power(of_b));
        if (!a || !b) return std::nullopt;
        return Term{stored, *a, *b};
    }

  private:
    const isa::MmaForm& form_;
};

int fraction_bits(const isa::Architecture& architecture, const isa::MmaForm& form) {
    return isa::dot_rule(architecture, form).fraction_bits;
}

/// A stored element of the group that is summed first.
int first_group(const isa::Architecture& architecture, const isa::MmaForm& form, std::size_t i) {
    return isa::dot_rule(architecture, form).group(0)[i];
}

/// The row with another F, both for fp8 and for the wider types.
isa::Architecture with_fraction_bits(isa::Architecture architecture, int bits) {
    architecture.fdpa.fraction_bits = bits;
    architecture.fp8.fraction_bits = bits;
    return architecture;
}

isa::Architecture with_exponent_floor(isa::Architecture architecture, int e_zero) {
    architecture.fdpa.e_zero_f16 = architecture.fdpa.e_zero_f32 = e_zero;
    return architecture;
}

}  // namespace

void fill_partition(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    const Values values(form);
    const int absorbed = kLarge - fraction_bits(architecture, form);  // least kept unit beside U
    constexpr int kSmallB = -6;
    const int addend = form.k_stored;  // the index of c
    CaseSheet sheet(architecture, probe);
    const auto name = [addend](int i) {
        return i == addend ? std::string("c") : fmt::format("product {}", i);
    };
    for (int i = 0; i < form.k_stored; ++i) {
        for (int j = i + 1; j <= addend; ++j) {
            for (const int v : {absorbed - 4, absorbed - 1, absorbed + 1}) {
                for (const double sign : {1.0, -1.0}) {
                    Case one{fmt::format("{}U at {}, {}U at {}, others 2^{}", sign > 0 ? '+' : '-',
                                         name(i), sign > 0 ? '-' : '+', name(j), v),
                             {}};
                    for (int k = 0; k < form.k_stored; ++k) {
                        one.terms.push_back(
                            k == i   ? values.large(k, sign)
                            : k == j ? values.large(k, -sign)
                                     : values.term(k, power(v - kSmallB), power(kSmallB)));
                    }
                    one.c = values.c(j == addend ? -sign * power(kLarge) : power(v));
                    sheet.add(one);
                }
            }
        }
    }
    for (const isa::PartitionRow& row : isa::partitions()) {
        probe.hypotheses.push_back(by_reference(std::string(row.name), std::string(row.note), form,
                                                architecture, row.partition));
    }
}

void fill_fraction_bits(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    const Values values(form);
    CaseSheet sheet(architecture, probe);
    constexpr int kLeastX = 1;
    constexpr int kMostX = 40;
    const std::vector<Term> pair{values.large(first_group(architecture, form, 0), 1),
                                 values.large(first_group(architecture, form, 1), -1)};
    for (int x = kLeastX; x <= kMostX; ++x) {
        const auto small = values.scaled(first_group(architecture, form, 2), 1, kLarge - x);
        if (!small) continue;
        sheet.add({fmt::format("U - U + product U * 2^-{}", x), {pair[0], pair[1], *small}});
    }
    for (int x = kLeastX; x <= kMostX; ++x) {
        const auto c = encode(form.c, power(kLarge - x));
        if (c) sheet.add({fmt::format("U - U + c = U * 2^-{}", x), pair, *c});
    }
    const int row_bits = fraction_bits(architecture, form);
    std::set<int> candidates{23, 24, 25, row_bits - 1, row_bits, row_bits + 1};
    if (types::bits(form.a) == 8) candidates.insert(13);
    for (const int bits : candidates) {
        probe.hypotheses.push_back(
            by_reference(fmt::format("F={}", bits),
                         fmt::format("terms keep {} bits below the greatest exponent", bits), form,
                         with_fraction_bits(architecture, bits)));
    }
}

void fill_truncation(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    const Values values(form);
    CaseSheet sheet(architecture, probe);
    const int unit = kLarge - fraction_bits(architecture, form);
    struct Fraction {
        double units, nearest_even;
    };
    constexpr Fraction kFractions[] = {{0.25, 0}, {0.5, 0}, {0.75, 1}, {1, 1}, {1.5, 2}, {1.75, 2}};
    for (const Fraction& fraction : kFractions) {
        for (const double sign : {1.0, -1.0}) {
            const double units = sign * fraction.units;
            const auto small = values.scaled(first_group(architecture, form, 2), units, unit);
            if (!small) continue;
            const auto result = [&](double whole) {
                return values.d(whole == 0 ? 0.0 : whole * power(unit));
            };
            sheet.add({fmt::format("U - U + {} * 2^{}", units, unit),
                       {values.large(first_group(architecture, form, 0), 1),
                        values.large(first_group(architecture, form, 1), -1), *small},
                       0,
                       {{"truncates", result(std::trunc(units))},
                        {"floors", result(std::floor(units))},
                        {"rounds", result(sign * fraction.nearest_even)}}});
        }
    }
    sheet.add_hypothesis("truncates", "an aligned term is cut toward zero");
    sheet.add_hypothesis("floors", "an aligned term is cut toward minus infinity");
    sheet.add_hypothesis("rounds", "an aligned term is rounded to nearest even");
}

void fill_normalisation(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    const Values values(form);
    CaseSheet sheet(architecture, probe);
    const int unit = kLarge - fraction_bits(architecture, form);
    for (const double significand : {1.0, 1.5, 1.75}) {
        for (const int small : {unit, unit + 1}) {
            const auto term = values.scaled(first_group(architecture, form, 2), 1, small);
            if (!term) continue;
            const double factor = significand * power(kLargeFactor);
            const bool lost = significand * significand >= 2 && small == unit;
            sheet.add({fmt::format("+-({} * 2^{})^2 + 2^{}", significand, kLargeFactor, small),
                       {values.term(first_group(architecture, form, 0), factor, factor),
                        values.term(first_group(architecture, form, 1), -factor, factor), *term},
                       0,
                       {{"as multiplied", values.d(power(small))},
                        {"normalised", values.d(lost ? 0.0 : power(small))}}});
        }
    }
    sheet.add_hypothesis("as multiplied", "exponents are ea + eb; significands reach up to 4");
    sheet.add_hypothesis("normalised", "a significand of 2 or more is shifted before aligning");
}

void fill_exponent_floor(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    const Values values(form);
    CaseSheet sheet(architecture, probe);
    const bool half = form.d == types::DataType::kF16;
    // Half of the least subnormal f16 and a bit more; the least subnormal f32 and a bit less.
    const int kept = half ? -25 : -149;
    const double sign = half ? 1 : -1;
    const int first = half ? 40 : 150;
    const int last = half ? 48 : 162;
    const int kept_b = half ? -14 : -74;
    const int small_b = half ? -24 : -75;
    const struct {
        const char* name;
        std::uint64_t bits;
    } addends[] = {{"0", 0}, {"-0", sign_bit(form.c)}, {"least subnormal", 1}};
    const int group = isa::dot_rule(architecture, form).groups - 1;
    const auto slots = isa::dot_rule(architecture, form);
    for (int m = first; m <= last; ++m) {
        for (const auto& addend : addends) {
            sheet.add(
                {fmt::format("2^{} {} 2^-{}, c = {}", kept, half ? '+' : '-', m, addend.name),
                 {values.term(slots.group(group)[0], power(kept - kept_b), power(kept_b)),
                  values.term(slots.group(group)[1], sign * power(-m - small_b), power(small_b))},
                 addend.bits});
        }
    }
    for (const int e_zero :
         {half ? -19 : -131, half ? -20 : -132, half ? -21 : -133, isa::kInertExponent}) {
        probe.hypotheses.push_back(by_reference(
            e_zero == isa::kInertExponent ? "no floor" : fmt::format("e_zero={}", e_zero),
            "terms are aligned to at least this exponent", form,
            with_exponent_floor(architecture, e_zero)));
    }
}

}  // namespace sptc::probe
