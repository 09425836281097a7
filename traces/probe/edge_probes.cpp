#include "traces/probe/edge_probes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "traces/probe/case_sheet.hpp"
#include "traces/probe/element.hpp"

namespace sptc::probe {
namespace {

using types::DataType;

/// Stored elements of the group that is summed last: what happens there is not summed again.
std::vector<int> last_group(const isa::Architecture& architecture, const isa::MmaForm& form) {
    const isa::DotRule rule = isa::dot_rule(architecture, form);
    const auto group = rule.group(rule.groups - 1);
    return {group.begin(), group.end()};
}

}  // namespace

void fill_zero_sign(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    CaseSheet sheet(architecture, probe);
    const std::vector<int> last = last_group(architecture, form);
    const std::uint64_t minus_zero_c = sign_bit(form.c);
    const std::uint64_t minus_zero = sign_bit(form.d);
    const auto a = [&](double value) { return exact(form.a, value); };
    const auto b = [&](double value) { return exact(form.b, value); };

    constexpr std::string_view kKeeps = "underflow keeps sign";
    constexpr std::string_view kDrops = "every zero is +0";
    constexpr std::string_view kZeros = "zeros keep sign";
    for (const bool a_negative : {true, false}) {
        Case zeros{fmt::format("all products -0 ({}), c = -0", a_negative ? "-0 * 1" : "0 * -1"),
                   {},
                   minus_zero_c,
                   {{kKeeps, 0}, {kDrops, 0}, {kZeros, minus_zero}}};
        for (int i = 0; i < form.k_stored; ++i) {
            zeros.terms.push_back({i, a(a_negative ? -0.0 : 0.0), b(a_negative ? 1 : -1)});
        }
        sheet.add(zeros);
    }
    sheet.add({"1 - 1", {{last[0], a(1), b(1)}, {last[1], a(-1), b(1)}}});
    sheet.add({"1 - 1, c = -0", {{last[0], a(1), b(1)}, {last[1], a(-1), b(1)}}, minus_zero_c});
    sheet.add({"-1, c = 1", {{last[0], a(-1), b(1)}}, exact(form.c, 1)});
    // Below half of the least subnormal f16 (D rounds), or below the least subnormal f32 (D is
    // cut).
    const double least = form.d == DataType::kF16 ? 0x1p-24 : 0x1p-149;
    const double scale = form.d == DataType::kF16 ? 0x1p-10 : 0x1p-75;
    for (const double part : {-0.5, -0.25, -0.375, -0.75, -1.0, 0.5}) {
        const auto factor = encode(form.a, part * least / scale);
        const auto scale_b = encode(form.b, scale);
        if (!factor || !scale_b) continue;
        Case tiny{fmt::format("{} of the least D", part), {{last[0], *factor, *scale_b}}};
        const bool vanishes = part < 0 && part > (form.d == DataType::kF16 ? -0.51 : -0.99);
        if (vanishes) tiny.stated = {{kKeeps, minus_zero}, {kDrops, 0}, {kZeros, minus_zero}};
        sheet.add(tiny);
    }
    sheet.add_hypothesis(kKeeps, "a negative sum that rounds to zero gives -0, a sum of zero +0");
    sheet.add_hypothesis(kDrops, "a zero result is always +0");
    sheet.add_hypothesis(kZeros, "as the first, and -0 when all terms are -0");
}

void fill_overflow(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    CaseSheet sheet(architecture, probe);
    const std::vector<int> last = last_group(architecture, form);
    constexpr std::string_view kInfinite = "overflows to infinity";
    constexpr std::string_view kFinite = "stays finite";
    const std::uint64_t greatest = largest_finite(form.d);

    struct Product {
        double a, b;
    };
    const auto add = [&](std::string label, std::vector<Product> products, std::uint64_t c,
                         bool overflows) {
        for (const double sign : {1.0, -1.0}) {
            Case one{
                (sign > 0 ? "" : "negated: ") + label, {}, sign > 0 ? c : c ^ sign_bit(form.c)};
            for (std::size_t i = 0; i < products.size(); ++i) {
                one.terms.push_back(
                    {last[i], exact(form.a, sign * products[i].a), exact(form.b, products[i].b)});
            }
            const std::uint64_t minus = sign > 0 ? 0 : sign_bit(form.d);
            if (overflows) {
                one.stated = {{kInfinite, *infinity(form.d) | minus}, {kFinite, greatest | minus}};
            }
            sheet.add(one);
        }
    };
    if (form.d == DataType::kF16) {
        add("65504 + 15", {{15, 1}}, greatest, false);
        add("65504 + 16", {{16, 1}}, greatest, true);
        add("65504 + 15.984375", {{15.984375, 1}}, greatest, false);
        add("32768 * 2", {{32768, 2}}, 0, true);
        add("32768 * 2 - 16", {{32768, 2}, {-16, 1}}, 0, true);
        add("32768 * 2 - 17", {{32768, 2}, {-17, 1}}, 0, false);
        add("32768 * 32768 - 32768 * 32768", {{32768, 32768}, {-32768, 32768}}, 0, false);
    } else if (form.a != DataType::kF16) {
        add("(2^128 - 2^104) + 2^103", {{0x1p103, 1}}, greatest, false);
        add("(2^128 - 2^104) + 2^104", {{0x1p104, 1}}, greatest, true);
        add("2^127 + 2^127", {{0x1p127, 1}, {0x1p127, 1}}, 0, true);
        add("2^127 + 2^127 - 2^103", {{0x1p127, 1}, {0x1p127, 1}, {-0x1p103, 1}}, 0, false);
        add("2^254 - 2^254 + 1", {{0x1p127, 0x1p127}, {-0x1p127, 0x1p127}, {1, 1}}, 0, false);
        add("2^254", {{0x1p127, 0x1p127}}, 0, true);
    }
    sheet.add_hypothesis(kInfinite, "a result out of range is infinite");
    sheet.add_hypothesis(kFinite, "a result out of range is the largest finite value");
}

void fill_nan(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    CaseSheet sheet(architecture, probe);
    constexpr std::string_view kCanonical = "canonical";
    constexpr std::string_view kPayload = "c passes";
    const std::uint64_t one_a = exact(form.a, 1);
    const std::uint64_t one_b = exact(form.b, 1);
    const int final_slot = form.k_stored - 1;

    const auto nans = [](DataType type) {
        return std::vector<std::uint64_t>{quiet_nan(type), quiet_nan(type) | sign_bit(type),
                                          signalling_nan(type),
                                          signalling_nan(type) | sign_bit(type)};
    };
    for (const int slot : {0, final_slot}) {
        for (const std::uint64_t nan : nans(form.a)) {
            sheet.add({fmt::format("A {:x} at {}", nan, slot), {{slot, nan, one_b}}});
        }
        for (const std::uint64_t nan : nans(form.b)) {
            sheet.add({fmt::format("B {:x} at {}", nan, slot), {{slot, one_a, nan}}});
        }
    }
    for (const std::uint64_t nan : nans(form.c)) {
        sheet.add({fmt::format("c {:x}", nan), {{0, one_a, one_b}}, nan, {{kPayload, nan}}});
    }
    if (form.a == DataType::kTf32) {
        sheet.add({"A is a NaN in the ignored bits only", {{0, *infinity(form.a) | 1, one_b}}});
    }
    const std::uint64_t infinite_c = *infinity(form.c);
    if (const auto infinite = infinity(form.a)) {
        const std::uint64_t minus = *infinite | sign_bit(form.a);
        sheet.add({"inf * 0", {{0, *infinite, 0}}});
        sheet.add({"inf - inf, neighbours", {{0, *infinite, one_b}, {1, minus, one_b}}});
        sheet.add(
            {"inf - inf, first and last", {{0, *infinite, one_b}, {final_slot, minus, one_b}}});
        sheet.add(
            {"inf, c = -inf", {{final_slot, *infinite, one_b}}, infinite_c | sign_bit(form.c)});
        sheet.add({"inf, c = inf", {{0, *infinite, one_b}}, infinite_c});
        sheet.add({"-inf", {{final_slot, minus, one_b}}});
    }
    if (const auto infinite = infinity(form.b)) sheet.add({"0 * inf", {{0, 0, *infinite}}});
    sheet.add({"c = -inf", {{0, one_a, one_b}}, infinite_c | sign_bit(form.c)});
    sheet.add_hypothesis(kCanonical, "every NaN result is 7fffffff (f32) or 7fff (f16)");
    sheet.add_hypothesis(kPayload, "as canonical, but a NaN of C comes out unchanged");
}

void fill_clamping(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    CaseSheet sheet(architecture, probe);
    constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
    constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
    const auto is_signed = [](DataType type) { return types::name(type).front() == 's'; };
    const auto clamp = [&](std::int64_t value) {
        return form.saturating ? std::clamp(value, kLeast, kMost) : value;
    };
    const auto bits = [](std::int64_t value) {
        return static_cast<std::uint64_t>(value) & 0xFFFFFFFFu;
    };
    // Four products of 5 * 5 in each half, so that 4-bit types can say +-100.
    constexpr int kProducts = 4;
    constexpr double kFactor = 5;
    constexpr std::int64_t kHalf = 100;
    const auto half = [&](int first, double sign, std::vector<Term>& terms) {
        const double a = sign < 0 && is_signed(form.a) ? -kFactor : kFactor;
        const double b = sign < 0 && !is_signed(form.a) ? -kFactor : kFactor;
        for (int i = 0; i < kProducts; ++i) {
            terms.push_back({first + i, exact(form.a, a), exact(form.b, b)});
        }
    };
    const bool may_subtract = is_signed(form.a) || is_signed(form.b);
    for (const std::int64_t c : {kMost - 10, kLeast + 10, std::int64_t{0}}) {
        for (const int first_sign : {1, -1}) {
            for (const int second_sign : {1, -1}) {
                if (!may_subtract && (first_sign < 0 || second_sign < 0)) continue;
                Case one{
                    fmt::format("c = {}, {:+}, {:+}", c, kHalf * first_sign, kHalf * second_sign),
                    {},
                    bits(c)};
                half(0, first_sign, one.terms);
                half(form.k_stored / 2, second_sign, one.terms);
                const std::int64_t first = kHalf * first_sign;
                const std::int64_t second = kHalf * second_sign;
                one.stated = {{"clamps once", bits(clamp(c + first + second))},
                              {"per half", bits(clamp(clamp(c + first) + second))},
                              {"per half, reversed", bits(clamp(clamp(c + second) + first))}};
                sheet.add(one);
            }
        }
    }
    sheet.add_hypothesis("clamps once", "the exact sum is clamped");
    sheet.add_hypothesis("per half", "the sum is clamped after each half of the stored K");
    sheet.add_hypothesis("per half, reversed", "the same, the upper half first");
}

}  // namespace sptc::probe
