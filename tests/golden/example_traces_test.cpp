// The committed traces of traces/examples against the executions of their kernels. They were
// written by scripts/record_examples.
#include <algorithm>
#include <catch2/catch.hpp>
#include <vector>

#include "models/base/file.hpp"
#include "models/base/sha256.hpp"
#include "sim/run/gpu_config.hpp"
#include "sim/run/trace_run.hpp"
#include "tests/support/same_simulation.hpp"
#include "traces/file/trace_reader.hpp"

using namespace sptc;

namespace {

/// Where kernel and launch file of a trace are, without suffix.
std::string kernel_of(const std::filesystem::path& trace) {
    const std::string name = trace.stem().string();
    const std::string beside = "traces/examples/" + name;
    return std::filesystem::exists(beside + ".ptx") ? beside : "tests/kernels/" + name;
}

}  // namespace

TEST_CASE("examples: the committed traces replay as their kernels execute") {
    std::vector<std::filesystem::path> traces;
    for (const auto& entry : std::filesystem::directory_iterator("traces/examples")) {
        if (entry.path().extension() == ".trace") traces.push_back(entry.path());
    }
    std::sort(traces.begin(), traces.end());
    REQUIRE(traces.size() >= 3);
    for (const std::filesystem::path& trace : traces) {
        INFO(trace.string() << ": scripts/record_examples records it anew");
        const std::string kernel = kernel_of(trace);
        run::LaunchRequest request;
        request.gpu = run::load_gpu("a100");
        request.ptx_file = kernel + ".ptx";
        request.launch_file = kernel + ".launch.json";
        const run::LaunchResult executed = run::run_launch(request);
        run::ReplayRequest replay;
        replay.trace_file = trace.string();
        test::check_same_simulation(executed.simulations.front(),
                                    run::run_replay(replay).simulations.front());

        const trace_file::TraceReader reader(trace);
        const trace_file::Origin& origin = reader.header().origin;
        CHECK(origin.kernel_sha256 == base::sha256_hex(base::read_text(request.ptx_file)));
        CHECK(origin.launch_sha256 == base::sha256_hex(base::read_text(request.launch_file)));
    }
}
