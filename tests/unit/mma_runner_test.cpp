#include "models/tensor_core/mma_runner.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "models/base/error.hpp"
#include "tests/support/fresh_simulation.hpp"
#include "tests/support/mma_case.hpp"

using namespace sptc;
using tensor_core::MmaRunner;

namespace {

/// Appends values as little-endian elements.
void append(std::vector<std::byte>& bytes, const std::vector<std::uint32_t>& values, int bits) {
    for (const std::uint32_t value : values) {
        for (int byte = 0; byte < bits / 8; ++byte) {
            bytes.push_back(static_cast<std::byte>((value >> (8 * byte)) & 0xff));
        }
    }
}

struct Files {
    std::vector<std::byte> a, b, c, e, d;
    tensor_core::MmaBatch batch() { return {a, b, c, e, d}; }
};

void append(Files& files, const test::MmaCase& mma) {
    append(files.a, mma.a, 16);
    append(files.b, mma.b, 16);
    append(files.c, mma.c, types::bits(mma.form->c));
    std::vector<std::uint32_t> words(mma.codes.size() / 4);
    for (std::size_t i = 0; i < mma.codes.size(); ++i)
        words[i / 4] |= mma.codes[i] << (4 * (i % 4));
    append(files.e, words, 16);
    files.d.resize(files.d.size() +
                   mma.c.size() * static_cast<std::size_t>(types::bits(mma.form->d)) / 8);
}

}  // namespace

TEST_CASE("mma_runner: every item of a batch equals the scalar arithmetic, for every form") {
    test::FreshSimulation simulation;
    MmaRunner runner({});
    base::Random random(11);
    for (const isa::MmaForm& form : isa::mma_forms()) {
        Files files;
        std::vector<std::byte> expected;
        for (int item = 0; item < 5; ++item) {
            test::MmaCase mma(form);
            test::randomise_codes(mma, random);
            for (std::uint32_t& value : mma.a) value = types::f64_to_f16(random.normal());
            for (std::uint32_t& value : mma.b) value = types::f64_to_f16(random.normal());
            append(files, mma);
            append(expected, test::scalar_d(mma), types::bits(form.d));
        }
        runner.run(form, files.batch());
        INFO(form.ptx_name());
        CHECK(files.d == expected);
    }
}

TEST_CASE("mma_runner: sizes that do not fit and illegal metadata are refused") {
    test::FreshSimulation simulation;
    MmaRunner runner({});
    const isa::MmaForm& form = test::f16_form(true, 16, types::DataType::kF32);
    Files files;
    for (int item = 0; item < 3; ++item) append(files, test::MmaCase(form));
    CHECK_NOTHROW(runner.run(form, files.batch()));
    Files cut = files;
    cut.b.pop_back();
    CHECK_THROWS_AS(runner.run(form, cut.batch()), base::ConfigError);
    CHECK_THROWS_WITH(runner.run(form, cut.batch()),
                      Catch::Contains("B has 767 bytes: expected 768 (3 items of 256 bytes)"));
    files.e[2 * 32 + 2 * 9] = std::byte{0x45};  // item 2, row 9, chunks 0 and 1
    CHECK_THROWS_AS(runner.run(form, files.batch()), base::KernelError);
    CHECK_THROWS_WITH(runner.run(form, files.batch()),
                      Catch::Contains("item 2: metadata of row 9, chunk 0 is 0x5"));
}
