// ptxas assembles the kernels of every timing probe, for sm_80 and for what the built-in GPUs are.
// Skipped where ptxas is not on the PATH.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "models/base/parallel.hpp"
#include "models/isa/mma.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/timing/timing_probe.hpp"
#include "tests/support/ptxas.hpp"

using namespace sptc;

namespace {

using Given = std::map<std::string, std::string>;

/// Every choice of one parameter, the others at their defaults; of the operations all forms.
std::vector<Given> choices(const timing::TimingProbe& probe, const gpu::GpuSpec& gpu) {
    Given common;
    if (probe.name == "mma") common["op"] = "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32";
    if (probe.name == "core") common["sequence"] = "ffma";
    std::vector<Given> all{common};
    for (const timing::ParameterSpec& spec : probe.parameters) {
        for (const std::string_view choice : spec.choices) {
            all.push_back(common);
            all.back()[std::string(spec.name)] = choice;
        }
        if (spec.name == "ilp") {
            all.push_back(common);
            all.back()["ilp"] = "3";
        }
    }
    if (probe.name != "mma") return all;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (!isa::has_form(isa::find_architecture(gpu.arch), form)) continue;
        all.push_back({{"op", form.ptx_name()}, {"ilp", "2"}});
    }
    return all;
}

/// The kernels of all choices that the probe can be asked, by what was asked.
std::map<std::string, std::string> kernels(const gpu::GpuSpec& gpu) {
    std::map<std::string, std::string> texts;
    for (const timing::TimingProbe& probe : timing::timing_probes()) {
        for (Given given : choices(probe, gpu)) {
            if (given.contains("bytes")) given["level"] = "l1";    // .cg copies 16 bytes only
            if (given.contains("lanes")) given["stride"] = "256";  // a word for each lane
            std::string name(probe.name);
            for (const auto& [key, value] : given) name += fmt::format(" {}={}", key, value);
            const timing::Parameters parameters(probe.parameters, given, "");
            for (const timing::PlannedRun& run : probe.plan(gpu, parameters))
                texts[fmt::format("{} #{}", name, texts.size())] = run.benchmark.ptx;
        }
    }
    return texts;
}

}  // namespace

TEST_CASE("microbench: ptxas assembles every kernel of the timing probes", "[.slow]") {
    if (!test::has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    const gpu::GpuSpec gpu = run::load_gpu("a100");
    const auto texts = kernels(gpu);
    const std::vector<std::pair<std::string, std::string>> list(texts.begin(), texts.end());
    REQUIRE(list.size() > 100);
    std::vector<std::string> messages(list.size());
    base::parallel_for(0, list.size(), [&](std::size_t i) {
        messages[i] = test::assemble(list[i].second, gpu.arch);
    });
    for (std::size_t i = 0; i < list.size(); ++i) {
        INFO(list[i].first);
        CHECK(messages[i] == "");
    }
}
