// The kernels of the numerics campaign, executed from their files, answer as their own hypothesis
// says: text, launch, fragment order and predictions fit together.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "models/base/file.hpp"
#include "tests/support/functional_run.hpp"
#include "tests/support/reference_mma.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/launch/launch.hpp"
#include "traces/probe/judge.hpp"
#include "traces/probe/write_campaign.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;

namespace {

/// Runs one probe's files as a GPU would; the matrix instruction is the reference's.
void run_probe(const std::filesystem::path& campaign, const probe::ProbeEntry& entry,
               const std::filesystem::path& outputs, const isa::Architecture& architecture) {
    const launch::Launch launch = launch::read_launch(campaign / entry.launch);
    launch::DeviceMemory memory(launch.buffers, launch::Values::kOn);
    const auto program =
        ptx::load_program(base::read_text(campaign / entry.kernel), entry.kernel, launch.entry);
    const auto source = ptx::make_source(program, launch, memory, launch::Values::kOn);
    test::FunctionalOptions options;
    options.mma = test::ReferenceMma(architecture);
    (void)test::run_functionally(*source, options);
    const auto folder = probe::output_folder(outputs, entry);
    std::filesystem::create_directories(folder);
    base::write_bytes(folder / (entry.output + ".bin"), memory.content(entry.output));
}

}  // namespace

TEST_CASE("probe: executed kernels give what the architecture's own hypothesis predicts") {
    const std::map<std::string, std::string> own{
        {"P5", "immune"}, {"P6", "as documented"}, {"P11", "clamps once"}, {"P12", "expected"}};
    for (const std::string_view name : {"sm_80", "sm_90"}) {
        const isa::Architecture& architecture = isa::find_architecture(name);
        const test::TemporaryDirectory directory;
        // 11 instructions: three CTAs, the last of which is not full.
        const auto campaign = probe::write_campaign(
            directory.path(), architecture,
            {.seed = 1, .instructions = 11, .only = {"P5", "P6", "P11", "P12"}}, nullptr);
        const auto outputs = directory.path() / "outputs";
        for (const probe::ProbeEntry& entry : campaign.probes) {
            run_probe(directory.path(), entry, outputs, architecture);
        }
        for (const probe::Verdict& verdict : probe::judge(directory.path(), outputs)) {
            INFO(verdict.probe << " " << verdict.problem);
            REQUIRE(verdict.judged());
            for (const probe::Judgement& judgement : verdict.judgements) {
                if (judgement.hypothesis == own.at(verdict.id)) CHECK(judgement.differing == 0);
            }
        }
    }
}
