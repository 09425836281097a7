#include "models/tensor_core/mma_runner.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "models/base/error.hpp"
#include "tests/support/fresh_simulation.hpp"
#include "tests/support/mma_case.hpp"
#include "tests/support/random_mma.hpp"

using namespace sptc;
using tensor_core::MmaRunner;

namespace {

struct Files {
    std::vector<std::byte> a, b, c, e, d;
    tensor_core::MmaBatch batch() { return {a, b, c, e, d}; }
};

void append(std::vector<std::byte>& bytes, const std::vector<std::byte>& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
}

void append(Files& files, const test::MmaCase& mma) {
    const isa::MmaForm& form = *mma.form;
    append(files.a, test::pack_elements(mma.a, types::bits(form.a)));
    append(files.b, test::pack_elements(mma.b, types::bits(form.b)));
    append(files.c, test::pack_elements(mma.c, types::bits(form.c)));
    append(files.e, test::packed_codes(mma));
    files.d.resize(files.d.size() +
                   mma.c.size() * static_cast<std::size_t>(types::bits(form.d)) / 8);
}

}  // namespace

TEST_CASE("mma_runner: every item of a batch equals the reference, for every form") {
    for (const std::string_view arch : {"sm_75", "sm_80", "sm_90"}) {
        test::FreshSimulation simulation;
        tensor_core::TensorCoreSpec spec;
        spec.arch = arch;
        MmaRunner runner(spec);
        test::RandomMma random(11);
        for (const isa::MmaForm* form : test::forms_of(arch)) {
            Files files;
            std::vector<std::byte> expected;
            for (int item = 0; item < 3; ++item) {
                const test::MmaCase mma = random(*form, test::OperandKind::kOrdinary);
                append(files, mma);
                append(expected,
                       test::pack_elements(test::reference_d(mma, {arch}), types::bits(form->d)));
            }
            runner.run({form, isa::MetadataOrdering::kOrdered}, files.batch());
            INFO(arch << " " << form->ptx_name());
            CHECK(files.d == expected);
        }
    }
}

TEST_CASE("mma_runner: a form that the architecture lacks is refused with what it has") {
    test::FreshSimulation simulation;
    MmaRunner runner({});
    Files files;
    const auto fp8 = isa::parse_mma("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32");
    CHECK_THROWS_WITH(runner.run(fp8, files.batch()), Catch::Contains("sm_80 has no"));
    const auto quad = isa::parse_mma("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32");
    CHECK_THROWS_WITH(runner.run(quad, files.batch()),
                      Catch::Contains("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32"));
}

TEST_CASE("mma_runner: sizes that do not fit and illegal metadata are refused") {
    test::FreshSimulation simulation;
    MmaRunner runner({});
    const isa::MmaForm& form = test::f16_form(true, 16, types::DataType::kF32);
    Files files;
    for (int item = 0; item < 3; ++item) append(files, test::MmaCase(form));
    CHECK_NOTHROW(runner.run({&form, isa::MetadataOrdering::kOrdered}, files.batch()));
    Files cut = files;
    cut.b.pop_back();
    CHECK_THROWS_AS(runner.run({&form, isa::MetadataOrdering::kOrdered}, cut.batch()),
                    base::ConfigError);
    CHECK_THROWS_WITH(runner.run({&form, isa::MetadataOrdering::kOrdered}, cut.batch()),
                      Catch::Contains("B has 767 bytes: expected 768 (3 items of 256 bytes)"));
    files.e[2 * 32 + 2 * 9] = std::byte{0x45};  // item 2, row 9, chunks 0 and 1
    CHECK_THROWS_AS(runner.run({&form, isa::MetadataOrdering::kOrdered}, files.batch()),
                    base::KernelError);
    CHECK_THROWS_WITH(runner.run({&form, isa::MetadataOrdering::kOrdered}, files.batch()),
                      Catch::Contains("item 2: metadata of row 9, chunk 0 is 0x5"));
}
