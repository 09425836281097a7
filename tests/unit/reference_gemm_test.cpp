#include "models/reference/gemm.hpp"

#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/base/error.hpp"
#include "tests/support/reference_item.hpp"

using namespace sptc;
using Catch::Matchers::Contains;

namespace {

std::vector<std::byte> f16_bytes(const std::vector<double>& values) {
    std::vector<std::byte> bytes;
    for (const double value : values) {
        const std::uint16_t bits = types::f64_to_f16(value);
        bytes.push_back(static_cast<std::byte>(bits & 0xff));
        bytes.push_back(static_cast<std::byte>(bits >> 8));
    }
    return bytes;
}

std::vector<std::byte> f32_bytes(const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {bytes.begin(), bytes.end()};
}

/// A 2 x 2 sparse GEMM with K = 6: one group of four and one that K cuts in half.
struct Small {
    std::vector<std::byte> a = f16_bytes({1, 2, 3, 4, 5, 6, 7, 8});
    std::vector<std::uint8_t> indices{0, 3, 0, 1, 1, 2, 1, 3};
    std::vector<std::byte> b = f16_bytes({1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60});
    std::vector<std::byte> c;

    [[nodiscard]] reference::GemmOperands operands() const {
        return {.form = test::form_of("mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32"),
                .architecture = isa::find_architecture("sm_80"),
                .m = 2,
                .n = 2,
                .k = 6,
                .a = a,
                .lda = 4,
                .indices = indices,
                .indices_pitch = 4,
                .b = b,
                .ldb = 2,
                .c = c,
                .ldc = 2};
    }
};

/// By hand: row 0 = 1 B0 + 2 B3 + 3 B4 + 4 B5; row 1 = 5 B1 + 6 B2 + 7 B5, its last value lies
/// beyond K.
const std::vector<float> kSmallResult{1 + 8 + 15 + 24, 480, 10 + 18 + 42, 700};

}  // namespace

TEST_CASE("reference gemm: a small sparse product is the one worked out by hand") {
    const Small small;
    const reference::GemmReference gemm(small.operands());
    CHECK(gemm.row(0) == std::vector<std::uint64_t>{std::bit_cast<std::uint32_t>(kSmallResult[0]),
                                                    std::bit_cast<std::uint32_t>(kSmallResult[1])});
    const auto check = gemm.check(f32_bytes(kSmallResult), 2);
    CHECK(check.elements == 4);
    CHECK(check.mismatches == 0);
    CHECK_FALSE(check.first);
    CHECK(check.max_relative_error == 0);
}

TEST_CASE("reference gemm: slices of K are chains of their own, added in order and rounded each") {
    // Four instructions of m16n8k16, each with one product: 2^24 + 1 - 2^24 + 1 with C = 3.
    std::vector<double> row(64, 0.0);
    std::vector<double> column(64, 0.0);
    const std::array<double, 4> products{0x1p24, 1, -0x1p24, 1};
    for (std::size_t i = 0; i < products.size(); ++i) {
        row[16 * i] = products[i] / 0x1p12;
        column[16 * i] = 0x1p12;
    }
    row[16] = row[48] = 1;
    column[16] = column[48] = 1;
    const auto a = f16_bytes(row);
    const auto b = f16_bytes(column);
    const auto c = f32_bytes({3});
    reference::GemmOperands operands{
        .form = test::form_of("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"),
        .architecture = isa::find_architecture("sm_80"),
        .m = 1,
        .n = 1,
        .k = 64,
        .a = a,
        .lda = 64,
        .b = b,
        .ldb = 1,
        .c = c,
        .ldc = 1};
    const auto result = [&](std::vector<std::size_t> slices) {
        operands.slices = std::move(slices);
        const std::uint64_t bits = reference::GemmReference(operands).row(0)[0];
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    };
    // The tensor core truncates 2^24 + 3 and 2^24 + 2 + 1 to 2^24 + 2; a sum between slices rounds
    // to nearest even.
    CHECK(result({}) == 3);  // 2^24 + 2, 2^24 + 2, 2, 3
    CHECK(result({4}) == 3);
    CHECK(result({1, 3}) == 4);        // 2^24 + 2, plus 1 - 2^24 + 1 = 2 - 2^24
    CHECK(result({1, 1, 1, 1}) == 5);  // 2^24 + 2, + 1 = 2^24 + 4, - 2^24 = 4, + 1
}

