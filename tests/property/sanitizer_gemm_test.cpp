// The sanitizer finds nothing in generated kernels.
#include <catch2/catch.hpp>

#include "tests/support/functional_run.hpp"
#include "tests/support/gemm_kinds.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/gemm/prepare.hpp"
#include "traces/gemm/tile_choice.hpp"
#include "traces/ptx/source.hpp"
#include "traces/sanitize/sanitizer.hpp"

using namespace sptc;

namespace {

/// Runs a kernel on zeros: what it touches, and when, does not depend on the values.
const sanitize::Findings& findings_of(const gemm::GemmProblem& problem, const gemm::GemmTile& tile,
                                      sanitize::Sanitizer& sanitizer) {
    const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
    launch::Launch launch = gemm::make_launch(kernel, gemm::layout_of(problem, tile));
    for (launch::Buffer& buffer : launch.buffers) {
        if (buffer.name != "D") buffer.data.resize(buffer.bytes);
    }
    launch::DeviceMemory memory(launch.buffers, launch::Values::kOn);
    sanitizer.begin(launch.buffers, memory);
    const auto source =
        ptx::make_source(ptx::load_program(kernel.ptx, "gemm.ptx", kernel.entry), launch, memory,
                         launch::Values::kOn, 1, nullptr, sanitizer.observer());
    (void)test::run_functionally(*source, {});
    return sanitizer.findings();
}

}  // namespace

TEST_CASE("sanitizer: generated kernels of every type and of several tiles give no finding") {
    for (const gemm::GemmProblem& problem : test::gemm_kinds(70, 72, 200)) {
        std::size_t tried = 0;
        for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
            if (tried++ % 4 != 0) continue;  // some of each type
            sanitize::Sanitizer sanitizer(sanitize::parse_detectors("all"));
            INFO(gemm::write_kernel(problem, tile).entry);
            const sanitize::Findings& findings = findings_of(problem, tile, sanitizer);
            for (const sanitize::Finding& finding : findings.all()) {
                INFO(finding.what << " at " << finding.now.location);
                CHECK(false);
            }
            CHECK(findings.empty());
        }
        CHECK(tried > 0);
    }
}
