#include "traces/probe/write_campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/parallel.hpp"
#include "traces/probe/fragment_order.hpp"

namespace sptc::probe {
namespace {

using Operand = FragmentOrder::Operand;

constexpr std::string_view kOutput = "D";
constexpr std::uint32_t kMostCtas = 256;

void create(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw base::ConfigError(
            fmt::format("{}: cannot be created: {}", folder.string(), error.message()));
    }
}

/// A buffer of one operand of all instructions.
launch::Buffer operand_buffer(const NumericsProbe& probe, std::string name, Operand operand,
                              std::vector<std::byte> Operands::*matrix) {
    const FragmentOrder order(*probe.kernel.form, operand);
    launch::Buffer buffer;
    buffer.name = std::move(name);
    buffer.data.reserve(order.bytes() * probe.instructions.size());
    for (const Operands& operands : probe.instructions) {
        order.append(operands.*matrix, buffer.data);
    }
    buffer.bytes = buffer.data.size();
    return buffer;
}

launch::Buffer metadata_buffer(const NumericsProbe& probe) {
    launch::Buffer buffer;
    buffer.name = "E";
    for (const Operands& operands : probe.instructions) {
        append_metadata(*probe.kernel.form, probe.kernel.selector, operands, buffer.data);
    }
    buffer.bytes = buffer.data.size();
    return buffer;
}

/// Writes the predictions; hypotheses that agree in all bits share a file.
std::vector<HypothesisEntry> write_predictions(const NumericsProbe& probe, const std::string& name,
                                               const std::filesystem::path& folder) {
    std::vector<HypothesisEntry> entries;
    std::vector<std::vector<std::byte>> written;
    for (const Hypothesis& hypothesis : probe.hypotheses) {
        std::vector<std::byte> output = predicted_output(probe, hypothesis);
        const auto same = std::find(written.begin(), written.end(), output) - written.begin();
        const std::string file = fmt::format("{}/predicted_{}.bin", name, same);
        if (same == static_cast<std::ptrdiff_t>(written.size())) {
            base::write_bytes(folder / file, output);
            written.push_back(std::move(output));
        }
        entries.push_back({hypothesis.name, hypothesis.statement, file});
    }
    return entries;
}

ProbeEntry write_probe(const ProbePlan& plan, const std::filesystem::path& folder) {
    NumericsProbe probe = make_probe(plan);
    create(folder / plan.name);
    ProbeEntry entry{.name = plan.name,
                     .id = std::string(plan.row->id),
                     .form = plan.kernel.instruction(),
                     .kernel = fmt::format("kernels/{}.ptx", plan.kernel.name()),
                     .launch = plan.name + "/launch.json",
                     .output = std::string(kOutput),
                     .instructions = probe.instructions.size(),
                     .observation = plan.row->observation,
                     .hypotheses = write_predictions(probe, plan.name, folder),
                     .cases = {}};
    launch::write_launch(probe_launch(probe), folder / entry.launch);
    entry.cases = std::move(probe.cases);
    return entry;
}

}  // namespace

launch::Launch probe_launch(const NumericsProbe& probe) {
    const isa::MmaForm& form = *probe.kernel.form;
    launch::Launch launch;
    launch.entry = probe.kernel.name();
    const auto instructions = static_cast<std::uint32_t>(probe.instructions.size());
    launch.grid.x = std::clamp((instructions + kWarpsPerCta - 1) / kWarpsPerCta, 1u, kMostCtas);
    launch.block.x = kWarpsPerCta * isa::kLanes;
    launch.buffers.push_back(operand_buffer(probe, "A", Operand::kA, &Operands::a));
    launch.buffers.push_back(operand_buffer(probe, "B", Operand::kB, &Operands::b));
    launch.buffers.push_back(operand_buffer(probe, "C", Operand::kC, &Operands::c));
    if (form.sparse()) launch.buffers.push_back(metadata_buffer(probe));
    launch::Buffer output;
    output.name = kOutput;
    output.bytes = FragmentOrder(form, Operand::kD).bytes() * instructions;
    launch.buffers.push_back(std::move(output));
    for (const launch::Buffer& buffer : launch.buffers) {
        launch.arguments.push_back(launch::BufferArgument{buffer.name, 0});
    }
    launch.arguments.push_back(launch::ScalarArgument{"u32", instructions});
    launch.outputs = {std::string(kOutput)};
    return launch;
}

std::vector<std::byte> predicted_output(const NumericsProbe& probe, const Hypothesis& hypothesis) {
    const FragmentOrder order(*probe.kernel.form, Operand::kD);
    std::vector<std::byte> output(order.bytes() * probe.instructions.size());
    base::parallel_for(0, probe.instructions.size(), [&](std::size_t i) {
        std::vector<std::byte> fragment;
        order.append(hypothesis.predict(i, probe.instructions[i]), fragment);
        std::copy(fragment.begin(), fragment.end(),
                  output.begin() + static_cast<std::ptrdiff_t>(i * order.bytes()));
    });
    return output;
}

Campaign write_campaign(const std::filesystem::path& folder, const isa::Architecture& architecture,
                        const CampaignOptions& options,
                        const std::function<void(double, std::string_view)>& progress) {
    const std::vector<ProbePlan> plans = plan_campaign(architecture, options);
    create(folder / "kernels");
    Campaign campaign{.architecture = std::string(architecture.name),
                      .seed = options.seed,
                      .instructions = options.instructions,
                      .questions = {},
                      .probes = {}};
    for (const ProbeRow& row : probe_rows()) {
        campaign.questions.push_back(
            {std::string(row.id), std::string(row.title), std::string(row.question)});
    }
    std::set<std::string> kernels;
    for (const ProbePlan& plan : plans) {
        if (progress) {
            progress(
                static_cast<double>(campaign.probes.size()) / static_cast<double>(plans.size()),
                plan.name);
        }
        campaign.probes.push_back(write_probe(plan, folder));
        const ProbeEntry& entry = campaign.probes.back();
        if (kernels.insert(entry.kernel).second) {
            base::write_text(folder / entry.kernel, kernel_text(plan.kernel, architecture));
        }
    }
    write_campaign_file(campaign, folder);
    return campaign;
}

}  // namespace sptc::probe
