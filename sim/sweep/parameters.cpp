#include "sim/sweep/parameters.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <limits>

#include "models/base/error.hpp"
#include "sim/accelerator/machine_config.hpp"
#include "sim/sweep/variant_point.hpp"

namespace sptc::sweep {
namespace {

using run::GemmRequest;

std::string word(const Value& value) {
    if (const auto* words = std::get_if<std::string>(&value)) return *words;
    throw base::ConfigError(fmt::format("expected a string, found {}", text(value)));
}

template <class Integer>
Integer whole_number(const Value& value, double smallest, double largest) {
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !(*number >= smallest && *number <= largest) ||
        *number != static_cast<double>(static_cast<Integer>(*number))) {
        throw base::ConfigError(fmt::format("expected a whole number from {} to {}, found {}",
                                            smallest, largest, text(value)));
    }
    return static_cast<Integer>(*number);
}

std::uint32_t extent(const Value& value) {
    return whole_number<std::uint32_t>(value, 1, std::numeric_limits<std::uint32_t>::max());
}

// One of two words.
bool first_of(const Value& value, std::string_view first, std::string_view second) {
    const std::string given = word(value);
    if (given != first && given != second) {
        throw base::ConfigError(
            fmt::format("expected \"{}\" or \"{}\", found \"{}\"", first, second, given));
    }
    return given == first;
}

void apply_pattern(GemmRequest& request, const Value& value) {
    const std::string name = word(value);
    if (name == "dense") {
        request.pattern = nullptr;
        return;
    }
    int n = 0, m = 0;
    const char* const end = name.data() + name.size();
    const auto first = std::from_chars(name.data(), end, n);
    if (first.ec == std::errc() && first.ptr != end && *first.ptr == ':' &&
        std::from_chars(first.ptr + 1, end, m).ptr == end && n > m) {
        throw base::ConfigError(
            fmt::format("pattern '{}' is impossible: it keeps {} of a group of {}", name, n, m));
    }
    request.pattern = &sparsity::find_pattern(name);
}

void apply_density(GemmRequest&, const Value& value) {
    const auto* number = std::get_if<double>(&value);
    if (number == nullptr || !(*number >= 0 && *number <= 1))
        throw base::ConfigError(
            fmt::format("expected a number from 0 to 1, found {}", text(value)));
}

void label(GemmRequest&, const Value& value) { (void)word(value); }

constexpr std::string_view kPattern = "pattern";

const std::vector<Parameter>& table() {
    static const std::vector<Parameter> kTable{
        {"m", std::nullopt, "rows of A and D",
         [](GemmRequest& request, const Value& value) { request.m = extent(value); }},
        {"n", std::nullopt, "columns of B and D",
         [](GemmRequest& request, const Value& value) { request.n = extent(value); }},
        {"k", std::nullopt, "columns of A, rows of B",
         [](GemmRequest& request, const Value& value) { request.k = extent(value); }},
        {"type", "f16", "type of A and B, as of sptc gemm",
         [](GemmRequest& request, const Value& value) {
             request.type = types::parse_data_type(word(value));
         }},
        {"b_type", "as A", "type of B, or \"as A\"",
         [](GemmRequest& request, const Value& value) {
             if (word(value) != "as A") request.b_type = types::parse_data_type(word(value));
         }},
        {"accumulator", "auto", "type of C and D, or \"auto\"",
         [](GemmRequest& request, const Value& value) {
             if (word(value) != "auto") request.accumulator = types::parse_data_type(word(value));
         }},
        {kPattern, "dense",
         "\"dense\" or an N:M pattern (sptc list patterns), or one of the variant", apply_pattern},
        {"b_layout", "auto", "\"row\", \"col\" or \"auto\"",
         [](GemmRequest& request, const Value& value) {
             if (word(value) == "auto") return;
             request.b_layout =
                 first_of(value, "row", "col") ? gemm::BLayout::kRow : gemm::BLayout::kColumn;
         }},
        {"tile", "auto", "as --kernel of sptc gemm: \"256x128x64x3\", or \"auto\"",
         [](GemmRequest& request, const Value& value) {
             request.tile = gemm::parse_tile(word(value));
         }},
        {"epilogue", "none", "as of sptc gemm",
         [](GemmRequest& request, const Value& value) { request.epilogue = word(value); }},
        // Read before there is a request: the GPU's name or the path of its description.
        {"gpu", "a100", "a GPU's name, or the path of its description",
         [](GemmRequest&, const Value& value) { (void)word(value); }},
        {"variant", "none", "another datapath (sptc variant list), or \"none\": that of the GPU",
         [](GemmRequest&, const Value& value) { (void)word(value); }},
        {"machine", std::string(accelerator::kDefaultMachine),
         "on which a variant runs, in place of the GPU: a name, or the path of its description",
         [](GemmRequest&, const Value& value) { (void)word(value); }},
        {"density_b", 1.0, "part of B that is nonzero, for a variant", apply_density},
        {"baseline", "none", "\"dense\" (simulate the dense kernel with every point) or \"none\"",
         [](GemmRequest& request, const Value& value) {
             request.with_dense_baseline = first_of(value, "dense", "none");
         }},
        {"values", "off", "\"on\" or \"off\"",
         [](GemmRequest& request, const Value& value) {
             request.values =
                 first_of(value, "on", "off") ? launch::Values::kOn : launch::Values::kOff;
         }},
        {"check", "off", "\"on\" (needs values) or \"off\"",
         [](GemmRequest& request, const Value& value) {
             request.check = first_of(value, "on", "off");
         }},
        {"split_k", 1.0, "CTAs along K for each tile of D",
         [](GemmRequest& request, const Value& value) { request.split_k = extent(value); }},
        // After values and split_k, on which its default depends.
        {"sms", "auto", "\"all\", \"representative\" or \"auto\" (all with values or split K)",
         [](GemmRequest& request, const Value& value) {
             const bool all = word(value) == "auto"
                                  ? request.values == launch::Values::kOn || request.split_k > 1
                                  : first_of(value, "all", "representative");
             request.sms = all ? gpu::SimulatedSms::kAll : gpu::SimulatedSms::kRepresentative;
         }},
        {"cost", "none", "a table of costs (sptc list costs), or \"none\"",
         [](GemmRequest&, const Value& value) {
             if (word(value) != "none") (void)cost::find_profile(word(value));
         }},
        {"technology_nm", 0.0, "to which the table of costs is scaled; 0: its own",
         [](GemmRequest&, const Value& value) { (void)whole_number<int>(value, 0, 1000); }},
        // Which layer of a network this is: labels, for queries.
        {"workload", "none", "network that the shape comes from", label},
        {"layer", "none", "its layer", label},
        {"count", 1.0, "how often the network runs the layer",
         [](GemmRequest&, const Value& value) { (void)extent(value); }},
        {"prunable", 1.0, "1: the layer's A is weights that can be pruned; 0: it stays dense",
         [](GemmRequest&, const Value& value) { (void)whole_number<int>(value, 0, 1); }},
        {"seed", 1.0, "of A and B, below 2^53",
         [](GemmRequest& request, const Value& value) {
             request.seed = whole_number<std::uint64_t>(value, 0, 9007199254740991.0);
         }},
    };
    return kTable;
}

}  // namespace

