#include "traces/probe/numerics_campaign.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "models/base/error.hpp"
#include "traces/probe/edge_probes.hpp"
#include "traces/probe/selection_probes.hpp"
#include "traces/probe/sum_probes.hpp"

namespace sptc::probe {
namespace {

using isa::MmaForm;
using types::DataType;

// Which forms a question is put to.

bool is_float(const MmaForm& form) { return form.dot == isa::DotKind::kFloat; }
bool is_fp8(const MmaForm& form) { return is_float(form) && types::bits(form.a) == 8; }
bool same_types(const MmaForm& form) { return form.a == form.b; }

bool sparse(const MmaForm& form) { return form.sparse(); }
bool sparse_float(const MmaForm& form) { return form.sparse() && is_float(form); }
bool plain_float(const MmaForm& form) { return is_float(form) && same_types(form); }
/// Without fp8, whose emulation ends in another kind of addition.
bool one_sum(const MmaForm& form) { return is_float(form) && !is_fp8(form); }
/// Products reach the ends of D's range only where D is narrow or the inputs are wide.
bool reaches_ends(const MmaForm& form) {
    return one_sum(form) && (form.d == DataType::kF16 || form.a != DataType::kF16);
}
bool integer(const MmaForm& form) { return form.dot == isa::DotKind::kInteger; }
/// One form of every metadata layout and selector range; signs and .satfinite do not select.
bool selection(const MmaForm& form) {
    return form.sparse() && same_types(form) && !form.saturating;
}

// Which kernels ask it.

using Kernels = std::vector<ProbeKernel>;

Kernels one_kernel(const MmaForm& form) { return {{.form = &form}}; }

Kernels every_selector(const MmaForm& form) {
    Kernels kernels;
    for (int selector = 0; selector < form.selector_count(); ++selector) {
        for (const auto ordering : {isa::MetadataOrdering::kOrdered, isa::MetadataOrdering::kAny}) {
            kernels.push_back({&form, ordering, selector});
        }
    }
    return kernels;
}

Kernels any_order(const MmaForm& form) { return {{&form, isa::MetadataOrdering::kAny, 0}}; }

/// How a question is put: its forms, its kernels, and what fills the probe (one of the two).
struct Method {
    bool (*asks)(const MmaForm&);
    Kernels (*kernels)(const MmaForm&);
    void (*fill)(const isa::Architecture&, NumericsProbe&);
    void (*fill_part)(const isa::Architecture&, const RandomPart&, NumericsProbe&);
};

struct Question {
    ProbeRow row;
    Method method;
};

constexpr std::array kQuestions{
    Question{
        {"P1", "partition", "Into which groups does a sparse instruction cut its products?", false},
        {sparse_float, one_kernel, fill_partition, nullptr}},
    Question{
        {"P2", "fraction bits", "How many bits below the greatest exponent are kept (F)?", false},
        {plain_float, one_kernel, fill_fraction_bits, nullptr}},
    Question{{"P3", "truncation", "What becomes of a fraction of the last kept unit?", false},
             {plain_float, one_kernel, fill_truncation, nullptr}},
    Question{{"P4", "normalisation", "Are products normalised before they are aligned?", false},
             {plain_float, one_kernel, fill_normalisation, nullptr}},
    Question{{"P5", "pruned B", "Can a B value that no index names change a result?", false},
             {sparse_float, one_kernel, fill_immunity, nullptr}},
    Question{{"P6", "metadata", "Do selectors, lanes and codes select as documented?", false},
             {selection, every_selector, fill_selection, nullptr}},
    Question{
        {"P6-illegal", "illegal metadata", "What do codes select that PTX calls undefined?", true},
        {selection, any_order, fill_illegal_selection, nullptr}},
    Question{{"P7", "exponent floor", "How small a term is kept when all terms are tiny (e_zero)?",
              false},
             {reaches_ends, one_kernel, fill_exponent_floor, nullptr}},
    Question{{"P8", "sign of zero", "When is a zero result negative?", false},
             {one_sum, one_kernel, fill_zero_sign, nullptr}},
    Question{{"P9", "overflow", "Where does a result become infinite?", false},
             {reaches_ends, one_kernel, fill_overflow, nullptr}},
    Question{{"P10", "NaN", "Which NaN comes out?", false},
             {plain_float, one_kernel, fill_nan, nullptr}},
    Question{{"P11", "clamping", "Is an integer sum clamped once, or in between?", false},
             {integer, one_kernel, fill_clamping, nullptr}},
    Question{
        {"P12", "random sparse", "Do random sparse instructions give the expected bits?", false},
        {sparse, one_kernel, nullptr, fill_random}},
    Question{{"P14", "fp8", "How is fp8 executed, with C other than zero?", false},
             {is_fp8, one_kernel, nullptr, fill_fp8_paths}},
};

constexpr auto kRows = [] {
    std::array<ProbeRow, kQuestions.size()> rows{};
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = kQuestions[i].row;
    return rows;
}();

/// So that a probe fits in memory many times over.
constexpr std::uint32_t kMostInstructions = 32768;

void check_ids(const std::vector<std::string>& ids) {
    for (const std::string& id : ids) {
        if (std::any_of(kRows.begin(), kRows.end(),
                        [&](const auto& row) { return row.id == id; })) {
            continue;
        }
        std::vector<std::string_view> known;
        for (const ProbeRow& row : kRows) known.push_back(row.id);
        throw base::ConfigError(
            fmt::format("unknown probe '{}': expected one of {}", id, fmt::join(known, ", ")));
    }
}

void plan_kernel(std::size_t index, const isa::Architecture& architecture,
                 const ProbeKernel& kernel, const CampaignOptions& options,
                 std::vector<ProbePlan>& plans) {
    const ProbeRow& row = kRows[index];
    const std::string name = fmt::format("{}_{}", row.id, kernel.name());
    if (kQuestions[index].method.fill_part == nullptr) {
        plans.push_back({&row, &architecture, kernel, {}, name});
        return;
    }
    for (std::uint32_t first = 0; first < options.instructions; first += kMostInstructions) {
        const std::uint32_t count = std::min(kMostInstructions, options.instructions - first);
        const bool only_part = options.instructions <= kMostInstructions;
        plans.push_back(
            {&row,
             &architecture,
             kernel,
             {options.seed, first, count},
             only_part ? name : fmt::format("{}_part{}", name, first / kMostInstructions)});
    }
}

}  // namespace

std::span<const ProbeRow> probe_rows() { return kRows; }

std::vector<ProbePlan> plan_campaign(const isa::Architecture& architecture,
                                     const CampaignOptions& options) {
    check_ids(options.only);
    std::vector<ProbePlan> plans;
    for (std::size_t i = 0; i < kQuestions.size(); ++i) {
        const auto& [row, method] = kQuestions[i];
        const bool wanted =
            options.only.empty() ||
            std::find(options.only.begin(), options.only.end(), row.id) != options.only.end();
        if (!wanted) continue;
        for (const MmaForm& form : isa::mma_forms()) {
            if (!isa::has_form(architecture, form) || !method.asks(form)) continue;
            for (const ProbeKernel& kernel : method.kernels(form)) {
                plan_kernel(i, architecture, kernel, options, plans);
            }
        }
    }
    return plans;
}

NumericsProbe make_probe(const ProbePlan& plan) {
    const auto index = static_cast<std::size_t>(plan.row - kRows.data());
    const Method& method = kQuestions[index].method;
    NumericsProbe probe{plan.kernel, {}, {}, {}};
    if (method.fill != nullptr) {
        method.fill(*plan.architecture, probe);
    } else {
        method.fill_part(*plan.architecture, plan.part, probe);
    }
    return probe;
}

}  // namespace sptc::probe
