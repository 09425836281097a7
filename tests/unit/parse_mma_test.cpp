#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "models/base/error.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"

using namespace sptc;
using Catch::Contains;

TEST_CASE("parse_mma: the name of every form leads back to it, and no name is another's") {
    std::set<std::string> names;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        INFO(form.ptx_name());
        CHECK(isa::parse_mma(form.ptx_name()).form == &form);
        names.insert(form.ptx_name());
    }
    CHECK(names.size() == isa::mma_forms().size());
}

TEST_CASE("parse_mma: qualifiers may stand in every order that ptxas takes") {
    // Each spelling was given to ptxas 13.0 for sm_80: these pass.
    const std::array accepted{
        "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32.satfinite",
        "mma.sync.aligned.m16n8k32.satfinite.row.col.s32.s8.s8.s32",
        "mma.satfinite.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32",
        "mma.sync.aligned.m16n8k32.row.satfinite.col.s32.s8.s8.s32",
        "mma.sync.aligned.m16n8k32.row.col.s32.satfinite.s8.s8.s32",
        "mma.sync.aligned.m16n8k32.row.col.satfinite.satfinite.s32.s8.s8.s32",
        "mma.m16n8k32.sync.satfinite.aligned.row.col.s32.s8.s8.s32",
        "mma.aligned.sync.sync.m16n8k32.row.col.satfinite.s32.s8.s8.s32",
        "mma.sync.aligned.satfinite.row.m16n8k32.col.s32.s8.s8.s32",
        "mma.sync.aligned.satfinite.s32.s8.s8.s32.m16n8k32.row.col",
        "mma.sync.aligned.m16n8k32.s32.row.col.s8.satfinite.s8.s32",
    };
    const isa::MmaForm* form = isa::parse_mma(accepted[0]).form;
    for (const char* name : accepted) {
        INFO(name);
        CHECK(isa::parse_mma(name).form == form);
    }
    const isa::MmaForm* bits =
        isa::parse_mma("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.xor.popc").form;
    CHECK(isa::parse_mma("mma.xor.popc.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32").form == bits);
    CHECK(isa::parse_mma("mma.sync.aligned.m16n8k256.row.col.xor.s32.b1.b1.s32.popc").form == bits);
    CHECK(isa::parse_mma("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64.rn").form ==
          isa::parse_mma("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64").form);
    CHECK(isa::parse_mma("mma.rz.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64").form->rounding ==
          isa::Rounding::kTowardZero);
}

TEST_CASE("parse_mma: mma.sp tells whether its metadata is ordered") {
    const auto ordering = [](const char* name) { return isa::parse_mma(name).ordering; };
    CHECK(ordering("mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32") ==
          isa::MetadataOrdering::kAny);
    CHECK(ordering("mma.sp::ordered_metadata.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32") ==
          isa::MetadataOrdering::kOrdered);
    CHECK(ordering("mma.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32.sp::ordered_metadata") ==
          isa::MetadataOrdering::kOrdered);
}