std::span<const Parameter> parameter_table() { return table(); }

const Parameter& find_parameter(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Parameter& parameter : table()) {
        if (parameter.name == name) return parameter;
        names.push_back(parameter.name);
    }
    throw base::ConfigError(
        fmt::format("unknown parameter '{}': expected one of {}, or a JSON pointer of a number of "
                    "the GPU's description",
                    name, fmt::join(names, ", ")));
}

Parameters completed(const Parameters& parameters) {
    Parameters all = parameters;
    for (const auto& [name, value] : parameters) {
        if (!is_pointer(name)) {
            (void)find_parameter(name);
        } else if (!std::holds_alternative<double>(value)) {
            throw base::ConfigError(
                fmt::format("{}: expected a number, found \"{}\"", name, text(value)));
        }
    }
    run::GemmRequest scratch;
    for (const Parameter& parameter : table()) {
        const std::string name(parameter.name);
        if (!all.contains(name)) {
            if (!parameter.fallback) {
                throw base::ConfigError(fmt::format("no {} ({})", name, parameter.legal));
            }
            all[name] = *parameter.fallback;
        }
        // A variant has patterns of its own, see check_variant().
        const bool of_variant = name == kPattern && all.contains("variant") && on_machine(all);
        try {
            if (!of_variant) parameter.apply(scratch, all[name]);
        } catch (const base::ConfigError& error) {
            throw base::ConfigError(fmt::format("{}: {}", name, error.what()));
        }
    }
    check_variant(all);
    return all;
}

Parameters essential(const Parameters& parameters) {
    Parameters kept = parameters;
    for (const Parameter& parameter : table()) {
        const auto found = kept.find(std::string(parameter.name));
        if (found != kept.end() && parameter.fallback && found->second == *parameter.fallback) {
            kept.erase(found);
        }
    }
    return kept;
}

std::vector<run::GpuOverride> gpu_overrides(const Parameters& parameters) {
    std::vector<run::GpuOverride> overrides;
    for (const auto& [name, value] : parameters) {
        if (is_pointer(name)) overrides.push_back({name, std::get<double>(value)});
    }
    return overrides;
}

std::optional<cost::Profile> cost_profile(const Parameters& completed) {
    const std::string name = text(completed.at("cost"));
    if (name == "none") return std::nullopt;
    const cost::Profile& profile = cost::find_profile(name);
    const double technology_nm = std::get<double>(completed.at("technology_nm"));
    return cost::scaled(profile, technology_nm > 0 ? technology_nm : profile.technology_nm);
}

run::GemmRequest request_of(const Parameters& completed, gpu::GpuSpec gpu) {
    run::GemmRequest request;
    request.gpu = std::move(gpu);
    for (const Parameter& parameter : table()) {
        parameter.apply(request, completed.at(std::string(parameter.name)));
    }
    return request;
}

}  // namespace sptc::sweep
