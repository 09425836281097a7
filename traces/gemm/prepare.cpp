#include "traces/gemm/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "models/base/error.hpp"
#include "models/types/data_type.hpp"
#include "models/types/value.hpp"
#include "traces/gemm/elements.hpp"
#include "traces/gemm/forms.hpp"
#include "traces/gemm/nm_operands.hpp"
#include "traces/gemm/plan.hpp"
#include "traces/gemm/sparse_a.hpp"

namespace sptc::gemm {
namespace {

// Rows of `columns` elements into rows of `pitch` elements; the rest is zero.
std::vector<std::byte> pitched(std::span<const std::byte> tight, std::size_t rows,
                               std::size_t row_bytes, std::size_t pitch_bytes) {
    std::vector<std::byte> out(rows * pitch_bytes);
    for (std::size_t row = 0; row < rows; ++row) {
        std::memcpy(out.data() + row * pitch_bytes, tight.data() + row * row_bytes,
                    std::min(row_bytes, pitch_bytes));
    }
    return out;
}

void check_size(const char* operand, std::size_t found, std::size_t expected) {
    if (found == expected) return;
    throw base::ConfigError(
        fmt::format("GEMM operand {}: {} elements, expected {}", operand, found, expected));
}

launch::Buffer& buffer(launch::Launch& launch, const std::string& name) {
    const auto found = std::find_if(launch.buffers.begin(), launch.buffers.end(),
                                    [&](const launch::Buffer& b) { return b.name == name; });
    SPTC_ASSERT(found != launch.buffers.end());
    return *found;
}

void add_buffer(launch::Launch& launch, launch::Buffer buffer) {
    launch.arguments.emplace_back(launch::BufferArgument{buffer.name, 0});
    launch.buffers.push_back(std::move(buffer));
}

void add_number(launch::Launch& launch, types::DataType type, double value) {
    launch.arguments.emplace_back(
        launch::ScalarArgument{std::string(types::name(type)), types::nearest_bits(type, value)});
}

void add_epilogue_arguments(launch::Launch& launch, const GemmProblem& problem) {
    const Epilogue& epilogue = problem.epilogue;
    const bool half = problem.accumulator == types::DataType::kF16;
    const types::DataType computed = half ? types::DataType::kF32 : problem.accumulator;
    if (epilogue.scaled) {
        add_number(launch, computed, epilogue.alpha);
        add_number(launch, computed, epilogue.beta);
    }
    if (epilogue.requantized) add_number(launch, types::DataType::kF32, epilogue.scale);
}

// The turns have content, zeros, so that the slices take them with values off too.
void add_split_k_arguments(launch::Launch& launch, const GemmKernel& kernel,
                           const GemmLayout& layout) {
    const GemmProblem& problem = kernel.problem;
    if (problem.epilogue.requantized) {
        add_buffer(
            launch,
            {"PARTIAL", layout.partial_bytes, {}, problem.accumulator, {problem.m, layout.ldd}});
    } else {
        launch.arguments.emplace_back(launch::BufferArgument{"D", 0});
    }
    add_buffer(launch, {"TURNS",
                        layout.turns_bytes,
                        std::vector<std::byte>(layout.turns_bytes),
                        std::nullopt,
                        {}});
    const std::uint32_t k_tiles = k_tiles_of(problem, kernel.tile);
    for (const std::uint32_t value :
         {kernel.grid.z / problem.split_k, k_tiles / problem.split_k, k_tiles % problem.split_k}) {
        launch.arguments.emplace_back(launch::ScalarArgument{"u32", value});
    }
}

}  // namespace

launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout) {
    const GemmProblem& problem = kernel.problem;
    launch::Launch launch;
    launch.entry = kernel.entry;
    launch.grid = kernel.grid;
    launch.block = {kernel.threads, 1, 1};
    launch.dynamic_shared_bytes = kernel.dynamic_shared_bytes;
    launch.registers_per_thread = kernel.registers_per_thread;

    const std::uint32_t a_rows = problem.is_extended() ? layout.m_metadata : problem.m;
    add_buffer(launch, {"A", layout.a_bytes, {}, problem.input, {a_rows, layout.lda}});
    if (problem.sparse) add_buffer(launch, {"E", layout.e_bytes, {}, std::nullopt, {}});
    add_buffer(launch, {"B", layout.b_bytes, {}, problem.b_type(), {layout.b_rows, layout.ldb}});
    if (problem.has_c) {
        add_buffer(launch, {"C", layout.c_bytes, {}, problem.accumulator, {problem.m, layout.ldd}});
    }
    if (problem.epilogue.bias) {
        add_buffer(launch, {"BIAS", layout.bias_bytes, {}, problem.accumulator, {1, layout.ldd}});
    }
    add_buffer(launch, {"D", layout.d_bytes, {}, problem.output(), {problem.m, layout.ldd}});
    for (const std::uint32_t value :
         {problem.m, problem.n, problem.k, layout.lda, layout.ldb, layout.ldd}) {
        launch.arguments.emplace_back(launch::ScalarArgument{"u32", value});
    }
    if (problem.sparse) {
        launch.arguments.emplace_back(launch::ScalarArgument{"u32", layout.m_metadata});
    }
    add_epilogue_arguments(launch, problem);
    if (problem.split_k > 1) add_split_k_arguments(launch, kernel, layout);
    launch.outputs = {"D"};
    return launch;
}

launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout,
                           const GemmOperands& operands) {
    const GemmProblem& problem = kernel.problem;
    launch::Launch launch = make_launch(kernel, layout);
    const sparsity::Dense<double>& a = operands.a;
    if (a.rows != problem.m || a.columns != problem.k) {
        throw base::ConfigError(fmt::format("GEMM operand A: {} x {} elements, expected {} x {}",
                                            a.rows, a.columns, problem.m, problem.k));
    }
    if (problem.is_extended()) {
        const KernelPlan plan = plan_of(problem, kernel.tile);
        ExtendedOperands blocks = extended_operands(plan, layout, compress_a(*plan.form, a));
        buffer(launch, "A").data = std::move(blocks.a);
        buffer(launch, "E").data = std::move(blocks.e);
    } else if (problem.sparse) {
        const isa::MmaForm& form = form_of(problem);
        const auto compressed = compress_a(form, a);
        buffer(launch, "A").data = element_bytes(problem.input, compressed.values, problem.m,
                                                 compressed.stored_columns, layout.lda);
        buffer(launch, "E").data = metadata_of(form, compressed, layout);
    } else {
        buffer(launch, "A").data =
            element_bytes(problem.input, a.elements, problem.m, problem.k, layout.lda);
    }
    check_size("B", operands.b.size(), std::size_t{problem.k} * problem.n);
    buffer(launch, "B").data =
        element_bytes(problem.b_type(), operands.b, problem.k, problem.n, layout.ldb,
                      problem.b_layout == BLayout::kColumn ? Order::kColumns : Order::kRows);
    if (problem.has_c) {
        const auto bytes = static_cast<std::size_t>(types::bits(problem.accumulator) / 8);
        check_size("C", operands.c.size() / bytes, std::size_t{problem.m} * problem.n);
        buffer(launch, "C").data =
            pitched(operands.c, problem.m, problem.n * bytes, layout.ldd * bytes);
    }
    if (problem.epilogue.bias) {
        const auto bytes = static_cast<std::size_t>(types::bits(problem.accumulator) / 8);
        check_size("bias", operands.bias.size() / bytes, problem.n);
        buffer(launch, "BIAS").data =
            pitched(operands.bias, 1, problem.n * bytes, layout.ldd * bytes);
    }
    return launch;
}

std::vector<std::byte> extract_d(const GemmProblem& problem, const GemmLayout& layout,
                                 std::span<const std::byte> buffer) {
    SPTC_ASSERT(buffer.size() == layout.d_bytes);
    const auto bytes = static_cast<std::size_t>(types::bits(problem.output()) / 8);
    return pitched(buffer, problem.m, layout.ldd * bytes, problem.n * bytes);
}

}  // namespace sptc::gemm