TEST_CASE("parse_mma: what ptxas refuses is refused with what is wrong and what is near") {
    const auto refuse = [](const char* name, const char* text) {
        INFO(name);
        CHECK_THROWS_AS((void)isa::parse_mma(name), base::ConfigError);
        CHECK_THROWS_WITH((void)isa::parse_mma(name), Contains(text));
    };
    refuse("mma.sync.m16n8k32.row.col.s32.s8.s8.s32", "'.aligned' is missing");
    refuse("mma.aligned.m16n8k32.row.col.s32.s8.s8.s32", "'.sync' is missing");
    refuse("mma.sync.aligned.aligned.m16n8k32.row.col.s32.s8.s8.s32", "'.aligned' twice");
    refuse("mma.sync.aligned.m16n8k32.m16n8k32.row.col.s32.s8.s8.s32", "two shapes");
    refuse("mma.sync.aligned.m16n8k32.row.col.row.s32.s8.s8.s32", "a third layout");
    refuse("mma.sync.aligned.m8n8k4.rn.rn.row.col.f64.f64.f64.f64", "two roundings");
    refuse("mma.sync.aligned.m16n8k32.col.row.s32.s8.s8.s32", "no such form");
    refuse("mma.sync.aligned.m16n8k32.s32.s8.s8.s32", ".row.col are missing");
    refuse("mma.sync.aligned.row.col.s32.s8.s8.s32", "no shape");
    refuse("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8", "expected 4 types (D, A, B, C), found 3");
    refuse("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.popc.xor", "must follow");
    refuse("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.xor", "'.popc' is missing");
    refuse("mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32", "no such form");
    refuse("mma.sync.aligned.m16n8k256.row.col.satfinite.s32.b1.b1.s32.xor.popc", "no such form");
    refuse("mma.sp.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32", "two sparsity qualifiers");
    refuse("mma.sync.aligned.m16n8k16.row.col.satfinite.f32.f16.f16.f32", "no such form");
    refuse("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f16", "no such form");
    refuse("mma.sync.aligned.m16n8k16.row.col.rz.f32.f16.f16.f32", "no such form");
    refuse("mma.sync.aligned.m16n8k99.row.col.f32.f16.f16.f32",
           "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32");
    refuse("mma.sync.aligned.m16n8k16.row.col.f32.f16.f17.f32", "unknown qualifier '.f17'");
    refuse("mma.sp.sptc::n1m4.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32",
           "no 1:4 instruction of f16 x f16 -> f32 with K = 16: expected a multiple of 32");
    refuse("mma.sync.sptc::n1m4.aligned.m16n8k16.row.col.f32.f16.f16.f32", "without '.sp'");
    refuse("mma.sp.sptc::n5m4.sync.aligned.m16n8k64.row.col.f32.f16.f16.f32",
           "unknown pattern '5:4': cannot keep 5 of 4");
    refuse("mma.sp.sptc::n1m33.sync.aligned.m16n8k64.row.col.f32.f16.f16.f32",
           "a group of 33 is too large");
    refuse("mma.sp.sptc::14.sync.aligned.m16n8k64.row.col.f32.f16.f16.f32", "is no pattern");
    refuse("mma.sp.sptc::n1m4::zip.sync.aligned.m16n8k64.row.col.f32.f16.f16.f32",
           "unknown index format 'zip': expected one of coordinate, bitmask, combinatorial");
    refuse("mma.sp.sptc::n1m4.sync.aligned.m16n8k64.row.col.f32.bf16.f16.f32",
           "no 1:4 instruction of bf16 x f16");
    refuse("wgmma.sync", "does not begin with 'mma'");
    refuse("mma", "'.sync' is missing");
}

TEST_CASE(
    "architectures: each has its forms, and a missing one is an error that lists what it has") {
    const auto has = [](std::string_view arch, const char* name) {
        return isa::has_form(isa::find_architecture(arch), *isa::parse_mma(name).form);
    };
    const char* const quad = "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32";
    const char* const fp8 = "mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e5m2.f32";
    const char* const sparse = "mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";
    CHECK(has("sm_70", quad));
    CHECK(has("sm_75", quad));
    CHECK_FALSE(has("sm_80", quad));
    CHECK_FALSE(has("sm_86", fp8));
    CHECK(has("sm_89", fp8));
    CHECK_FALSE(has("sm_75", sparse));
    CHECK(has("sm_80", sparse));
    const auto require = [](std::string_view arch, const char* name) {
        isa::require_form(isa::find_architecture(arch), *isa::parse_mma(name).form);
    };
    CHECK_NOTHROW(require("sm_80", sparse));
    CHECK_THROWS_WITH(require("sm_80", quad), Contains("m16n8k8.row.col.f32.f16.f16.f32"));
    CHECK_THROWS_WITH(require("sm_80", fp8), Contains("sm_80 has no 'mma.sync.aligned.m16n8k32"));
    CHECK_THROWS_WITH(require("sm_75", sparse), Contains("m16n8k8.row.col.f32.f16.f16.f32"));
    CHECK_THROWS_WITH(isa::find_architecture("sm_99"), Contains("sm_80, sm_86, sm_89"));
}
