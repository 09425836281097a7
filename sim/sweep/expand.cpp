#include "sim/sweep/expand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/base/sha256.hpp"
#include "sim/accelerator/machine_config.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/sweep/parameters.hpp"
#include "sim/sweep/variant_point.hpp"

namespace sptc::sweep {
namespace {

constexpr std::uint64_t kMostCombinations = 20'000'000;

std::uint64_t count_combinations(const SweepFile& sweep) {
    std::uint64_t count = sweep.points.size();
    for (const auto& [name, values] : sweep.grid) {
        if (count > kMostCombinations / values.size()) {
            throw base::ConfigError(fmt::format("sweep '{}' has more than {} combinations",
                                                sweep.name, kMostCombinations));
        }
        count *= values.size();
    }
    return count;
}

/// The combination of a number, as the sweep says it: without defaults of the table.
Parameters combination(const SweepFile& sweep, std::uint64_t number) {
    Parameters parameters = sweep.defaults;
    for (std::size_t i = sweep.grid.size(); i-- > 0;) {
        const auto& [name, values] = sweep.grid[i];
        parameters[name] = values[number % values.size()];
        number /= values.size();
    }
    for (const auto& [name, value] : sweep.points[number]) parameters[name] = value;
    return parameters;
}

std::string described(const Parameters& parameters) { return to_json(parameters).dump(); }

/// The allowed combinations, in order.
std::vector<std::uint64_t> allowed(const SweepFile& sweep, std::uint64_t combinations) {
    std::vector<std::uint64_t> kept;
    for (std::uint64_t number = 0; number < combinations; ++number) {
        // Even without constraints: a wrong value is told before anything runs.
        const Parameters said = combination(sweep, number);
        try {
            const Parameters parameters = completed(said);
            if (std::all_of(sweep.constraints.begin(), sweep.constraints.end(),
                            [&](const Expression& each) { return each.holds(parameters); })) {
                kept.push_back(number);
            }
        } catch (const base::ConfigError& error) {
            throw base::ConfigError(
                fmt::format("sweep '{}', point {}: {}", sweep.name, described(said), error.what()));
        }
    }
    return kept;
}

void draw(std::vector<std::uint64_t>& numbers, const Sample& sample) {
    if (sample.count >= numbers.size()) return;
    base::Random random(sample.seed);
    for (std::size_t i = 0; i < sample.count; ++i) {
        const std::size_t other = i + random.bits() % (numbers.size() - i);
        std::swap(numbers[i], numbers[other]);
    }
    numbers.resize(sample.count);
    std::sort(numbers.begin(), numbers.end());
}

/// Throws ConfigError when it describes no hardware of the point.
void check_hardware(const Parameters& parameters, const run::GpuDocument& document) {
    if (on_machine(parameters))
        (void)accelerator::machine_of(document);
    else
        (void)run::gpu_of(document);
}

/// What a point runs on: a GPU, or the machine of a variant.
const GpuDescription& description(Expansion& expansion, const SweepFile& sweep,
                                  const Parameters& parameters) {
    const bool variant = on_machine(parameters);
    const std::string said = text(parameters.at(variant ? "machine" : "gpu"));
    const std::string key = (variant ? "machine " : "gpu ") + said;
    const auto found = expansion.gpus.find(key);
    if (found != expansion.gpus.end()) return found->second;
    std::string path = said;
    if (said.ends_with(".json") && std::filesystem::path(said).is_relative()) {
        path = (sweep.folder / said).string();
    }
    const run::GpuDocument document =
        variant ? accelerator::machine_document(path) : run::gpu_document(path, {});
    check_hardware(parameters, document);
    GpuDescription gpu{
        .name = said, .text = document.text, .hash = base::sha256_hex(document.text)};
    return expansion.gpus.emplace(key, std::move(gpu)).first->second;
}

std::string identity(const Parameters& parameters, const GpuDescription& gpu,
                     std::string_view version) {
    Parameters named = essential(parameters);
    named.erase("gpu");
    named.erase("machine");
    return base::sha256_hex(
        fmt::format("sptc.point/1\n{}\n{}\n{}\n", version, gpu.hash, to_json(named).dump()));
}

}  // namespace

Expansion expand(const SweepFile& sweep, std::string_view version) {
    Expansion expansion;
    expansion.combinations = count_combinations(sweep);
    std::vector<std::uint64_t> numbers = allowed(sweep, expansion.combinations);
    expansion.excluded = expansion.combinations - numbers.size();
    if (numbers.empty()) {
        throw base::ConfigError(
            fmt::format("sweep '{}': the constraints allow none of its {} combinations", sweep.name,
                        expansion.combinations));
    }
    if (sweep.sample) {
        const std::size_t before = numbers.size();
        draw(numbers, *sweep.sample);
        expansion.not_sampled = before - numbers.size();
    }
    std::set<std::string> seen;
    std::set<std::string> checked_gpus;
    for (const std::uint64_t number : numbers) {
        Point point{.ordinal = expansion.points.size(),
                    .parameters = completed(combination(sweep, number)),
                    .gpu = nullptr,
                    .hash = {},
                    .dense_hash = {}};
        try {
            point.gpu = &description(expansion, sweep, point.parameters);
            Parameters numbers_of_gpu;
            for (const auto& [name, value] : point.parameters) {
                if (is_pointer(name)) numbers_of_gpu[name] = value;
            }
            if (checked_gpus.insert(point.gpu->hash + described(numbers_of_gpu)).second) {
                check_hardware(point.parameters, run::changed({point.gpu->text, point.gpu->name},
                                                              gpu_overrides(point.parameters)));
            }
        } catch (const base::ConfigError& error) {
            throw base::ConfigError(fmt::format("sweep '{}': {}", sweep.name, error.what()));
        }
        point.hash = identity(point.parameters, *point.gpu, version);
        if (!seen.insert(point.hash).second) {
            ++expansion.duplicates;
            continue;
        }
        Parameters dense = point.parameters;
        make_dense_twin(dense);
        point.dense_hash = identity(dense, *point.gpu, version);
        expansion.points.push_back(std::move(point));
    }
    return expansion;
}

}  // namespace sptc::sweep
