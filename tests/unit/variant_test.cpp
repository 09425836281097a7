#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/variant/group_code.hpp"
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
    for (const Row& row : {Row{"stc", "2:4", 0.5, 2}, Row{"flex", "2:8", 0.25, 4},
                           Row{"flex", "1:4", 0.25, 2}, Row{"flex", "1:8", 0.125, 4},
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

TEST_CASE("variant: outer product skips an operand that is all zeros") {
    CHECK(run("dstc", "dense", {64, 128, 64}, 0).resident.datapath_cycles() == 0);
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
    for (const char* pattern : {"4:2", "0:4", "2:", "2:4:", "2:99", "x", ""}) {
        INFO(pattern);
        CHECK_THROWS_AS(run("flex", pattern, {64, 64, 64}), base::ConfigError);
    }
    CHECK_THROWS_AS(run("hss", "2:4", {64, 64, 64}), base::ConfigError);
    CHECK_THROWS_AS(run("flex", "2:4", {0, 64, 64}), base::ConfigError);
    CHECK_THROWS_AS(run("flex", "2:4", {64, 64, 64}, 1.5), base::ConfigError);
    CHECK_THROWS_AS(load_machine("nope"), base::ConfigError);
}

}  // namespace
}  // namespace sptc::accelerator
