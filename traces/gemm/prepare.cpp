#include "traces/gemm/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "models/base/error.hpp"
#include "models/types/data_type.hpp"

namespace sptc::gemm {
namespace {

constexpr std::uint32_t kMetadataColumns = 16;  // logical columns of one metadata word

std::uint32_t ceil_div(std::uint32_t value, std::uint32_t divisor) {
    return (value + divisor - 1) / divisor;
}

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

// The columns of a tight [M x columns] operand that needs at least `least` of them.
std::uint32_t columns_of(const char* operand, std::size_t elements, std::uint32_t m,
                         std::uint32_t least) {
    const std::size_t columns = elements / m;
    if (elements % m != 0 || columns < least || columns > UINT32_MAX) {
        throw base::ConfigError(
            fmt::format("GEMM operand {}: {} elements, expected {} rows of at least {}", operand,
                        elements, m, least));
    }
    return static_cast<std::uint32_t>(columns);
}

std::vector<std::byte> reordered_metadata(const GemmProblem& problem, const GemmLayout& layout,
                                          std::span<const std::uint16_t> words) {
    const std::uint32_t columns =
        columns_of("E", words.size(), problem.m, ceil_div(problem.k, kMetadataColumns));
    const std::uint32_t used = std::min(columns, layout.k_metadata / kMetadataColumns);
    std::vector<std::uint16_t> out(layout.e_bytes / sizeof(std::uint16_t), kPaddingMetadata);
    for (std::uint32_t row = 0; row < problem.m; ++row) {
        for (std::uint32_t word = 0; word < used; ++word) {
            out[metadata_index(row, word, layout.m_metadata)] =
                words[std::size_t{row} * columns + word];
        }
    }
    std::vector<std::byte> bytes(layout.e_bytes);
    std::memcpy(bytes.data(), out.data(), bytes.size());
    return bytes;
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

}  // namespace

launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout) {
    const GemmProblem& problem = kernel.problem;
    launch::Launch launch;
    launch.entry = kernel.entry;
    launch.grid = kernel.grid;
    launch.block = {kernel.threads, 1, 1};
    launch.dynamic_shared_bytes = kernel.dynamic_shared_bytes;
    launch.registers_per_thread = kernel.registers_per_thread;

    add_buffer(launch, {"A", layout.a_bytes, {}, problem.input, {problem.m, layout.lda}});
    if (problem.sparse) add_buffer(launch, {"E", layout.e_bytes, {}, std::nullopt, {}});
    add_buffer(launch, {"B", layout.b_bytes, {}, problem.input, {problem.k, layout.ldb}});
    if (problem.has_c) {
        add_buffer(launch, {"C", layout.d_bytes, {}, problem.accumulator, {problem.m, layout.ldd}});
    }
    add_buffer(launch, {"D", layout.d_bytes, {}, problem.accumulator, {problem.m, layout.ldd}});
    for (const std::uint32_t value :
         {problem.m, problem.n, problem.k, layout.lda, layout.ldb, layout.ldd}) {
        launch.arguments.emplace_back(launch::ScalarArgument{"u32", value});
    }
    if (problem.sparse) {
        launch.arguments.emplace_back(launch::ScalarArgument{"u32", layout.m_metadata});
    }
    launch.outputs = {"D"};
    return launch;
}

launch::Launch make_launch(const GemmKernel& kernel, const GemmLayout& layout,
                           const GemmOperands& operands) {
    const GemmProblem& problem = kernel.problem;
    launch::Launch launch = make_launch(kernel, layout);
    constexpr std::size_t kInputBytes = sizeof(std::uint16_t);

    const std::uint32_t a_least = problem.sparse ? 2 * ceil_div(problem.k, 4) : problem.k;
    const std::size_t a_columns = columns_of("A", operands.a.size(), problem.m, a_least);
    buffer(launch, "A").data = pitched(std::as_bytes(operands.a), problem.m,
                                       a_columns * kInputBytes, layout.lda * kInputBytes);
    if (problem.sparse) {
        buffer(launch, "E").data = reordered_metadata(problem, layout, operands.e);
    }
    check_size("B", operands.b.size(), std::size_t{problem.k} * problem.n);
    buffer(launch, "B").data = pitched(std::as_bytes(operands.b), problem.k,
                                       problem.n * kInputBytes, layout.ldb * kInputBytes);
    if (problem.has_c) {
        const auto bytes = static_cast<std::size_t>(types::bits(problem.accumulator) / 8);
        check_size("C", operands.c.size() / bytes, std::size_t{problem.m} * problem.n);
        buffer(launch, "C").data =
            pitched(operands.c, problem.m, problem.n * bytes, layout.ldd * bytes);
    }
    return launch;
}

std::vector<std::byte> extract_d(const GemmProblem& problem, const GemmLayout& layout,
                                 std::span<const std::byte> buffer) {
    SPTC_ASSERT(buffer.size() == layout.d_bytes);
    const auto bytes = static_cast<std::size_t>(types::bits(problem.accumulator) / 8);
    return pitched(buffer, problem.m, layout.ldd * bytes, problem.n * bytes);
}

}  // namespace sptc::gemm
