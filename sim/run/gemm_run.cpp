#include "sim/run/gemm_run.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/reference/gemm.hpp"
#include "sim/run/device_capacity.hpp"
#include "sim/run/gemm_operands.hpp"
#include "sim/run/kernel_run.hpp"
#include "sim/run/progress.hpp"
#include "sim/run/thread_choice.hpp"
#include "sim/run/trace_run.hpp"
#include "traces/gemm/check_epilogue.hpp"
#include "traces/gemm/elements.hpp"
#include "traces/gemm/forms.hpp"
#include "traces/gemm/prepare.hpp"
#include "traces/gemm/sparse_a.hpp"
#include "traces/gemm/tile_choice.hpp"
#include "traces/ptx/output_exactness.hpp"
#include "traces/ptx/source.hpp"
#include "traces/tensor_file/npy.hpp"

namespace sptc::run {
namespace {

using launch::Values;

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

gemm::TileLimits tile_limits(const gpu::GpuSpec& spec) {
    const sm::SmSpec& sm = spec.sm;
    gemm::TileLimits limits;
    limits.shared_bytes_per_cta = sm.shared_memory.bytes_per_cta;
    limits.shared_bytes_per_sm = sm.shared_memory.bytes;
    limits.reserved_shared_bytes_per_cta = sm.shared_memory.reserved_bytes_per_cta;
    limits.registers_per_sm = sm.registers;
    limits.threads_per_sm = sm.max_warps * isa::kLanes;
    limits.macs_per_cycle =
        sm.sub_cores * static_cast<std::uint32_t>(sm.tensor_core.f16_macs_per_cycle);
    limits.shared_bytes_per_cycle = sm.shared_memory.banks * sm.shared_memory.bank_bytes;
    limits.l2_bytes_per_cycle_and_sm =
        static_cast<std::uint32_t>(spec.memory.crossbar.sm_bytes_per_cycle);
    limits.l2_bytes_per_cycle = spec.memory.l2.slices * spec.memory.l2.slice_bytes_per_cycle;
    return limits;
}

/// A kernel with its launch: what is simulated and what --emit-ptx writes.
struct PreparedKernel {
    gemm::GemmKernel kernel;
    gemm::GemmLayout layout;
    launch::Launch launch;
};

PreparedKernel prepare(const GemmRequest& request, const gemm::GemmProblem& problem,
                       const std::optional<gemm::ForcedTile>& forced, const GemmValues* values) {
    const gemm::TileLimits limits = tile_limits(request.gpu);
    const gemm::GemmTile tile = forced
                                    ? gemm::complete_tile(problem, *forced, request.gpu.sms, limits)
                                    : gemm::choose_tile(problem, request.gpu.sms, limits);
    PreparedKernel prepared;
    prepared.kernel = gemm::write_kernel(problem, tile, limits.shared_bytes_per_cta);
    prepared.layout = gemm::layout_of(problem, tile);
    prepared.launch = values == nullptr
                          ? gemm::make_launch(prepared.kernel, prepared.layout)
                          : gemm::make_launch(prepared.kernel, prepared.layout,
                                              {values->a, values->b, values->c, values->bias});
    require_device_memory(request.gpu, prepared.launch.buffers);
    return prepared;
}

gemm::GemmProblem dense_of(gemm::GemmProblem problem) {
    problem.sparse = false;
    return problem;
}

void emit(const PreparedKernel& prepared, const std::string& directory) {
    const std::filesystem::path path(directory);
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error)
        throw base::ConfigError(
            fmt::format("{}: cannot be created: {}", directory, error.message()));
    base::write_text(path / (prepared.kernel.entry + ".ptx"), prepared.kernel.ptx);
    launch::write_launch(prepared.launch, path / (prepared.kernel.entry + ".launch.json"));
}

struct Simulated {
    GemmKernelResult result;
    std::vector<std::byte> d;  ///< [M x N]; empty with values off
    std::string doubt;         ///< why D may not be exact
};

Simulated simulate_kernel(const GemmRequest& request, PreparedKernel prepared, Values values,
                          gpu::RunOptions options, const std::string& trace_file,
                          sanitize::Sanitizer* sanitizer) {
    const auto begin = std::chrono::steady_clock::now();
    const gemm::GemmKernel& kernel = prepared.kernel;
    launch::DeviceMemory memory(prepared.launch.buffers, values);
    const TraceOutput trace{trace_file, kernel.entry + ".ptx", kernel.ptx,
                            kernel.entry + ".launch.json", launch::launch_text(prepared.launch)};
    if (sanitizer != nullptr) sanitizer->begin(prepared.launch.buffers, memory);
    for (launch::Buffer& buffer : prepared.launch.buffers)
        buffer.data = {};  // it stands in the device memory now
    const auto written = ptx::load_program(kernel.ptx, kernel.entry + ".ptx", kernel.entry);
    const auto program = lowering::apply(request.lowering, written);
    ptx::OutputExactness exactness;
    exactness.add(*written, prepared.launch, prepared.launch.buffers);
    const auto source =
        ptx::make_source(program, prepared.launch, memory, values, request.gpu.sms, nullptr,
                         sanitizer != nullptr ? sanitizer->observer() : nullptr);
    choose_threads(options, {*written, *program, prepared.launch, prepared.launch.buffers, values,
                             sanitizer, !trace_file.empty()});
    Simulated simulated;
    simulated.result.problem = kernel.problem;
    simulated.result.tile = kernel.tile;
    simulated.result.kernel_text = kernel.ptx;
    simulated.result.simulation =
        simulate_and_save(request.gpu, request.sms, *source, *program, options, trace);
    if (values == Values::kOn) {
        simulated.d = gemm::extract_d(kernel.problem, prepared.layout, memory.content("D"));
    }
    if (const ptx::Cause* doubt = exactness.doubt("D"); doubt != nullptr)
        simulated.doubt = ptx::cause_text(*doubt);
    simulated.result.wall_seconds = seconds_since(begin);
    return simulated;
}

reference::Activation reference_activation(gemm::Activation activation) {
    switch (activation) {
        case gemm::Activation::kNone:
            return reference::Activation::kNone;
        case gemm::Activation::kRelu:
            return reference::Activation::kRelu;
        case gemm::Activation::kGelu:
            return reference::Activation::kGelu;
    }
    return reference::Activation::kNone;
}

reference::Epilogue reference_epilogue(const gemm::GemmProblem& problem, const GemmValues& values) {
    const gemm::Epilogue& epilogue = problem.epilogue;
    return {.scaled = epilogue.scaled,
            .alpha = epilogue.alpha,
            .beta = problem.has_c ? epilogue.beta : 0,
            .bias = values.bias,
            .activation = reference_activation(epilogue.activation),
            .requantized = epilogue.requantized,
            .scale = epilogue.scale};
}

GemmCheckResult check(const GemmRequest& request, const GemmKernelResult& kernel,
                      const GemmValues& values, std::span<const std::byte> d) {
    const gemm::GemmProblem& problem = kernel.problem;
    const isa::MmaForm& form = gemm::form_of(problem);
    sparsity::Compressed<double> compressed;
    std::vector<std::byte> a;
    reference::GemmOperands operands{.form = form,
                                     .architecture = isa::find_architecture(request.gpu.arch),
                                     .partition = request.gpu.sm.tensor_core.partition};
    operands.m = problem.m;
    operands.n = problem.n;
    operands.k = problem.k;
    // The kernel runs whole stages; what lies beyond K is zeros.
    const std::uint32_t stages = gemm::k_tiles_of(problem, kernel.tile);
    const std::uint32_t stage = kernel.tile.cta_k / static_cast<std::uint32_t>(form.k_logical);
    operands.instructions = stages * stage;
    for (std::uint32_t slice = 0; slice < problem.split_k; ++slice) {
        operands.slices.push_back(gemm::slice_tiles(problem, kernel.tile, slice) * stage);
    }
    if (problem.sparse) {
        compressed = gemm::compress_a(form, values.a);
        const std::size_t stored = compressed.stored_columns;
        a = gemm::element_bytes(form.a, compressed.values, problem.m, stored, stored);
        operands.lda = stored;
        operands.indices = compressed.indices;
        operands.indices_pitch = compressed.stored_columns;
    } else {
        a = gemm::element_bytes(form.a, values.a.elements, problem.m, problem.k, problem.k);
        operands.lda = problem.k;
    }
    const std::vector<std::byte> b =
        gemm::element_bytes(form.b, values.b, problem.k, problem.n, problem.n);
    operands.a = a;
    operands.b = b;
    operands.ldb = problem.n;
    operands.c = values.c;
    operands.ldc = problem.n;
    operands.epilogue = reference_epilogue(problem, values);
    Progress progress("check against the reference");
    const reference::GemmCheck found = reference::GemmReference(operands).check(
        d, problem.n, 0, [&progress](double done) { progress.update(done); });
    GemmCheckResult result{.elements = found.elements,
                           .mismatches = found.mismatches,
                           .first_mismatch = {},
                           .max_relative_error_f64 = found.max_relative_error,
                           .max_scaled_error_f64 = found.max_scaled_error,
                           .non_finite = found.non_finite,
                           .doubt = {}};
    if (found.first) {
        result.first_mismatch =
            fmt::format("D[{}][{}] is {:#x}, expected {:#x}", found.first->row, found.first->column,
                        found.first->got, found.first->expected);
    }
    return result;
}

void write_d(const GemmRequest& request, const gemm::GemmProblem& problem,
             std::span<const std::byte> d) {
    const std::array<std::uint64_t, 2> shape{problem.m, problem.n};
    tensor_file::write_npy(request.out_file, problem.output(), shape, d);
}

/// Names the GPU, what it has and where there is more.
void require_pattern(const GemmRequest& request, const gemm::GemmProblem& problem) {
    if (!problem.is_extended()) return;
    const std::uint32_t fan_in =
        static_cast<std::uint32_t>(request.gpu.sm.tensor_core.flexible.largest_group);
    const sparsity::Pattern& pattern = *request.pattern;
    if (static_cast<std::uint32_t>(pattern.m) <= fan_in) return;
    const sparsity::Pattern* own = hardware_pattern(request.type);
    const std::string has =
        own != nullptr ? fmt::format("{} or dense", own->name) : std::string("dense");
    if (fan_in > 0) {
        throw base::ConfigError(fmt::format(
            "pattern '{}' has no datapath on GPU '{}': its muxes have {} inputs; expected N:M with "
            "M up to {} (/sm/tensor_core/flexible_patterns/largest_group), or dense",
            pattern.name, request.gpu.name, fan_in, fan_in));
    }
    throw base::ConfigError(fmt::format(
        "pattern '{}'{} has no datapath for {} on GPU '{}': expected {}; a made-up GPU that has "
        "one is --gpu a100-flexible-nm (a description with /sm/tensor_core/flexible_patterns)",
        pattern.name,
        request.index_format
            ? fmt::format(" with {} metadata", sparsity::name(*request.index_format))
            : "",
        types::name(request.type), request.gpu.name, has));
}

void check_request(const GemmRequest& request) {
    const bool whole = request.check || !request.out_file.empty();
    if (whole && request.values == Values::kOff) {
        throw base::ConfigError("--check and --out need D: use --values on");
    }
    if (whole && request.sms == gpu::SimulatedSms::kRepresentative) {
        throw base::ConfigError(
            "--check and --out need every element of D, but --sms representative executes only "
            "some CTAs: "
            "use --sms all");
    }
    if (request.split_k > 1 && request.sms == gpu::SimulatedSms::kRepresentative) {
        throw base::ConfigError(
            "the CTAs of a split-K kernel wait for each other, but --sms representative simulates "
            "those of one SM: use --sms all");
    }
    if (request.sanitizer != nullptr && request.sanitizer->detectors().watch() &&
        request.sms == gpu::SimulatedSms::kRepresentative) {
        throw base::ConfigError(
            "--sanitize watches whole CTAs, but --sms representative executes only some of them: "
            "use --sms all");
    }
    const gemm::GemmProblem problem = problem_of(request, 1, 1, 1);
    require_pattern(request, problem);
    (void)gemm::form_of(problem);
    gemm::check_epilogue(problem);
    if (!request.bias_file.empty() && !problem.epilogue.bias) {
        throw base::ConfigError("--bias without a bias in the epilogue: use --epilogue bias");
    }
}

}  // namespace

