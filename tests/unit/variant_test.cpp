#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <vector>

#include "models/base/error.hpp"
#include "models/variant/group_code.hpp"
#include "models/variant/operands.hpp"
#include "models/variant/variant.hpp"
#include "sim/accelerator/machine_config.hpp"
#include "sim/accelerator/variant_run.hpp"

namespace sptc::accelerator {
namespace {

VariantResult run(const char* variant, const char* pattern, loop_nest::Extents extents,
                  double b_density = 0.5, bool check = false) {
    VariantRequest request;
    request.variant = variant;
    request.pattern = pattern;
    request.extents = extents;
    request.b_density = b_density;
    request.check = check;
    return run_variant(request, load_machine(kDefaultMachine));
}

TEST_CASE("variant: D of every variant equals the reference, also with partial tiles and groups") {
    for (const variant::Variant& row : variant::variants()) {
        INFO(row.name);
        CHECK(run(row.name.data(), row.example.data(), {100, 72, 200}, 0.5, true).exact == true);
        CHECK(run(row.name.data(), row.example.data(), {64, 128, 192}, 0.5, true).exact == true);
    }
}

TEST_CASE("variant: datapath cycles are the larger of compute and the words of a dense cycle") {
    // nm-variants: T_d * max(N/M, (wB + wA * N/M * (1 + index bits / b)) / BW), wA 8, wB 16, BW 42;
    // the operands of the first step are fetched before it and are not part of the figure (up to
    // one step of 128).
    struct Row {
        const char* variant;
        const char* pattern;
        double density, index_bits;
    };
    for (const Row& row :
         {Row{"tc", "2:4", 1, 0}, Row{"stc", "2:4", 0.5, 2}, Row{"flex-rle", "2:8", 0.25, 4},
          Row{"flex", "2:8", 0.25, 4}, Row{"flex", "1:4", 0.25, 2}, Row{"flex", "1:8", 0.125, 4},
          Row{"hss", "4:8/2:4", 0.25, 3.5}, Row{"vector-wise", "8:32", 0.25, 5}}) {
        INFO(row.variant << ' ' << row.pattern);
        const VariantResult result = run(row.variant, row.pattern, {256, 256, 2048});
        const double dense = static_cast<double>(result.dense_cycles);
        const double expected =
            dense * std::max(row.density, (16 + 8 * row.density * (1 + row.index_bits / 8)) / 42);
        CHECK(static_cast<double>(result.resident.datapath_cycles()) ==
              Approx(expected).epsilon(0.01));
    }
}

TEST_CASE("variant: V:2:M takes 2/M of the dense cycles, or what its gathered rows of B need") {
    // Words of a dense cycle: 16 of B times 4/M kept rows; 8 of A times 2/M with 2-bit indices, and
    // column-loc, 4 bytes for each block and group of M columns. Bank conflicts come on top, and
    // there are none for 2:4, whose columns are consecutive.
    const loop_nest::Extents extents{256, 256, 2048};
    const VariantResult whole = run("venom", "64:2:4", extents);
    CHECK(whole.resident.total.conflict_bits == 0);
    const double dense = static_cast<double>(whole.dense_cycles);
    CHECK(static_cast<double>(whole.resident.datapath_cycles()) == Approx(dense / 2).epsilon(0.01));

    const VariantResult sparse = run("venom", "64:2:16", extents);
    const double conflicts = static_cast<double>(sparse.resident.total.conflict_bits) / 8 / dense;
    const double blocks = 64.0 * 128 * 16 / 1024;  // dense cycles of a block and 16 columns
    const double words = 16 * 4 / 16.0 + 8 * (2 / 16.0) * (1 + 2 / 8.0) + 4 / blocks + conflicts;
    CHECK(conflicts > 0);
    CHECK(static_cast<double>(sparse.resident.datapath_cycles()) ==
          Approx(dense * std::max(2 / 16.0, words / 42)).epsilon(0.02));
}

TEST_CASE("variant: B in a bitmap takes its density and an eighth of the words") {
    const double density = 0.3, kept = 2.0 / 8;
    const VariantResult result = run("dual", "2:8", {256, 256, 2048}, density);
    const double words = 16 * (density + 1 / 8.0) + 8 * kept * (1 + 4 / 8.0);
    CHECK(static_cast<double>(result.resident.datapath_cycles()) ==
          Approx(static_cast<double>(result.dense_cycles) * std::max(kept, words / 42))
              .epsilon(0.01));
}

TEST_CASE("variant: outer product takes an operation for each started 8 x 16 nonzeros of a k") {
    // 4 of 8 in rows and columns of a warp tile are 16 of 32: two eighths and one sixteenth where
    // the dense tile has four and two. Patterns along k do not fix the count of a column of A, so
    // the density is 0, 1 or drawn.
    CHECK(run("dstc", "dense", {64, 128, 64}, 0).resident.datapath_cycles() == 0);
    const VariantResult full = run("dstc", "dense", {256, 256, 256}, 1);
    CHECK(full.resident.busy_cycles == full.dense_cycles);

    // One unit, one warp tile, one step of 16 k: counted by hand from the operands.
    variant::MachineSpec spec = load_machine("dstc");
    spec.macs = 128;
    spec.tile_m = spec.tile_n = 32;
    spec.outer_product.accumulated_words_per_cycle = 16;
    VariantRequest request;
    request.variant = "dstc";
    request.pattern = "dense";
    request.extents = {32, 32, 16};
    request.b_density = 0.4;
    const variant::Operands operands = variant::random_operands(32, 32, 16, 0.4, request.seed);
    const auto expected = [&](int words) {
        std::uint64_t a_quarters = 0, b_quarters = 0, products = 0;
        for (int k = 0; k < 16; ++k) {
            const auto of_b = static_cast<std::uint64_t>(
                32 - std::count(operands.b.row(k), operands.b.row(k) + 32, std::int8_t{0}));
            a_quarters += 4 * ((of_b + 15) / 16);
            b_quarters += 2 * ((of_b + 7) / 8);
            products += 32 * of_b;
        }
        const std::uint64_t issue = std::min(a_quarters, b_quarters);
        if (words == 0) return issue;
        return std::max(issue, (products + static_cast<std::uint64_t>(words) - 1) /
                                   static_cast<std::uint64_t>(words));
    };
    CHECK(run_variant(request, spec).resident.busy_cycles == expected(16));
    spec.outer_product.accumulated_words_per_cycle = 0;
    CHECK(run_variant(request, spec).resident.busy_cycles == expected(0));
    CHECK(expected(0) < expected(16));
}

TEST_CASE("variant: a step of units with queues of their own ends with the slowest") {
    variant::MachineSpec spec = load_machine("dstc");
    spec.outer_product = {};
    VariantRequest request;
    request.variant = "dstc";
    request.pattern = "dense";
    request.extents = {64, 64, 256};
    request.b_density = 0.5;
    const std::uint64_t shared = run_variant(request, spec).resident.busy_cycles;
    spec.outer_product.units_per_queue = 1;
    CHECK(run_variant(request, spec).resident.busy_cycles > shared);
    request.b_density = 1;
    CHECK(run_variant(request, spec).resident.busy_cycles == 64u * 64 * 256 / 512);
}

TEST_CASE("variant: density-bound blocks take a cycle for each activation that the bound keeps") {
    // T * a/M, or the words of a dense cycle: 16 of B times a/M values and M bits of mask, 8 of A.
    struct Row {
        const char* pattern;
        double weights, activations, block;
    };
    for (const Row& row :
         {Row{"4:8/8:8", 4, 8, 8}, Row{"4:8/4:8", 4, 4, 8}, Row{"2:8/3:8", 2, 3, 8},
          Row{"4:8/1:8", 4, 1, 8}, Row{"2:4/2:4", 2, 2, 4}}) {
        INFO(row.pattern);
        const VariantResult result = run("s2ta", row.pattern, {256, 256, 1920}, 1);
        const auto share = [&row](double kept) { return (kept + row.block / 8) / row.block; };
        const double words = 16 * share(row.activations) + 8 * share(row.weights);
        const double expected = static_cast<double>(result.dense_cycles) *
                                std::max(row.activations / row.block, words / 42);
        CHECK(static_cast<double>(result.resident.datapath_cycles()) ==
              Approx(expected).epsilon(0.02));
    }
}

TEST_CASE("variant: density-bound blocks execute the products of two nonzeros, and gate the rest") {
    const VariantResult result = run("s2ta", "4:8/8:8", {64, 128, 128}, 1);
    CHECK(result.resident.total.products == 64u * 128 * 128 / 2);
    CHECK(result.resident.total.gated == 64u * 128 * 128 / 2);
}

TEST_CASE("variant: row-wise N:4 takes N of four cycles where all rows have one N") {
    VariantRequest request;
    request.variant = "vegeta";
    request.extents = {128, 256, 512};
    const variant::MachineSpec spec = load_machine("vegeta");
    for (const auto& [pattern, kept] :
         {std::pair{"1:4", 1}, std::pair{"2:4", 2}, std::pair{"4:4", 4}, std::pair{"dense", 4}}) {
        INFO(pattern);
        request.pattern = pattern;
        const VariantResult result = run_variant(request, spec);
        CHECK(result.resident.datapath_cycles() ==
              result.dense_cycles * static_cast<unsigned>(kept) / 4);
    }
    request.pattern = "3:4";
    CHECK_THROWS_AS(run_variant(request, spec), base::ConfigError);
}

TEST_CASE("variant: row-wise N:4 sums the largest N of each pass over sorted rows") {
    VariantRequest request;
    request.variant = "vegeta";
    request.pattern = "0.15";
    request.extents = {128, 256, 192};
    const variant::MachineSpec spec = load_machine("vegeta");  // tiles of 64 rows, 2 rows a pass
    variant::Operands operands = variant::random_operands(128, 256, 192, 1, request.seed);
    variant::prune_unstructured(operands.a, 0.15);
    std::uint64_t expected = 0;
    for (int k = 0; k < 192; k += 64) {
        for (int top = 0; top < 128; top += 64) {
            std::vector<int> largest;
            for (int row = top; row < top + 64; ++row) {
                int fullest = 0;
                for (int group = k; group < k + 64; group += 4) {
                    const std::int8_t* of = operands.a.row(row) + group;
                    fullest = std::max(
                        fullest, 4 - static_cast<int>(std::count(of, of + 4, std::int8_t{0})));
                }
                largest.push_back(fullest <= 1 ? 1 : fullest == 2 ? 2 : 4);
            }
            std::sort(largest.rbegin(), largest.rend());
            for (std::size_t i = 0; i < largest.size(); i += 2)
                expected += 16u * static_cast<unsigned>(largest[i]);
        }
    }
    CHECK(run_variant(request, spec).resident.busy_cycles == expected);
}

TEST_CASE("variant: unstructured pruning keeps the part that was asked for, the largest") {
    variant::Operands operands = variant::random_operands(64, 1, 100, 1, 3);
    const variant::Int8Matrix before = operands.a;
    variant::prune_unstructured(operands.a, 0.25);
    int kept = 0, least_kept = 127, most_dropped = 0;
    for (std::size_t i = 0; i < before.elements.size(); ++i) {
        const int magnitude = std::abs(before.elements[i]);
        if (operands.a.elements[i] != 0) {
            ++kept;
            least_kept = std::min(least_kept, magnitude);
        } else {
            most_dropped = std::max(most_dropped, magnitude);
        }
    }
    CHECK(kept == 1600);
    CHECK(least_kept >= most_dropped);
}

TEST_CASE("variant: codes give back the positions that they were made of") {
    const variant::CoordinateCode coordinate({2, 6}, 4);
    const variant::RunLengthCode run_length({2, 6});
    const variant::HierarchicalCode two_ranks({1, 3}, {2, 2});
    CHECK(coordinate.bits() == 8);
    CHECK(run_length.bits() == 4);
    for (int first = 0; first < 6; first += 2) {
        const std::uint64_t mask = std::uint64_t{3} << first;
        for (const variant::GroupCode* code : std::initializer_list<const variant::GroupCode*>{
                 &coordinate, &run_length, &two_ranks}) {
            std::array<std::uint8_t, 2> positions{};
            code->decode(code->encode(mask), positions);
            CHECK(positions[0] == first);
            CHECK(positions[1] == first + 1);
        }
    }
    CHECK_THROWS_AS(coordinate.encode(7), base::ConfigError);
}

TEST_CASE("variant: wrong names, patterns and shapes are refused") {
    CHECK_THROWS_AS(run("stcc", "2:4", {64, 64, 64}), base::ConfigError);
    for (const char* pattern :
         {"4:2", "0:4", "2:", "2:4:", "2:99", "0.0", "1.5", "0.1x", "x", ""}) {
        INFO(pattern);
        CHECK_THROWS_AS(run("flex", pattern, {64, 64, 64}), base::ConfigError);
    }
    CHECK_THROWS_AS(run("hss", "2:4", {64, 64, 64}), base::ConfigError);
    CHECK_THROWS_AS(run("flex", "0.1", {64, 64, 64}), base::ConfigError);
    CHECK_THROWS_AS(run("s2ta", "4:8/2:4", {64, 64, 64}), base::ConfigError);
    CHECK_THROWS_AS(run("flex", "2:4", {0, 64, 64}), base::ConfigError);
    CHECK_THROWS_AS(run("flex", "2:4", {64, 64, 64}, 1.5), base::ConfigError);
    CHECK_THROWS_AS(load_machine("nope"), base::ConfigError);
}

}  // namespace
}  // namespace sptc::accelerator
