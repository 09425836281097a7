#include "traces/probe/selection_probes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "traces/probe/element.hpp"
#include "traces/probe/random_operands.hpp"

namespace sptc::probe {
namespace {

constexpr std::uint64_t kSeed = 5;
constexpr int kBases = 8;

/// Which rows of B the instruction selects; its codes are the same in all rows.
std::vector<bool> selected_rows(const isa::MmaForm& form, const Operands& operands) {
    std::vector<bool> selected(static_cast<std::size_t>(form.k_logical));
    for (int stored = 0; stored < form.k_stored; ++stored) {
        selected[static_cast<std::size_t>(selected_k(form, operands, 0, stored))] = true;
    }
    return selected;
}

Operands with_pruned_b(const isa::MmaForm& form, Operands operands, std::uint64_t value) {
    const std::vector<bool> selected = selected_rows(form, operands);
    for (int k = 0; k < form.k_logical; ++k) {
        if (selected[static_cast<std::size_t>(k)]) continue;
        for (int column = 0; column < form.n; ++column) set_b(form, operands, 0, k, column, value);
    }
    return operands;
}

/// All rows store a zero, of alternating sign, at one place, and the B value it meets is `b`.
Operands with_explicit_zero(const isa::MmaForm& form, Operands operands, int stored,
                            std::uint64_t b) {
    for (int row = 0; row < form.m; ++row) {
        set_a(form, operands, row, stored, row % 2 == 0 ? 0 : sign_bit(form.a));
    }
    const int k = selected_k(form, operands, 0, stored);
    for (int column = 0; column < form.n; ++column) set_b(form, operands, 0, k, column, b);
    return operands;
}

struct Poison {
    std::string_view name;
    std::uint64_t bits;
};

std::vector<Poison> poisons(types::DataType type) {
    std::vector<Poison> all{{"NaN", quiet_nan(type)},
                            {"the largest value", largest_finite(type)},
                            {"-0", sign_bit(type)}};
    if (const auto infinite = infinity(type)) all.push_back({"infinity", *infinite});
    return all;
}

std::vector<std::byte> all_nan(const isa::MmaForm& form) {
    const int bits = types::bits(form.d);
    std::vector<std::byte> d(static_cast<std::size_t>(all_rows(form) * form.n * bits / 8));
    const std::uint64_t canonical = bits == 16 ? 0x7FFF : 0x7FFFFFFF;
    for (std::size_t i = 0; i < static_cast<std::size_t>(all_rows(form) * form.n); ++i) {
        set_element(d, bits, i, canonical);
    }
    return d;
}

/// Instructions whose row r, chunk j has code codes[(r + j + turn) mod n], for every turn, and
/// whose column c has B values in chunk first + c only.
void fill_with_codes(NumericsProbe& probe, std::span<const std::uint8_t> codes) {
    const isa::MmaForm& form = *probe.kernel.form;
    const isa::MetadataFormat& format = *form.metadata;
    for (int inside = 0; inside < format.unit_elements; ++inside) {
        for (int first = 0; first < form.chunks(); first += form.n) {
            for (std::size_t turn = 0; turn < codes.size(); ++turn) {
                Operands operands = zero_operands(form);
                for (int row = 0; row < form.m; ++row) {
                    for (int stored = 0; stored < form.k_stored; ++stored) {
                        if (stored % format.unit_elements != inside) continue;
                        const int select = stored % format.stored_elements / format.unit_elements;
                        set_a(form, operands, row, stored, exact(form.a, select == 0 ? 1 : 4));
                    }
                    for (int chunk = 0; chunk < form.chunks(); ++chunk) {
                        const auto place = static_cast<std::size_t>(row + chunk);
                        set_code(form, operands, row, chunk, codes[(place + turn) % codes.size()]);
                    }
                }
                const int columns = std::min(form.n, form.chunks() - first);
                for (int column = 0; column < columns; ++column) {
                    for (int choice = 0; choice < format.choices(); ++choice) {
                        const int k = (first + column) * format.chunk_elements +
                                      choice * format.unit_elements + inside;
                        set_b(form, operands, 0, k, column, exact(form.b, choice + 1));
                    }
                }
                probe.cases.push_back(
                    {probe.instructions.size(), 0,
                     fmt::format("chunks {} to {}, turn {}", first, first + columns - 1, turn)});
                probe.instructions.push_back(std::move(operands));
            }
        }
    }
}

}  // namespace

void fill_immunity(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    base::Random random(kSeed);
    std::vector<std::size_t> poisoned;  // instructions whose pruned B is NaN or infinite
    std::vector<std::size_t> meeting;   // instructions with 0 * infinity or 0 * NaN
    const auto add = [&](Operands operands, std::string label) {
        probe.cases.push_back({probe.instructions.size(), 0, std::move(label)});
        probe.instructions.push_back(std::move(operands));
    };
    const std::uint64_t special = infinity(form.b).value_or(quiet_nan(form.b));
    for (int i = 0; i < kBases; ++i) {
        const Operands base = uniform_selection(form, InputClass::kNear, random);
        add(base, fmt::format("base {}", i));
        for (const Poison& poison : poisons(form.b)) {
            if (poison.name == "NaN" || poison.name == "infinity") {
                poisoned.push_back(probe.instructions.size());
            }
            add(with_pruned_b(form, base, poison.bits),
                fmt::format("base {}, pruned B is {}", i, poison.name));
        }
        meeting.push_back(probe.instructions.size());
        add(with_explicit_zero(form, base, (5 * i) % form.k_stored, special),
            fmt::format("base {}, an explicit zero of A meets {:x}", i, special));
    }
    const auto is_in = [](const std::vector<std::size_t>& all, std::size_t one) {
        return std::binary_search(all.begin(), all.end(), one);
    };
    probe.hypotheses.push_back(by_reference("immune",
                                            "a pruned B value has no effect, an explicit zero of A "
                                            "meets its B (0 * infinity is NaN)",
                                            form, architecture));
    probe.hypotheses.push_back(
        {"as if expanded", "a pruned B value is multiplied by zero",
         [&form, architecture, poisoned, is_in](std::size_t i, const Operands& operands) {
             return is_in(poisoned, i) ? all_nan(form) : reference_d(form, architecture, operands);
         }});
    probe.hypotheses.push_back(
        {"zeros skipped", "as immune, but an explicit zero of A meets nothing",
         [&form, architecture, meeting, is_in](std::size_t i, const Operands& operands) {
             if (!is_in(meeting, i)) return reference_d(form, architecture, operands);
             const auto base_index = static_cast<int>(
                 std::lower_bound(meeting.begin(), meeting.end(), i) - meeting.begin());
             return reference_d(
                 form, architecture,
                 with_explicit_zero(form, operands, (5 * base_index) % form.k_stored, 0));
         }});
}

void fill_selection(const isa::Architecture& architecture, NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    fill_with_codes(probe, isa::legal_codes(*form.metadata, probe.kernel.ordering));
    probe.hypotheses.push_back(
        by_reference("as documented", "codes select as PTX says", form, architecture));
}

void fill_illegal_selection(const isa::Architecture& architecture, NumericsProbe& probe) {
    std::array<std::uint8_t, 16> codes{};
    std::iota(codes.begin(), codes.end(), std::uint8_t{0});
    fill_with_codes(probe, codes);
    probe.hypotheses.push_back(
        by_reference("independent selects",
                     "each index selects by itself; of 1:2 the upper bit of the first decides",
                     *probe.kernel.form, architecture));
}

}  // namespace sptc::probe