GemmResult run_gemm(const GemmRequest& request) {
    check_request(request);
    GemmResult result;
    result.gpu = request.gpu;
    result.pattern = request.pattern;
    result.seed = request.seed;

    GemmInput input(request);
    const GemmExtents extents = input.extents();
    const gemm::GemmProblem problem = problem_of(request, extents.m, extents.n, extents.k);
    if (request.pattern != nullptr &&
        extents.k % static_cast<std::uint32_t>(request.pattern->m) != 0) {
        result.notes.push_back(fmt::format(
            "K = {} is padded with zeros to {}, a multiple of the group of {}", extents.k,
            sparsity::padded_columns(extents.k, *request.pattern), request.pattern->m));
    }
    // A shape that the GPU cannot hold is told before anything is made or simulated.
    (void)prepare(request, problem, request.tile, nullptr);
    if (request.pattern != nullptr && request.with_dense_baseline) {
        (void)prepare(request, dense_of(problem), request.baseline_tile, nullptr);
    }
    std::optional<GemmValues> values;
    if (request.values == Values::kOn) {
        values = input.values(result.notes);
        result.retained_magnitude = values->retained_magnitude;
    }

    PreparedKernel prepared = prepare(request, problem, request.tile, values ? &*values : nullptr);
    if (!request.emit_ptx_directory.empty()) emit(prepared, request.emit_ptx_directory);
    Simulated simulated = simulate_kernel(request, std::move(prepared), request.values,
                                          request.options, request.trace_file, request.sanitizer);
    result.kernel = simulated.result;

    if (request.pattern != nullptr && request.with_dense_baseline) {
        // Cycles do not depend on values, so the baseline needs none.
        PreparedKernel dense = prepare(request, dense_of(problem), request.baseline_tile, nullptr);
        if (!request.emit_ptx_directory.empty()) emit(dense, request.emit_ptx_directory);
        const gpu::RunOptions options = options_after(request.options, result.kernel.simulation);
        result.dense =
            simulate_kernel(request, std::move(dense), Values::kOff, options, {}, nullptr).result;
    }
    if (request.check) {
        result.check = check(request, result.kernel, *values, simulated.d);
        result.check->doubt = simulated.doubt;
    }
    if (!request.out_file.empty()) write_d(request, result.kernel.problem, simulated.d);
    return result;
}

}  // namespace sptc::run
