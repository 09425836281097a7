#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "traces/gemm/plan.hpp"
#include "traces/gemm/ptx_text.hpp"

/// What happens to accumulators on their way to D (gemm::Epilogue), in PTX. Two neighbours of a row
/// at a time are computed in %v0 and %v1: f32 of f32 and f16, f64, or s32.
namespace sptc::gemm {

/// The two accumulators that a lane has in one row of a tile: "{%acc0, %acc1}", or one register of
/// packed f16.
[[nodiscard]] std::string accumulator_pair(const KernelPlan& plan, std::uint32_t row_step,
                                           std::uint32_t column_tile);

/// The type of an access to two elements of a row: "v2.f32", of f16 "b32".
[[nodiscard]] const char* pair_type(types::DataType type);

/// The registers of the epilogue, where there is one.
void declare_epilogue(PtxText& text, const KernelPlan& plan);

/// Parameters behind the others: alpha, beta, scale.
[[nodiscard]] std::vector<std::string> epilogue_parameters(const KernelPlan& plan);

/// %c_row0, %c_row1 and %c_step from the output place of C.
void write_c_place(PtxText& text);

/// %alpha, %beta, %scale.
void write_epilogue_numbers(PtxText& text, const KernelPlan& plan);

/// The lane's elements of the bias; %t1 is its first column.
void write_bias(PtxText& text, const KernelPlan& plan);

/// Everything from a pair of accumulators to the store of D; loads and the store carry the guard.
[[nodiscard]] std::vector<std::string> finish_pair(const KernelPlan& plan, std::uint32_t row_step,
                                                   std::uint32_t column, const char* guard);

}  // namespace sptc::gemm
