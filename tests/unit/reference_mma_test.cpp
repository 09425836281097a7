#include "models/reference/mma.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/base/error.hpp"
#include "models/reference/metadata.hpp"
#include "tests/support/reference_item.hpp"

using namespace sptc;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr auto kSparse = "mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";

}  // namespace

TEST_CASE("reference mma.sp: every index pair selects the two rows of B that it names") {
    const isa::MmaForm& form = test::form_of(kSparse);
    for (int first = 0; first < 4; ++first) {
        for (int second = 0; second < 4; ++second) {  // equal ones too: two independent selects
            for (int chunk = 0; chunk < 8; ++chunk) {
                test::ReferenceItem item(form);
                const int row = 3 + chunk;
                item.set_code(row, chunk, static_cast<unsigned>(first | second << 2));
                item.set_a(row, 2 * chunk, 1);
                item.set_a(row, 2 * chunk + 1, 64);
                for (int k = 0; k < 4; ++k) item.set_b(4 * chunk + k, 5, 1 << k);
                const double expected = (1 << first) + 64 * (1 << second);
                REQUIRE(item.d("sm_80", row, 5) == test::encode(form.d, expected));
            }
        }
    }
}

TEST_CASE("reference: metadata unpacks code by code, low bits first") {
    // 0xe94d: codes 0xd (1, 3), 0x4 (0, 1), 0x9 (1, 2), 0xe (2, 3).
    const std::array codes{std::byte{0x4d}, std::byte{0xe9}};
    using Places = std::vector<std::uint8_t>;
    const auto unpacked = [&](isa::MetadataFormatName name) {
        return reference::unpack_metadata(isa::metadata_format(name), codes);
    };
    CHECK(unpacked(isa::MetadataFormatName::kTwoOfFour16) == Places{1, 3, 0, 1, 1, 2, 2, 3});
    CHECK(unpacked(isa::MetadataFormatName::kTwoOfFour8) == Places{1, 3, 0, 1, 1, 2, 2, 3});
    CHECK(unpacked(isa::MetadataFormatName::kPairsOfEight) ==
          Places{2, 3, 6, 7, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7});
    const std::array pairs{std::byte{0x4e}, std::byte{0xe4}};
    CHECK(reference::unpack_metadata(isa::metadata_format(isa::MetadataFormatName::kOneOfTwo),
                                     pairs) == Places{1, 0, 0, 1});
}

TEST_CASE("reference mma.sp: values of B that no index names have no effect") {
    test::ReferenceItem item(test::form_of(kSparse));
    for (int j = 0; j < 16; ++j) item.set_a(0, j, j - 7.5);
    for (int k = 0; k < 32; ++k) item.set_b(k, 0, 1.25 + k % 5);
    const std::uint64_t clean = item.d("sm_80");
    for (const double poison : {kNan, kInfinity, 65504.0, -0.0}) {
        for (int chunk = 0; chunk < 8; ++chunk) {  // code 0x4 names rows 0 and 1 of a chunk
            item.set_b(4 * chunk + 2, 0, poison);
            item.set_b(4 * chunk + 3, 0, poison);
        }
        CHECK(item.d("sm_80") == clean);
    }
}

TEST_CASE("reference mma.sp: an explicit zero meets the B value its index names") {
    test::ReferenceItem item(test::form_of(kSparse));
    item.set_b(1, 2, kInfinity);
    CHECK(item.d("sm_80", 0, 2) == 0x7fffffff);
    CHECK(item.d("sm_80", 0, 3) == 0);
    item.set_code(0, 0, 0x8);  // columns 0 and 2
    CHECK(item.d("sm_80", 0, 2) == 0);
    CHECK(item.d("sm_80", 1, 2) == 0x7fffffff);
}

TEST_CASE("reference mma.sp: the partition decides which terms a cancelling pair absorbs") {
    // +-2^14 leave units of 2^-10, in which the other terms of their group, 2^-11, are lost.
    const auto with_pair = [](int plus, int minus, isa::Partition partition, int others = 16) {
        test::ReferenceItem item(test::form_of(kSparse));
        for (int k = 0; k < 32; ++k) item.set_b(k, 0, 1);
        for (int j = 16 - others; j < 16; ++j) item.set_a(0, j, 0x1p-11);
        item.set_a(0, plus, 0x1p14);
        item.set_a(0, minus, -0x1p14);
        return item.d("sm_80", 0, 0, 0, partition);
    };
    using enum isa::Partition;
    constexpr std::uint64_t kEight = 0x3b800000;   // 8 terms survive
    constexpr std::uint64_t kTwelve = 0x3bc00000;  // 12 terms
    CHECK(with_pair(0, 1, kCompressed) == kEight);
    CHECK(with_pair(0, 1, kLogical) == kTwelve);
    CHECK(with_pair(0, 1, kWhole) == 0);
    CHECK(with_pair(0, 1, kSlotParity) == 0);
    CHECK(with_pair(0, 1, kReversed) == kEight);
    CHECK(with_pair(0, 2, kSlotParity) == kEight);
    CHECK(with_pair(0, 8, kCompressed) == 0);
    CHECK(with_pair(0, 8, kSlotParity) == kEight);
    CHECK(with_pair(9, 15, kCompressed) == kEight);
    CHECK(with_pair(9, 15, kReversed) == kEight);
    // One term in the second group: summed after the pair, or before it and then absorbed.
    CHECK(with_pair(0, 1, kCompressed, 1) == 0x3a000000);
    CHECK(with_pair(0, 1, kReversed, 1) == 0);
}

TEST_CASE("reference mma.sp: the partition means nothing for a dense form") {
    test::ReferenceItem item(test::form_of("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"));
    for (int k = 0; k < 16; ++k) {
        item.set_a(0, k, k == 0 ? 0x1p14 : k == 8 ? -0x1p14 : 0x1p-11);
        item.set_b(k, 0, 1);
    }
    for (const isa::PartitionRow& row : isa::partitions()) {
        CHECK(item.d("sm_80", 0, 0, 0, row.partition) == 0);
        CHECK(item.d("sm_90", 0, 0, 0, row.partition) == 0x3be00000);
    }
}

TEST_CASE("reference: an architecture without the form refuses it") {
    const test::ReferenceItem item(test::form_of(kSparse));
    CHECK_THROWS_AS(item.run(isa::find_architecture("sm_75")), base::ConfigError);
}
