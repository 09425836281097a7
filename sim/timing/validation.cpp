#include "sim/timing/validation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/base/error.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/gpu_document.hpp"
#include "sim/timing/gemm_figure.hpp"
#include "sim/timing/timing_probe.hpp"

namespace sptc::timing {
namespace {

constexpr std::string_view kGemm = "gemm";

/// GPUs by the names of rows; nullptr: no configuration.
class Gpus {
  public:
    const gpu::GpuSpec* find(const std::string& name) {
        auto found = specs_.find(name);
        if (found == specs_.end()) {
            const std::vector<std::string> known = run::gpu_names_and_aliases();
            const bool exists = std::find(known.begin(), known.end(), name) != known.end();
            found = specs_.emplace(name, exists ? std::optional(run::load_gpu(name)) : std::nullopt)
                        .first;
        }
        return found->second ? &*found->second : nullptr;
    }

  private:
    std::map<std::string, std::optional<gpu::GpuSpec>> specs_;
};

/// Simulates rows; what several rows ask in the same words is run once.
class Runner {
  public:
    explicit Runner(lowering::Lowering lowering) : lowering_(lowering) {}

    double figure(const gpu::GpuSpec& spec, const PublishedRow& row) {
        if (row.probe == kGemm) return gemm_figure(spec, row.parameters, row.metric, lowering_);
        const TimingProbe& probe = find_timing_probe(row.probe);
        const std::string where = fmt::format("{}: {}: ", row.quantity, row.probe);
        const Parameters parameters(probe.parameters, row.parameters, where);
        std::string key = fmt::format("{}\n{}\n{}", spec.name, spec.clock_mhz, row.probe);
        for (const auto& [name, value] : parameters.all()) key += "\n" + name + "=" + value;
        const auto found = points_.find(key);
        if (found != points_.end()) return found->second.metric(row.metric);
        return points_.emplace(key, run_timing_probe(spec, probe, parameters, lowering_))
            .first->second.metric(row.metric);
    }

