// What the PTX front end costs on sparse GEMM kernels: loading a long one, executing one without a
// timing model with values off, and with values on how long everything but the mma takes beside the
// mma itself. Processor time of one thread; reported, never asserted.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <systemc>

#include "models/tensor_core/tensor_core.hpp"
#include "tests/support/functional_run.hpp"
#include "tests/support/integer_gemm.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/layout.hpp"
#include "traces/gemm/prepare.hpp"
#include "traces/gemm/tile_choice.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/ptx/source.hpp"

using namespace sptc;

namespace {

constexpr gemm::GemmProblem kProblem{.m = 1024, .n = 1024, .k = 1024, .sparse = true};
constexpr gemm::GemmTile kTile{128, 128, 64, 64, 64, 4};

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// The kernel with its main loop unrolled to `lines` lines, as a library's is. It is only loaded.
std::string unrolled(const std::string& ptx, std::ptrdiff_t lines) {
    const std::size_t begin = ptx.find("LOOP_BODY:\n") + std::string_view("LOOP_BODY:\n").size();
    const std::size_t end = ptx.find("    @%p0 bra LOOP;\n", begin);
    const std::string body = ptx.substr(begin, end - begin);
    std::string text = ptx;
    while (std::count(text.begin(), text.end(), '\n') < lines) text.insert(end, body);
    return text;
}

void measure_load(const gemm::GemmKernel& kernel) {
    const std::string ptx = unrolled(kernel.ptx, 4000);
    constexpr int kRuns = 10;
    double best = 1e9;
    double best_lowered = 1e9;
    for (int i = 0; i < kRuns; ++i) {
        const double begin = processor_seconds();
        const auto program = ptx::load_program(ptx, "gemm.ptx", kernel.entry);
        best = std::min(best, processor_seconds() - begin);
        (void)lowering::apply(lowering::Lowering::kOn, program);
        best_lowered = std::min(best_lowered, processor_seconds() - begin);
    }
    fmt::print(
        "load of a sparse GEMM kernel of {} lines: {:.4f} s, with lowering {:.4f} s (best of {})\n",
        std::count(ptx.begin(), ptx.end(), '\n'), best, best_lowered, kRuns);
}

struct Measured {
    std::uint64_t instructions;
    double seconds;
};

Measured execute(const launch::Launch& launch, const gemm::GemmKernel& kernel,
                 launch::Values values, const test::MmaFunction& mma) {
    launch::DeviceMemory memory(launch.buffers, values);
    const auto source = ptx::make_source(ptx::load_program(kernel.ptx, "gemm.ptx", kernel.entry),
                                         launch, memory, values);
    test::FunctionalOptions options;
    options.mma = mma;
    const double begin = processor_seconds();
    const std::uint64_t instructions = test::run_functionally(*source, options);
    return {instructions, processor_seconds() - begin};
}

void report(const char* name, const Measured& run) {
    fmt::print("{:40} {:9} warp instructions {:7.3f} s {:7.1f} M/s\n", name, run.instructions,
               run.seconds, static_cast<double>(run.instructions) / run.seconds * 1e-6);
}

struct Listener : tensor_core::MmaListener {
    void mma_done(std::uint64_t, base::Cycle) override {}
};

}  // namespace

int main() {
    const gemm::GemmKernel kernel = gemm::write_kernel(kProblem, kTile);
    measure_load(kernel);
    const gemm::GemmLayout layout = gemm::layout_of(kProblem, kTile);
    report("1024^3, values off",
           execute(gemm::make_launch(kernel, layout), kernel, launch::Values::kOff, {}));

    const test::IntegerGemm integers(kProblem, 7);
    const launch::Launch launch = gemm::make_launch(kernel, layout, integers.operands());
    // The modules of the simulator compute the mma; without a function D stays as it is.
    Listener listener;
    tensor_core::TensorCore core("core", {});
    core.listener.bind(listener);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    base::Cycle now = 0;
    const auto compute = [&](const isa::Instruction& instruction,
                             const isa::MmaOperands& operands) {
        now = core.earliest(now);
        core.issue(instruction, operands, 0, now);
        for (++now; core.busy(); ++now) core.tick(now);
    };
    const Measured without = execute(launch, kernel, launch::Values::kOn, {});
    const Measured with = execute(launch, kernel, launch::Values::kOn, compute);
    report("1024^3, values on, mma left out", without);
    report("1024^3, values on", with);
    fmt::print("outside the mma {:.3f} s, in the mma {:.3f} s: {:.2f}\n", without.seconds,
               with.seconds - without.seconds, without.seconds / (with.seconds - without.seconds));
    return 0;
}
