#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "models/api/sptc/mma.hpp"
#include "tests/support/mma_case.hpp"
#include "tests/support/random_mma.hpp"

using namespace sptc;
using Catch::Contains;

namespace {

constexpr const char* kSparse =
    "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";
constexpr const char* kDense = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32";

/// The packed operands of some instructions, and D by the reference.
struct Batch {
    void append(const test::MmaCase& mma, const test::Machine& machine) {
        const isa::MmaForm& form = *mma.form;
        const auto add = [](std::vector<std::byte>& to, const std::vector<std::byte>& from) {
            to.insert(to.end(), from.begin(), from.end());
        };
        add(a, test::pack_elements(mma.a, types::bits(form.a)));
        add(b, test::pack_elements(mma.b, types::bits(form.b)));
        add(c, test::pack_elements(mma.c, types::bits(form.c)));
        add(e, test::packed_codes(mma));
        add(expected, test::pack_elements(test::reference_d(mma, machine), types::bits(form.d)));
    }
    std::vector<std::byte> compute(const Mma& mma) const {
        std::vector<std::byte> d(expected.size());
        mma.compute({a, b, c, e, d});
        return d;
    }
    std::vector<std::byte> a, b, c, e, expected;
};

}  // namespace

TEST_CASE("library: every instruction of every architecture gives the reference's bits") {
    test::RandomMma random(21);
    for (const std::string& arch : mma_architectures()) {
        for (const std::string& name : mma_instructions(arch)) {
            INFO(arch << " " << name);
            Batch batch;
            for (const auto kind : {test::OperandKind::kWide, test::OperandKind::kRandomBits}) {
                batch.append(random(*isa::parse_mma(name).form, kind), {arch});
            }
            CHECK(batch.compute(Mma(name, {.arch = arch})) == batch.expected);
        }
    }
}

TEST_CASE("library: extents and sizes are those of the instruction") {
    const Mma sparse(kSparse);
    CHECK(sparse.m() == 16);
    CHECK(sparse.n() == 8);
    CHECK(sparse.k() == 32);
    CHECK(sparse.k_stored() == 16);
    CHECK(sparse.a_bytes() == 16 * 16 * 2);
    CHECK(sparse.b_bytes() == 32 * 8 * 2);
    CHECK(sparse.c_bytes() == 16 * 8 * 4);
    CHECK(sparse.d_bytes() == 16 * 8 * 4);
    CHECK(sparse.e_bytes() == 16 * 8 / 2);
    const Mma quad("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f16", {.arch = "sm_70"});
    CHECK(quad.a_bytes() == 4 * 8 * 4 * 2);
    CHECK(quad.c_bytes() == 4 * 8 * 8 * 2);
    CHECK(quad.d_bytes() == 4 * 8 * 8 * 4);
    CHECK(quad.e_bytes() == 0);
}

TEST_CASE("library: the grouping of sparse products can be chosen") {
    test::RandomMma random(22);
    Batch batch;
    batch.append(random(*isa::parse_mma(kSparse).form, test::OperandKind::kBoundary),
                 {"sm_80", isa::Partition::kReversed});
    CHECK(batch.compute(Mma(kSparse, {.sparse_groups = "H5"})) == batch.expected);
}

TEST_CASE("library: what a caller gets wrong is an MmaError that says what is expected") {
    CHECK_THROWS_WITH(Mma("mma.sync"), Contains("'.aligned' is missing"));
    CHECK_THROWS_WITH(Mma(kSparse, {.arch = "sm_75"}), Contains("sm_75 has no"));
    CHECK_THROWS_WITH(Mma(kSparse, {.arch = "sm_1"}), Contains("expected one of sm_70"));
    CHECK_THROWS_WITH(Mma(kSparse, {.sparse_groups = "H9"}), Contains("H1, H2"));
    CHECK_THROWS_AS(mma_instructions("sm_1"), MmaError);
    std::vector<std::byte> a(512), b(512), c(512), e(64, std::byte{0x44}), d(512);
    const Mma mma(kSparse);
    CHECK_NOTHROW(mma.compute({a, b, c, e, d}));
    const auto refuse = [](const Mma& with, const MmaBatch& batch, const char* text) {
        CHECK_THROWS_AS(with.compute(batch), MmaError);
        CHECK_THROWS_WITH(with.compute(batch), Contains(text));
    };
    refuse(mma, {std::span(a).first(511), b, c, e, d}, "A has 511 bytes: expected 512");
    refuse(mma, {a, b, c, {}, d}, "E (metadata) has 0 bytes: expected 64 (1 items of 64 bytes)");
    refuse(mma, {a, b, c, e, std::span(d).first(500)}, "D has 500 bytes");
    refuse(Mma(kDense), {a, std::span(b).first(256), c, e, d}, "E (metadata) has 64 bytes");
    e[9] = std::byte{0x94};
    CHECK_NOTHROW(mma.compute({a, b, c, e, d}));
    e[9] = std::byte{0x24};
    refuse(mma, {a, b, c, e, d}, "item 0: metadata of row 2, chunk 3 is 0x2");
    CHECK_NOTHROW(
        Mma("mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32").compute({a, b, c, e, d}));
    e[9] = std::byte{0x54};
    CHECK_NOTHROW(Mma(kSparse, {.metadata = Metadata::kHardware}).compute({a, b, c, e, d}));
}
