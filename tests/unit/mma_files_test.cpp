#include "sim/run/mma_files.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "models/types/data_type.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;

TEST_CASE("mma files: the check finds two swapped mux inputs and says where they first show") {
    const isa::MmaSpelling form =
        isa::parse_mma("mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32");
    // A: all ones; E: positions 0 and 1 of every chunk; B[k][n] = k; C: 0.
    const test::TemporaryDirectory directory;
    std::string a, b;
    for (int i = 0; i < 16 * 16; ++i) a += {'\x00', '\x3c'};
    for (int k = 0; k < 32; ++k) {
        const std::uint16_t bits = types::f64_to_f16(k);
        for (int n = 0; n < 8; ++n) b += {static_cast<char>(bits), static_cast<char>(bits >> 8)};
    }
    const run::MmaFiles files{directory.write("a", a), directory.write("b", b),
                              directory.write("c", std::string(16 * 8 * 4, '\0')),
                              directory.write("e", std::string(16 * 2 * 2, '\x44')),
                              directory.path() / "d"};
    tensor_core::TensorCoreSpec spec;
    run::Progress progress("test");
    const auto good = run::run_mma_files(form, spec, files, 1, run::Check::kOn, progress);
    CHECK(good.elements == 128);
    CHECK(good.mismatches == 0);
    CHECK_FALSE(good.first.has_value());

    // The lane of row 5 and slot 2 takes B[7] for B[4] (chunk 1), and slot 10 B[23] for B[20].
    spec.swapped_mux_inputs = {{5, 2, 0, 3}};
    const auto bad = run::run_mma_files(form, spec, files, 1, run::Check::kOn, progress);
    CHECK(bad.mismatches == 8);  // a row of D
    REQUIRE(bad.first.has_value());
    CHECK(bad.first->item == 0);
    CHECK(bad.first->row == 5);
    CHECK(bad.first->column == 0);
    // 0 + 1 + 4 + 5 + ... + 28 + 29 = 232 is right, 6 more is found: 0x43680000 and 0x436e0000.
    CHECK(bad.first->expected == 0x43680000);
    CHECK(bad.first->found == 0x436e0000);

    const auto unchecked = run::run_mma_files(form, spec, files, 1, run::Check::kOff, progress);
    CHECK(unchecked.mismatches == 0);
}
