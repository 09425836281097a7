#include "sim/report/timing_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sptc::report {
namespace {

/// Parameters whose value is not the same in all points; all of one point alone.
std::vector<std::string_view> shown(const timing::TimingProbe& probe,
                                    const std::vector<TimedPoint>& points) {
    std::vector<std::string_view> names;
    for (const timing::ParameterSpec& spec : probe.parameters) {
        const bool differs = std::any_of(points.begin(), points.end(), [&](const auto& each) {
            return each.parameters.text(spec.name) != points.front().parameters.text(spec.name);
        });
        if (differs || points.size() == 1) names.push_back(spec.name);
    }
    return names;
}

}  // namespace

std::string timing_table(const timing::TimingProbe& probe, const std::vector<TimedPoint>& points) {
    const std::vector<std::string_view> names = shown(probe, points);
    std::string text;
    std::vector<std::size_t> widths;
    for (const std::string_view name : names) {
        std::size_t width = name.size();
        for (const TimedPoint& each : points)
            width = std::max(width, each.parameters.text(name).size());
        widths.push_back(width);
        text += fmt::format("{:<{}}  ", name, width);
    }
    for (const std::string_view metric : probe.metrics) text += fmt::format("{}  ", metric);
    text += "iterations\n";
    for (const TimedPoint& each : points) {
        for (std::size_t i = 0; i < names.size(); ++i)
            text += fmt::format("{:<{}}  ", each.parameters.text(names[i]), widths[i]);
        for (const timing::Metric& metric : each.point.metrics)
            text += fmt::format("{:>{}.2f}  ", metric.value, metric.name.size());
        text += fmt::format("{} - {}\n", each.point.iterations.more, each.point.iterations.fewer);
    }
    return text;
}

std::string timing_json(const gpu::GpuSpec& gpu, const timing::TimingProbe& probe,
                        const std::vector<TimedPoint>& points, std::string_view version) {
    nlohmann::ordered_json json{{"schema", "sptc.timing/1"},
                                {"version", version},
                                {"gpu", gpu.name},
                                {"probe", probe.name}};
    json["points"] = nlohmann::ordered_json::array();
    for (const TimedPoint& each : points) {
        nlohmann::ordered_json point;
        for (const timing::ParameterSpec& spec : probe.parameters)
            point["parameters"][std::string(spec.name)] = each.parameters.text(spec.name);
        for (const timing::Metric& metric : each.point.metrics) point[metric.name] = metric.value;
        point["iterations"] = {each.point.iterations.fewer, each.point.iterations.more};
        json["points"].push_back(std::move(point));
    }
    return json.dump(2) + "\n";
}

}  // namespace sptc::report
