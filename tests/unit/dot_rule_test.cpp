#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "models/base/error.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/metadata_format.hpp"
#include "models/tensor_core/code_bits.hpp"

using namespace sptc;
using isa::Partition;

namespace {

isa::DotRule rule(std::string_view arch, const char* name,
                  Partition partition = isa::kDefaultPartition) {
    return isa::dot_rule(isa::find_architecture(arch), *isa::parse_mma(name).form, partition);
}

std::vector<int> group(const isa::DotRule& rule, int index) {
    const auto slots = rule.group(index);
    return {slots.begin(), slots.end()};
}

constexpr const char* kF16 = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32";
constexpr const char* kTf32 = "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32";
constexpr const char* kSparse = "mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";
constexpr const char* kSparseTf32 = "mma.sp.sync.aligned.m16n8k16.row.col.f32.tf32.tf32.f32";
constexpr const char* kFp8 = "mma.sync.aligned.m16n8k32.row.col.f16.e4m3.e4m3.f16";

}  // namespace

TEST_CASE("dot_rule: groups have the published number of products") {
    // MMA-Sim (arXiv 2511.10909): L = 4, 8, 8 and 16 products of f16; half of tf32; 16 of Ada fp8.
    CHECK(rule("sm_70", "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32").products == 4);
    CHECK(rule("sm_75", "mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32").products == 4);
    CHECK(rule("sm_75", "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32").products == 8);
    CHECK(rule("sm_80", kF16).products == 8);
    CHECK(rule("sm_80", kF16).groups == 2);
    CHECK(rule("sm_90", kF16).groups == 1);
    CHECK(rule("sm_80", kTf32).products == 4);
    CHECK(rule("sm_90", kTf32).groups == 1);
    CHECK(rule("sm_89", kFp8).products == 16);
    CHECK(rule("sm_120", kFp8).products == 32);
    CHECK(rule("sm_80", "mma.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32").groups == 1);
}

TEST_CASE("dot_rule: the parameters are those of the architecture and of D") {
    CHECK(rule("sm_80", kF16).fraction_bits == 24);
    CHECK(rule("sm_80", kF16).e_zero == -132);
    CHECK(rule("sm_80", "mma.sync.aligned.m16n8k16.row.col.f16.f16.f16.f16").e_zero == -20);
    CHECK(rule("sm_90", kTf32).fraction_bits == 25);
    CHECK(rule("sm_89", kFp8).fraction_bits == 13);
    CHECK(rule("sm_89", kFp8).f32_fraction_bits == 13);
    CHECK(rule("sm_89", kFp8).a == types::DataType::kE4m3);
}

TEST_CASE("dot_rule: emulated fp8 is widened and split by k modulo 4, with C added last") {
    const isa::DotRule emulated = rule("sm_90", kFp8);
    CHECK(emulated.a == types::DataType::kF16);
    CHECK(emulated.addend_last);
    CHECK(emulated.fraction_bits == 25);
    REQUIRE(emulated.groups == 2);
    CHECK(group(emulated, 0) ==
          std::vector{0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29});
    CHECK(group(emulated, 1)[0] == 2);
}

TEST_CASE("dot_rule: the partitions of a sparse instruction are five hypotheses") {
    const auto parts = [](const char* name, Partition partition) {
        const isa::DotRule found = rule("sm_80", name, partition);
        std::vector<std::vector<int>> groups;
        for (int g = 0; g < found.groups; ++g) groups.push_back(group(found, g));
        return groups;
    };
    using Groups = std::vector<std::vector<int>>;
    const std::vector low{0, 1, 2, 3, 4, 5, 6, 7}, high{8, 9, 10, 11, 12, 13, 14, 15};
    CHECK(parts(kSparse, Partition::kCompressed) == Groups{low, high});
    CHECK(parts(kSparse, Partition::kReversed) == Groups{high, low});
    CHECK(parts(kSparse, Partition::kLogical) ==
          Groups{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10, 11}, {12, 13, 14, 15}});
    CHECK(parts(kSparse, Partition::kWhole).size() == 1);
    CHECK(parts(kSparse, Partition::kSlotParity) ==
          Groups{{0, 2, 4, 6, 8, 10, 12, 14}, {1, 3, 5, 7, 9, 11, 13, 15}});
    CHECK(parts(kSparseTf32, Partition::kCompressed) == Groups{{0, 1, 2, 3}, {4, 5, 6, 7}});
    CHECK(parts(kSparseTf32, Partition::kLogical).size() == 4);
    CHECK(parts(kF16, Partition::kWhole).size() == 2);  // dense: documented, not a hypothesis
    CHECK(isa::parse_partition("H4") == Partition::kSlotParity);
    CHECK_THROWS_WITH(isa::parse_partition("H6"), Catch::Contains("H1, H2, H3, H4, H5"));
}

TEST_CASE("metadata: legal codes are those of the PTX ISA, and words are judged alike") {
    using enum isa::MetadataOrdering;
    const auto& four = isa::metadata_format(isa::MetadataFormatName::kTwoOfFour16);
    const auto& two = isa::metadata_format(isa::MetadataFormatName::kOneOfTwo);
    CHECK(isa::legal_codes(four, kOrdered).size() == 6);
    CHECK(isa::legal_codes(four, kAny).size() == 12);
    CHECK(isa::legal_codes(two, kAny).size() == 2);
    for (const auto name :
         {isa::MetadataFormatName::kTwoOfFour16, isa::MetadataFormatName::kTwoOfFour8,
          isa::MetadataFormatName::kOneOfTwo, isa::MetadataFormatName::kPairsOfEight}) {
        const isa::MetadataFormat& format = isa::metadata_format(name);
        for (const auto ordering : {kOrdered, kAny}) {
            for (std::uint32_t code = 0; code < 16; ++code) {
                INFO(format.name << " code " << code);
                const bool distinct = (code & 3) != (code >> 2);
                const bool ascending = (code & 3) < (code >> 2);
                const bool legal = format.selects() == 1  ? code == 0x4 || code == 0xE
                                   : ordering == kOrdered ? ascending
                                                          : distinct;
                CHECK(isa::is_legal_code(format, ordering, code) == legal);
                for (int chunk = 0; chunk < 16; ++chunk) {
                    const std::uint64_t others = 0x4444444444444444u & ~(0xfull << (4 * chunk));
                    const std::uint64_t codes = others | std::uint64_t{code} << (4 * chunk);
                    const std::uint64_t illegal =
                        tensor_core::illegal_codes(format, ordering, codes);
                    CHECK(illegal == (legal ? 0 : 1ull << (4 * chunk)));
                }
            }
        }
    }
}

TEST_CASE("metadata: expanded codes are the selects of each") {
    for (const auto name :
         {isa::MetadataFormatName::kTwoOfFour16, isa::MetadataFormatName::kOneOfTwo}) {
        const isa::MetadataFormat& format = isa::metadata_format(name);
        const std::uint64_t codes = 0xFEDCBA9876543210u;
        for (int slot = 0; slot < (format.selects() == 2 ? 32 : 16); ++slot) {
            const int chunk = slot / format.selects();
            const int expected = format.select(
                static_cast<std::uint32_t>(codes >> (4 * chunk)) & 15, slot % format.selects());
            const std::uint64_t eight = tensor_core::expand_codes(format, codes, slot / 8);
            INFO("slot " << slot);
            CHECK(static_cast<int>(eight >> (8 * (slot % 8)) & 0xff) == expected);
        }
    }
}
