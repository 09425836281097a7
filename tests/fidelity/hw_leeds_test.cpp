// Both implementations against outputs of real GPUs: single dot products of dense instructions,
// measured by the Leeds group (arXiv 2512.07004). Every bit must agree.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "models/reference/fused_dot.hpp"
#include "tests/support/hw_vectors.hpp"
#include "tests/support/reference_item.hpp"

using namespace sptc;

namespace {

/// The dense form of these types with the smallest K that holds the dot products.
const isa::MmaForm& smallest_form(const test::HwSet& set) {
    const isa::Architecture& architecture = isa::find_architecture(set.architecture);
    const isa::MmaForm* best = nullptr;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        const bool fits = !form.sparse() && form.a == set.in && form.b == set.in &&
                          form.c == set.out && form.d == set.out &&
                          static_cast<std::size_t>(form.k_logical) >= set.k &&
                          isa::has_form(architecture, form);
        if (fits && (best == nullptr || form.k_logical < best->k_logical)) best = &form;
    }
    REQUIRE(best != nullptr);
    return *best;
}

/// Mismatches of whole instructions. Dot products meet no other on the diagonal of D, so one
/// instruction computes as many as its matrices have columns.
template <class Compute>
std::size_t replay_instructions(const test::HwSet& set, Compute compute) {
    const isa::MmaForm& form = smallest_form(set);
    const auto n = static_cast<std::size_t>(form.n);
    const std::size_t per_instruction = n * static_cast<std::size_t>(form.matrices());
    std::size_t mismatches = 0;
    for (std::size_t first = 0; first < set.count; first += per_instruction) {
        test::ReferenceItem item(form);
        const std::size_t batch = std::min(per_instruction, set.count - first);
        for (std::size_t i = 0; i < batch; ++i) {
            const int at = static_cast<int>(i % n);
            const int matrix = static_cast<int>(i / n);
            for (std::size_t k = 0; k < set.k; ++k) {
                item.set_a_bits(at, static_cast<int>(k), set.a_row(first + i)[k], matrix);
                item.set_b_bits(static_cast<int>(k), at, set.b_row(first + i)[k], matrix);
            }
            item.set_c_bits(at, at, set.c[first + i], matrix);
        }
        const std::vector<std::byte> d = compute(item);
        for (std::size_t i = 0; i < batch; ++i) {
            const std::size_t at = (i / n * static_cast<std::size_t>(form.m) + i % n) * n + i % n;
            if (reference::load_bits(form.d, d, at) != set.d[first + i]) ++mismatches;
        }
    }
    return mismatches;
}

/// Mismatches of the dot products computed as chains by these parameters.
std::size_t replay_rules(const test::HwSet& set, const isa::FdpaParameters& parameters) {
    const auto rules = reference::fdpa_rules(parameters, set.in, set.in, set.out);
    std::size_t mismatches = 0;
    std::vector<reference::Number> a(set.k), b(set.k);
    for (std::size_t i = 0; i < set.count; ++i) {
        for (std::size_t k = 0; k < set.k; ++k) {
            a[k] = reference::decode(rules.a, set.a_row(i)[k]);
            b[k] = reference::decode(rules.b, set.b_row(i)[k]);
        }
        if (reference::chained_dot_add(rules, a, b, set.c[i]) != set.d[i]) ++mismatches;
    }
    return mismatches;
}

std::size_t replay_reference(const test::HwSet& set) {
    // wgmma is no form of the table.
    if (set.path == test::HwPath::kWgmma) return replay_rules(set, isa::kHopperWgmmaFp8);
    return replay_instructions(set, [&set](const test::ReferenceItem& item) {
        return item.run(isa::find_architecture(set.architecture));
    });
}

std::size_t replay_library(const test::HwSet& set) {
    return replay_instructions(set, [&set](const test::ReferenceItem& item) {
        return item.run_library(set.architecture);
    });
}

std::string_view path_name(test::HwPath path) {
    switch (path) {
        case test::HwPath::kMma:
            return "mma";
        case test::HwPath::kMmaFp8Emulated:
            return "mma, emulated";
        case test::HwPath::kWgmma:
            return "wgmma";
    }
    return "";
}

/// The sets, or nothing after saying so. In CI they must be there.
std::vector<test::HwSet> sets_or_skip() {
    if (auto sets = test::load_hw_vectors()) return *std::move(sets);
    fmt::print("skipped: no hw_leeds.json in SPTC_HW_DATA or ../shared/data\n");
    const char* ci = std::getenv("CI");
    const bool in_ci = ci != nullptr && std::string_view(ci) == "true";
    CHECK_FALSE(in_ci);
    return {};
}

}  // namespace

TEST_CASE("hardware: reference and library give every bit that seven GPUs gave") {
    const auto sets = sets_or_skip();
    if (sets.empty()) return;
    CHECK(sets.size() == 42);
    const auto line = [](auto gpu, auto architecture, auto in, auto out, auto path, auto rows,
                         auto mismatches) {
        fmt::print("{:14}{:8}{:6}{:5}{:15}{:>5}{:>12}\n", gpu, architecture, in, out, path, rows,
                   mismatches);
    };
    line("GPU", "arch", "in", "out", "path", "rows", "mismatches");
    for (const test::HwSet& set : sets) {
        std::size_t mismatches = replay_reference(set);
        if (set.path != test::HwPath::kWgmma) mismatches += replay_library(set);
        line(set.gpu, set.architecture, types::name(set.in), types::name(set.out),
             path_name(set.path), set.count, mismatches);
        CHECK(mismatches == 0);
    }
}

// The counts are those of an independent integer model in Python on the same data.
TEST_CASE("hardware: outputs of the A100 tell its F and L from the neighbouring ones") {
    const auto sets = sets_or_skip();
    const auto a100 = std::find_if(sets.begin(), sets.end(), [](const test::HwSet& set) {
        return set.gpu == "A100" && set.in == types::DataType::kF16 &&
               set.out == types::DataType::kF32;
    });
    if (a100 == sets.end()) return;
    const isa::FdpaParameters ampere = isa::find_architecture("sm_80").fdpa;
    const auto with = [&](int fraction_bits, int group_bytes) {
        isa::FdpaParameters parameters = ampere;
        parameters.fraction_bits = fraction_bits;
        parameters.group_bytes = group_bytes;
        return replay_rules(*a100, parameters);
    };
    CHECK(with(24, 16) == 0);
    CHECK(with(23, 16) == 1685);
    CHECK(with(25, 16) == 766);
    CHECK(with(24, 8) == 1261);
}