TEST_CASE("reference gemm: wrong bits are counted and the first is named") {
    const Small small;
    std::vector<float> d = kSmallResult;
    d[1] = 481;
    d[3] = 699;
    const auto check = reference::GemmReference(small.operands()).check(f32_bytes(d), 2);
    CHECK(check.mismatches == 2);
    REQUIRE(check.first);
    CHECK(check.first->row == 0);
    CHECK(check.first->column == 1);
    CHECK(check.first->got == std::bit_cast<std::uint32_t>(481.0f));
    CHECK(check.first->expected == std::bit_cast<std::uint32_t>(480.0f));
    CHECK(check.max_relative_error == 1.0 / 480);
    CHECK(check.max_scaled_error == 1.0 / 480);
}

TEST_CASE("reference gemm: the scaled error counts magnitudes, the relative error the result") {
    Small small;
    small.c = f32_bytes({-47, -480, 0, 0});
    std::vector<float> d{1.5, 0, 70, 700};
    const auto check = reference::GemmReference(small.operands()).check(f32_bytes(d), 2);
    CHECK(check.mismatches == 1);
    CHECK(check.max_relative_error == 0.5);
    CHECK(check.max_scaled_error == 0.5 / (48 + 47));
}

TEST_CASE("reference gemm: values that are not finite are counted and leave the errors alone") {
    Small small;
    const float infinity = std::numeric_limits<float>::infinity();
    small.c = f32_bytes({infinity, 0, 0, 0});
    std::vector<float> d = kSmallResult;
    d[0] = infinity;
    d[2] = std::numeric_limits<float>::quiet_NaN();
    const auto check = reference::GemmReference(small.operands()).check(f32_bytes(d), 2);
    CHECK(check.mismatches == 1);
    CHECK(check.non_finite == 2);
    CHECK(check.max_relative_error == 0);
}

TEST_CASE("reference gemm: padding beyond K never meets a value of B") {
    Small small;
    small.b = f16_bytes(std::vector<double>(12, std::numeric_limits<double>::infinity()));
    const reference::GemmReference gemm(small.operands());
    const std::uint64_t infinity = 0x7f800000;
    CHECK(gemm.row(0) == std::vector{infinity, infinity});
}

TEST_CASE("reference gemm: one instruction more turns -0 into +0, as each rounds its own sum") {
    const auto& form = test::form_of("mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16");
    const auto a = f16_bytes({-0x1p-12});
    const auto b = f16_bytes({0x1p-14});
    reference::GemmOperands operands{.form = form,
                                     .architecture = isa::find_architecture("sm_80"),
                                     .m = 1,
                                     .n = 1,
                                     .k = 1,
                                     .a = a,
                                     .lda = 1,
                                     .b = b,
                                     .ldb = 1};
    CHECK(reference::GemmReference(operands).row(0).front() == 0x8000);
    operands.instructions = 2;
    CHECK(reference::GemmReference(operands).row(0).front() == 0x0000);
}

TEST_CASE("reference gemm: an index outside its group is refused with its row and element") {
    Small small;
    small.indices[5] = 4;
    CHECK_THROWS_WITH(reference::GemmReference(small.operands()),
                      Contains("row 1") && Contains("element 1") && Contains("index 4") &&
                          Contains("0 to 3") && Contains("2:4"));
    CHECK_THROWS_AS(reference::GemmReference(small.operands()), base::ConfigError);
}

TEST_CASE("reference gemm: packed 4-bit operands in pairs of eight, with a partial chunk") {
    // K = 10: two chunks; of the second only columns 8 and 9 exist.
    const std::vector<std::byte> a{std::byte{0x21}, std::byte{0x83},   // 1 2 3 -8
                                   std::byte{0xf7}, std::byte{0x00}};  // 7 -1 0 0
    const std::vector<std::uint8_t> indices{2, 3, 6, 7, 0, 1, 6, 7};
    std::vector<std::byte> b(5);
    for (std::size_t k = 0; k < 10; ++k) {
        reference::store_bits(types::DataType::kU4, b, k, k + 1);
    }
    const std::vector<std::byte> c{std::byte{0xff}, std::byte{0xff}, std::byte{0xff},
                                   std::byte{0x7f}};
    const reference::GemmOperands operands{
        .form = test::form_of("mma.sp.sync.aligned.m16n8k64.row.col.s32.s4.u4.s32"),
        .architecture = isa::find_architecture("sm_80"),
        .m = 1,
        .n = 1,
        .k = 10,
        .a = a,
        .lda = 8,
        .indices = indices,
        .indices_pitch = 8,
        .b = b,
        .ldb = 1,
        .c = c,
        .ldc = 1};
    // 1 * 3 + 2 * 4 + 3 * 7 - 8 * 8 + 7 * 9 - 1 * 10 = 21, which wraps.
    CHECK(reference::GemmReference(operands).row(0).front() == 0x7fffffffu + 21u);
}
