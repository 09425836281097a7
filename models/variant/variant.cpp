#include "models/variant/variant.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "models/base/error.hpp"
#include "models/variant/density_bound_strategy.hpp"
#include "models/variant/gather_strategy.hpp"
#include "models/variant/outer_product_strategy.hpp"
#include "models/variant/row_wise_strategy.hpp"
#include "models/variant/venom_strategy.hpp"

namespace sptc::variant {
namespace {

constexpr Ratio kTwoOfFour{2, 4};
constexpr std::array<Mapping, 1> kFixed{};
constexpr std::array<Mapping, 4> kOuterProductMappings{
    {{false, false}, {false, true}, {true, false}, {true, true}}};

using StrategyPtr = std::unique_ptr<Strategy>;

[[noreturn]] void reject(const PatternText& pattern, std::string_view expected) {
    throw base::ConfigError(
        fmt::format("pattern '{}': this variant takes {}", pattern.text, expected));
}

bool flat(const PatternText& pattern) {
    return pattern.ratios.size() == 1 && pattern.block_rows == 1;
}

void check_flat(const PatternText& pattern) {
    if (!flat(pattern) || pattern.unstructured()) reject(pattern, "dense or N:M");
}

void check_any(const PatternText& pattern) {
    if (!flat(pattern)) reject(pattern, "dense, N:M or a density such as 0.1");
}

void check_row_wise(const PatternText& pattern) {
    const Ratio ratio = pattern.ratios[0];
    const bool tile_wide = ratio.m == kRowWiseSpan && ratio.n != 3;
    if (!flat(pattern) || !(ratio == Ratio{} || tile_wide))
        reject(pattern, "dense, 1:4, 2:4, 4:4 or a density such as 0.1");
}

void check_density_bound(const PatternText& pattern) {
    if (pattern.ratios.size() != 2 || pattern.ratios[0].m != pattern.ratios[1].m)
        reject(pattern, "N:M/N:M with one M: weights, then activations");
}

void check_two_ranks(const PatternText& pattern) {
    if (pattern.ratios.size() != 2) reject(pattern, "G:H/N:M");
}

void check_venom(const PatternText& pattern) {
    constexpr int kMostColumns = 16;  // all choices of four are tried
    const Ratio ratio = pattern.ratios[0];
    if (pattern.ratios.size() != 1 || ratio.n != 2 || ratio.m < kVenomColumns ||
        ratio.m > kMostColumns)
        reject(pattern, "V:2:M, M 4 .. 16");
}

void prune_flat(Operands& operands, const PatternText& pattern) {
    prune_elements(operands.a, pattern.ratios[0]);
}

void prune_any(Operands& operands, const PatternText& pattern) {
    if (pattern.unstructured())
        prune_unstructured(operands.a, pattern.kept);
    else
        prune_flat(operands, pattern);
}

void prune_both(Operands& operands, const PatternText& pattern) {
    prune_elements(operands.a, pattern.ratios[0]);
    prune_activations(operands.b, pattern.ratios[1]);
}

/// Weights of another pattern are pruned to 2:4 as well, else the hardware could not take them.
void prune_native(Operands& operands, const PatternText& pattern) {
    if (!pattern.dense()) prune_elements(operands.a, kTwoOfFour);
    prune_elements(operands.a, pattern.ratios[0]);
}

void prune_two_ranks(Operands& operands, const PatternText& pattern) {
    prune_blocks(operands.a, pattern.ratios[0], pattern.ratios[1].m);
    prune_elements(operands.a, pattern.ratios[1]);
}

void prune_blocks_of_rows(Operands& operands, const PatternText& pattern) {
    prune_venom(operands.a, pattern.block_rows, pattern.ratios[0]);
}

int index_bits(Ratio ratio) { return bits_for(static_cast<std::uint64_t>(ratio.m)); }

template <class Code, class... Arguments>
StrategyPtr gather(const Operands& operands, const MachineSpec& spec, BFormat b_format,
                   Arguments... arguments) {
    return std::make_unique<GatherStrategy>(operands, spec, std::make_unique<Code>(arguments...),
                                            b_format);
}

StrategyPtr bind_dense(const Operands& operands, const PatternText&, const MachineSpec& spec,
                       Mapping) {
    return gather<DenseCode>(operands, spec, BFormat::kPlain);
}

StrategyPtr bind_native(const Operands& operands, const PatternText& pattern,
                        const MachineSpec& spec, Mapping) {
    if (pattern.dense()) return gather<DenseCode>(operands, spec, BFormat::kPlain);
    return gather<CoordinateCode>(operands, spec, BFormat::kPlain, kTwoOfFour,
                                  index_bits(kTwoOfFour));
}

StrategyPtr bind_coordinate(const Operands& operands, const PatternText& pattern,
                            const MachineSpec& spec, Mapping) {
    if (pattern.dense()) return gather<DenseCode>(operands, spec, BFormat::kPlain);
    return gather<CoordinateCode>(operands, spec, BFormat::kPlain, pattern.ratios[0],
                                  aligned_field(index_bits(pattern.ratios[0])));
}

StrategyPtr bind_run_length(const Operands& operands, const PatternText& pattern,
                            const MachineSpec& spec, Mapping) {
    if (pattern.dense()) return gather<DenseCode>(operands, spec, BFormat::kPlain);
    return gather<RunLengthCode>(operands, spec, BFormat::kPlain, pattern.ratios[0]);
}

StrategyPtr bind_dual(const Operands& operands, const PatternText& pattern, const MachineSpec& spec,
                      Mapping) {
    if (pattern.dense()) return gather<DenseCode>(operands, spec, BFormat::kBitmap);
    return gather<RunLengthCode>(operands, spec, BFormat::kBitmap, pattern.ratios[0]);
}

StrategyPtr bind_outer_product(const Operands& operands, const PatternText&,
                               const MachineSpec& spec, Mapping mapping) {
    return std::make_unique<OuterProductStrategy>(
        operands, spec, mapping.activations_quarters ? Quarters::kB : Quarters::kA);
}

StrategyPtr bind_hierarchical(const Operands& operands, const PatternText& pattern,
                              const MachineSpec& spec, Mapping) {
    return gather<HierarchicalCode>(operands, spec, BFormat::kPlain, pattern.ratios[0],
                                    pattern.ratios[1]);
}

StrategyPtr bind_vector_wise(const Operands& operands, const PatternText& pattern,
                             const MachineSpec& spec, Mapping) {
    return gather<CoordinateCode>(operands, spec, BFormat::kPlain, pattern.ratios[0],
                                  index_bits(pattern.ratios[0]));
}

StrategyPtr bind_venom(const Operands& operands, const PatternText& pattern,
                       const MachineSpec& spec, Mapping) {
    return std::make_unique<VenomStrategy>(operands, spec, pattern.block_rows, pattern.ratios[0]);
}

StrategyPtr bind_density_bound(const Operands& operands, const PatternText& pattern,
                               const MachineSpec& spec, Mapping) {
    return std::make_unique<DensityBoundStrategy>(operands, spec, pattern.ratios[0],
                                                  pattern.ratios[1]);
}

StrategyPtr bind_row_wise(const Operands& operands, const PatternText&, const MachineSpec& spec,
                          Mapping) {
    return std::make_unique<RowWiseStrategy>(operands, spec);
}

constexpr std::string_view kSparseloop = "Wu et al. (Sparseloop), MICRO 2022, artifact, figure 15";
constexpr std::string_view kFlat = "dense, N:M";
constexpr std::string_view kByShape;
constexpr std::string_view kZerosOfB = "zeros of B, drawn independently";
constexpr std::string_view kZerosOfBoth =
    "zeros of A and B; those of B, and of an unstructured A, fall independently";
constexpr std::string_view kZerosOfA = "zeros of A, which fall independently when unstructured";

}  // namespace

std::span<const Variant> variants() {
    static const std::vector<Variant> kVariants{
        {"tc", "dense tensor core: zeros are multiplied", kSparseloop, "dense, N:M, density", "2:4",
         kByShape, kFixed, check_any, prune_any, bind_dense},
        {"stc", "native 2:4 of Ampere: coordinates of 2 bits, a 4:1 mux per lane", kSparseloop,
         kFlat, "2:4", kByShape, kFixed, check_flat, prune_native, bind_native},
        {"flex", "flexible N:M, coordinates", kSparseloop, kFlat, "2:6", kByShape, kFixed,
         check_flat, prune_flat, bind_coordinate},
        {"flex-rle", "flexible N:M, run lengths", kSparseloop, kFlat, "2:6", kByShape, kFixed,
         check_flat, prune_flat, bind_run_length},
        {"dual", "flexible N:M, run lengths, B compressed by a bitmap", kSparseloop, kFlat, "2:6",
         kZerosOfB, kFixed, check_flat, prune_flat, bind_dual},
        {"dstc", "dual-side bitmaps, outer product", "Wang et al., ISCA 2021, arXiv 2105.09564",
         "dense, N:M, density", "2:4", kZerosOfBoth, kOuterProductMappings, check_any, prune_any,
         bind_outer_product},
        {"hss", "hierarchical N:M: G of H blocks, N of M in each (HighLight)",
         "Wu et al., MICRO 2023, arXiv 2305.12718", "G:H/N:M", "4:6/2:4", kByShape, kFixed,
         check_two_ranks, prune_two_ranks, bind_hierarchical},
        {"vector-wise", "N of a vector of L, B read by index from a buffer of L values",
         "Zhu et al., MICRO 2019", "N:L", "8:32", kByShape, kFixed, check_flat, prune_flat,
         bind_vector_wise},
        {"venom", "V:2:M: four columns of M for V rows, on 2:4 hardware; B gathered by index",
         "Castro et al., SC 2023, arXiv 2310.02065", "V:2:M", "64:2:8", kZerosOfA, kFixed,
         check_venom, prune_blocks_of_rows, bind_venom},
        {"s2ta", "density-bound blocks of weights and activations, unrolled in time (S2TA)",
         "S2TA, HPCA 2022, arXiv 2107.07983", "N:M/N:M", "4:8/3:8", kByShape, kFixed,
         check_density_bound, prune_both, bind_density_bound},
        {"vegeta", "row-wise N:4: every row of a tile has its own N of 1, 2 and 4 (VEGETA)",
         "VEGETA, HPCA 2023, arXiv 2302.08687", "dense, N:4, density", "0.1", kZerosOfA, kFixed,
         check_row_wise, prune_any, bind_row_wise},
    };
    return kVariants;
}

const Variant& find_variant(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Variant& variant : variants()) {
        if (variant.name == name) return variant;
        names.push_back(variant.name);
    }
    throw base::ConfigError(
        fmt::format("unknown variant '{}': expected one of {}", name, fmt::join(names, ", ")));
}

}  // namespace sptc::variant
