#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "traces/gemm/plan.hpp"
#include "traces/gemm/ptx_text.hpp"

/// How the lanes of a CTA walk over their elements of a row-major matrix of D's shape: C, D, or
/// partial sums.
namespace sptc::gemm {

/// %row_ptr0 and 1: this lane's first element, and the one 8 rows further; %row_step: 16 rows in
/// bytes; %t0 and %t1 its row and column; and %p0: the whole CTA tile is inside D.
void write_output_place(PtxText& text, const KernelPlan& plan, const char* parameter,
                        std::uint32_t element_bytes);

enum class Edge : std::uint8_t { kInside, kGuarded };

/// What is done at a row step and column tile under a guard ("" or "@%p1 ").
using Access = std::function<std::vector<std::string>(std::uint32_t, std::uint32_t, const char*)>;

/// Walks the lane's rows in steps of 8 and writes access(row step, column tile, guard) for each
/// 8-column tile; inside D without guards, at an edge with %p1.
void write_accesses(PtxText& text, const KernelPlan& plan, Edge edge, const Access& access);

}  // namespace sptc::gemm
