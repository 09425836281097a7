#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/isa/mma.hpp"
#include "traces/campaign/prepare.hpp"
#include "traces/launch/launch.hpp"
#include "traces/probe/fragment_order.hpp"
#include "traces/probe/kernel_text.hpp"
#include "traces/probe/numerics_campaign.hpp"
#include "traces/probe/write_campaign.hpp"

namespace sptc::campaign {
namespace {

using Json = nlohmann::json;
using Operand = probe::FragmentOrder::Operand;

// A prime, so that kept instructions meet every input class.
constexpr std::uint64_t kKeptEvery = 1259;
// Share a digest, so that all forms of sm_90 fit into 16 MB.
constexpr std::uint64_t kBlockInstructions = 4;
constexpr std::uint32_t kQuickInstructions = 63;
constexpr std::uint64_t kQuickKeptEvery = 7;
constexpr std::uint32_t kMostCtas = 256;

/// A buffer of one operand of all instructions, drawn from the seed.
Json operand(const isa::MmaForm& form, Operand which, types::DataType type, const char* name,
             std::uint64_t seed, std::uint64_t instructions) {
    const std::uint64_t block = probe::FragmentOrder(form, which).bytes();
    return {{"bytes", block * instructions},
            {"type", types::name(type)},
            {"random",
             {{"seed", seed}, {"distribution", "mma"}, {"operand", name}, {"block_bytes", block}}}};
}

Json launch_json(const probe::ProbeKernel& kernel, std::uint64_t seed, std::uint32_t instructions) {
    const isa::MmaForm& form = *kernel.form;
    Json buffers{{"A", operand(form, Operand::kA, form.a, "A", seed, instructions)},
                 {"B", operand(form, Operand::kB, form.b, "B", seed + 1, instructions)},
                 {"C", operand(form, Operand::kC, form.c, "C", seed + 2, instructions)}};
    Json arguments{{{"buffer", "A"}}, {{"buffer", "B"}}, {{"buffer", "C"}}};
    if (form.sparse()) {
        const bool pairs = form.a == types::DataType::kTf32;
        buffers["E"] = {{"bytes", probe::kMetadataBytes * instructions},
                        {"type", "u32"},
                        {"random",
                         {{"seed", seed + 3},
                          {"distribution", "metadata"},
                          {"pattern", pairs ? "1:2" : "2:4"}}}};
        arguments.push_back({{"buffer", "E"}});
    }
    buffers["D"] = {{"bytes", probe::FragmentOrder(form, Operand::kD).bytes() * instructions},
                    {"type", types::name(form.d)}};
    arguments.push_back({{"buffer", "D"}});
    arguments.push_back({{"u32", instructions}});
    const std::uint32_t ctas = (instructions + probe::kWarpsPerCta - 1) / probe::kWarpsPerCta;
    return {{"schema", launch::kSchema},
            {"entry", kernel.name()},
            {"grid", {std::min(ctas, kMostCtas)}},
            {"block", {probe::kWarpsPerCta * isa::kLanes}},
            {"buffers", std::move(buffers)},
            {"arguments", std::move(arguments)},
            {"outputs", {"D"}}};
}

std::string kernel_file(const probe::ProbeKernel& kernel) {
    return fmt::format("kernels/{}.ptx", kernel.name());
}

}  // namespace

void add_numerics(Writer& writer, const PrepareOptions& options) {
    const isa::Architecture& newest = isa::find_architecture(options.architecture);
    std::uint64_t seed = options.seed;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        seed += 4;  // one for each operand
        const isa::Architecture* least = least_architecture(form, newest);
        if (least == nullptr) continue;
        const probe::ProbeKernel kernel{&form, isa::MetadataOrdering::kOrdered, 0};
        const std::uint32_t instructions =
            options.quick ? kQuickInstructions : options.instructions;
        const std::string launch = fmt::format("numerics/{}.json", kernel.name());
        writer.add_text(kernel_file(kernel), probe::kernel_text(kernel, *least));
        writer.add_text(launch, launch_json(kernel, seed, instructions).dump(1) + "\n");
        cuda::CampaignEntry entry;
        entry.name = "random/" + kernel.name();
        entry.group = "numerics";
        entry.kernel = kernel_file(kernel);
        entry.launch = launch;
        entry.architecture = least->number;
        entry.form = form.ptx_name();
        entry.keep = {(options.quick ? 1 : kBlockInstructions) *
                          probe::FragmentOrder(form, Operand::kD).bytes(),
                      options.quick ? kQuickKeptEvery : kKeptEvery};
        writer.add_entry(std::move(entry));
    }
}

void add_probes(Writer& writer, const PrepareOptions& options) {
    const isa::Architecture& newest = isa::find_architecture(options.architecture);
    probe::CampaignOptions questions;
    questions.instructions = 0;  // random ones are entries of their own
    for (const probe::ProbeRow& row : probe::probe_rows()) {
        if (row.id != "P12" && row.id != "P14") questions.only.emplace_back(row.id);
    }
    if (options.quick) questions.only = {"P1", "P11"};
    for (const probe::ProbePlan& plan : probe::plan_campaign(newest, questions)) {
        const isa::Architecture* least = least_architecture(*plan.kernel.form, newest);
        if (least == nullptr) continue;
        const probe::NumericsProbe probe = probe::make_probe(plan);
        const launch::Launch launch = probe::probe_launch(probe);
        const std::string folder = "probes/" + plan.name;
        writer.add_text(kernel_file(plan.kernel), probe::kernel_text(plan.kernel, *least));
        writer.add_text(folder + "/launch.json", launch::launch_text(launch));
        for (const launch::Buffer& buffer : launch.buffers) {
            if (buffer.data.empty()) continue;
            writer.add_bytes(fmt::format("{}/{}.bin", folder, buffer.name), buffer.data);
        }
        cuda::CampaignEntry entry;
        entry.name = "probe/" + plan.name;
        entry.group = "numerics";
        entry.kernel = kernel_file(plan.kernel);
        entry.launch = folder + "/launch.json";
        entry.architecture = least->number;
        entry.form = plan.kernel.instruction();
        writer.add_entry(std::move(entry));
    }
}

}  // namespace sptc::campaign
