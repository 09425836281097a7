#include "sim/sweep/variant_point.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "models/base/error.hpp"
#include "sim/accelerator/machine_config.hpp"
#include "sim/accelerator/variant_run.hpp"
#include "sim/report/variant_report.hpp"
#include "sim/sweep/parameters.hpp"

namespace sptc::sweep {
namespace {

constexpr std::string_view kNone = "none";
constexpr std::array<std::string_view, 2> kOnlyOfVariants{"machine", "density_b"};
constexpr std::array<std::string_view, 14> kOfVariants{
    "m",     "n",    "k",   "pattern",  "variant", "machine", "density_b",
    "check", "seed", "gpu", "workload", "layer",   "count",   "prunable"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

int extent(const Parameters& completed, const char* name) {
    return static_cast<int>(std::min(std::get<double>(completed.at(name)), 1e9));
}

}  // namespace

bool on_machine(const Parameters& completed) { return text(completed.at("variant")) != kNone; }

void check_variant(const Parameters& completed) {
    const bool variant = on_machine(completed);
    for (const auto& [name, unused] : essential(completed)) {
        if (is_pointer(name)) continue;
        if (variant && !contains(kOfVariants, name))
            throw base::ConfigError(
                fmt::format("{}: means nothing to variant '{}': expected only {}", name,
                            text(completed.at("variant")), fmt::join(kOfVariants, ", ")));
        if (!variant && contains(kOnlyOfVariants, name))
            throw base::ConfigError(
                fmt::format("{}: means nothing without a variant (sptc variant list)", name));
    }
    if (!variant) return;
    const std::string pattern = text(completed.at("pattern"));
    variant::find_variant(text(completed.at("variant"))).check(variant::parse_pattern(pattern));
}

void make_dense_twin(Parameters& completed) {
    completed["pattern"] = "dense";
    completed.erase("baseline");
    if (!on_machine(completed)) return;
    completed["variant"] = "tc";
    completed.erase("check");  // changes no cycle
}

PointResult run_variant_point(const Parameters& completed, const run::GpuDocument& machine,
                              std::string_view version) {
    const variant::MachineSpec spec = accelerator::machine_of(machine);
    accelerator::VariantRequest request;
    request.variant = text(completed.at("variant"));
    request.pattern = text(completed.at("pattern"));
    request.extents = {extent(completed, "m"), extent(completed, "n"), extent(completed, "k")};
    request.b_density = std::get<double>(completed.at("density_b"));
    request.seed = static_cast<std::uint64_t>(std::get<double>(completed.at("seed")));
    request.check = text(completed.at("check")) == "on";
    const accelerator::VariantResult result = accelerator::run_variant(request, spec);
    PointResult answer{.json = report::variant_json(result, spec, version), .mismatch = {}};
    if (result.exact && !*result.exact) answer.mismatch = "--check: D differs from the reference";
    return answer;
}

}  // namespace sptc::sweep