  private:
    lowering::Lowering lowering_;
    std::map<std::string, ProbePoint> points_;
};

std::vector<PublishedGroup> chosen_groups(const ValidationRequest& request) {
    std::vector<PublishedGroup> all = published_groups();
    std::vector<std::string> names;
    for (const PublishedGroup& group : all) names.push_back(group.name);
    for (const std::string& name : request.groups) {
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw base::ConfigError(fmt::format("unknown group '{}': expected one of {}", name,
                                                fmt::join(names, ", ")));
    }
    std::erase_if(all, [&](const PublishedGroup& group) {
        const bool named = std::find(request.groups.begin(), request.groups.end(), group.name) !=
                           request.groups.end();
        return request.groups.empty() ? group.slow && !request.slow : !named;
    });
    return all;
}

void run_row(RowResult& result, Gpus& gpus, Runner& runner) {
    const PublishedRow& row = result.row;
    const gpu::GpuSpec* spec = gpus.find(row.gpu);
    if (!row.not_reproduced.empty()) {
        result.skipped = row.not_reproduced;
    } else if (spec == nullptr) {
        result.skipped = fmt::format("there is no configuration of {}", row.gpu);
    } else {
        try {
            gpu::GpuSpec clocked = *spec;
            if (row.clock_mhz > 0) clocked.clock_mhz = row.clock_mhz;
            result.simulated = runner.figure(clocked, row);
        } catch (const base::Error& error) {
            result.skipped = fmt::format("does not run: {}", error.what());
            result.failed = true;
        }
    }
}

GroupSummary summarise(std::string name, const std::vector<const RowResult*>& rows) {
    GroupSummary summary;
    summary.name = std::move(name);
    for (const RowResult* row : rows) {
        if (!row->simulated) {
            ++summary.skipped;
            if (row->failed) ++summary.failed;
            continue;
        }
        ++summary.rows;
        summary.mean_error += row->error();
        summary.mean_beyond_spread += row->error_beyond_spread();
        if (row->row.fitted.empty()) {
            summary.mean_predicted += row->error();
        } else {
            ++summary.fitted;
        }
    }
    const auto mean = [](double& sum, std::size_t count) {
        if (count != 0) sum /= static_cast<double>(count);
    };
    mean(summary.mean_error, summary.rows);
    mean(summary.mean_beyond_spread, summary.rows);
    mean(summary.mean_predicted, summary.rows - summary.fitted);
    return summary;
}

}  // namespace

double RowResult::error() const {
    return simulated ? std::fabs(*simulated - row.value) / row.value : 0;
}

double RowResult::error_beyond_spread() const {
    if (!simulated || (*simulated >= low && *simulated <= high)) return 0;
    const double nearest = *simulated < low ? low : high;
    return std::fabs(*simulated - nearest) / nearest;
}

GroupSummary GroupResult::summary() const {
    std::vector<const RowResult*> all;
    for (const RowResult& row : rows) all.push_back(&row);
    return summarise(group.name, all);
}

GroupSummary total(const std::vector<GroupResult>& groups) {
    std::vector<const RowResult*> all;
    for (const GroupResult& group : groups) {
        for (const RowResult& row : group.rows) all.push_back(&row);
    }
    return summarise("all", all);
}

void set_spreads(std::vector<RowResult>& rows,
                 const std::function<std::string(const std::string&)>& architecture_of) {
    std::map<std::string, std::pair<double, double>> spreads;
    const auto key = [&](const RowResult& result) {
        return architecture_of(result.row.gpu) + "\n" + result.row.quantity;
    };
    for (const RowResult& result : rows) {
        const double value = result.row.value;
        const auto [spread, is_new] = spreads.emplace(key(result), std::pair{value, value});
        spread->second.first = std::min(spread->second.first, value);
        spread->second.second = std::max(spread->second.second, value);
    }
    for (RowResult& result : rows) std::tie(result.low, result.high) = spreads.at(key(result));
}

std::vector<GroupResult> validate(const ValidationRequest& request) {
    Gpus gpus;
    Runner runner(request.lowering);
    const gpu::GpuSpec* only = nullptr;
    if (!request.gpu.empty()) {
        only = gpus.find(request.gpu);
        if (only == nullptr)
            throw base::ConfigError(fmt::format("unknown GPU '{}': expected one of {}", request.gpu,
                                                fmt::join(run::gpu_names_and_aliases(), ", ")));
    }
    std::vector<GroupResult> results;
    std::size_t rows = 0;
    for (PublishedGroup& group : chosen_groups(request)) {
        GroupResult result{std::move(group), {}};
        for (PublishedRow& row : result.group.rows) {
            const gpu::GpuSpec* spec = gpus.find(row.gpu);
            if (only == nullptr || (spec != nullptr && spec->name == only->name))
                result.rows.push_back({.row = std::move(row), .simulated = {}, .skipped = {}});
        }
        result.group.rows.clear();
        set_spreads(result.rows, [&gpus](const std::string& name) {
            const gpu::GpuSpec* spec = gpus.find(name);
            return spec != nullptr ? spec->arch : name;
        });
        rows += result.rows.size();
        if (!result.rows.empty()) results.push_back(std::move(result));
    }
    std::size_t done = 0;
    for (GroupResult& group : results) {
        for (RowResult& row : group.rows) {
            if (request.progress)
                request.progress(static_cast<double>(done++) / static_cast<double>(rows),
                                 group.group.name);
            run_row(row, gpus, runner);
        }
    }
    return results;
}

std::vector<RowResult> worst_rows(const std::vector<GroupResult>& groups, std::size_t count) {
    std::vector<RowResult> rows;
    for (const GroupResult& group : groups) {
        for (const RowResult& row : group.rows) {
            if (row.simulated) rows.push_back(row);
        }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const RowResult& left, const RowResult& right) {
        return left.error() > right.error();
    });
    if (rows.size() > count) rows.resize(count);
    return rows;
}

}  // namespace sptc::timing
