#include "models/reference/mma.hpp"

#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <vector>

#include "models/base/random.hpp"
#include "models/reference/metadata.hpp"

using namespace sptc;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::byte> f16_bytes(const std::vector<double>& values) {
    std::vector<std::byte> bytes;
    for (const double value : values) {
        const std::uint16_t bits = types::f64_to_f16(value);
        bytes.push_back(static_cast<std::byte>(bits & 0xff));
        bytes.push_back(static_cast<std::byte>(bits >> 8));
    }
    return bytes;
}

std::vector<std::byte> f32_bytes(const std::vector<double>& values) {
    std::vector<std::byte> bytes;
    for (const double value : values) {
        const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
        for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(bits >> (8 * i)));
    }
    return bytes;
}

double f16_at(const std::vector<std::byte>& bytes, std::size_t i) {
    return types::f16_to_f64(
        static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[2 * i]) |
                                   std::to_integer<unsigned>(bytes[2 * i + 1]) << 8));
}

std::uint32_t word_at(const std::vector<std::byte>& bytes, std::size_t i) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 4; ++j) {
        bits |= std::to_integer<std::uint32_t>(bytes[4 * i + j]) << (8 * j);
    }
    return bits;
}

/// One mma.sp m16n8k32 f32 whose matrices are read and written by their mathematical coordinates.
struct SparseItem {
    const isa::MmaForm& form =
        isa::parse_mma("mma.sp.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32");
    std::vector<double> a = std::vector<double>(16 * 16);
    std::vector<double> b = std::vector<double>(32 * 8);
    std::vector<double> c = std::vector<double>(16 * 8);
    /// Columns 0, 1 of every chunk.
    std::vector<std::byte> e = std::vector<std::byte>(16 * 2 * 2, std::byte{0x44});

    void set_nibble(std::size_t row, std::size_t chunk, unsigned nibble) {
        std::byte& byte = e[row * 4 + chunk / 2];
        const auto shift = 4 * (chunk % 2);
        byte = (byte & static_cast<std::byte>(0xf0u >> shift)) |
               static_cast<std::byte>(nibble << shift);
    }
    [[nodiscard]] std::vector<std::byte> run() const {
        return reference::mma(form, isa::find_arithmetic("sm_80"),
                              {f16_bytes(a), f16_bytes(b), f32_bytes(c), e});
    }
    [[nodiscard]] std::uint32_t bits(std::size_t row, std::size_t column) const {
        return word_at(run(), row * 8 + column);
    }
};

}  // namespace

TEST_CASE("reference mma.sp: every index pair selects the two rows of B that it names") {
    for (unsigned first = 0; first < 4; ++first) {
        for (unsigned second = 0; second < 4; ++second) {
            if (first == second) continue;
            for (std::size_t chunk = 0; chunk < 8; ++chunk) {
                SparseItem item;
                const std::size_t row = 3 + chunk;
                item.set_nibble(row, chunk, first | second << 2);
                item.a[row * 16 + 2 * chunk] = 1;
                item.a[row * 16 + 2 * chunk + 1] = 64;
                for (std::size_t k = 0; k < 4; ++k) {
                    item.b[(4 * chunk + k) * 8 + 5] = static_cast<double>(1u << k);
                }
                const float expected = static_cast<float>((1u << first) + 64 * (1u << second));
                REQUIRE(item.bits(row, 5) == std::bit_cast<std::uint32_t>(expected));
            }
        }
    }
}

TEST_CASE("reference: metadata words unpack nibble by nibble, low bits first") {
    // Word 0xe94d: nibbles 0xd (1, 3), 0x4 (0, 1), 0x9 (1, 2), 0xe (2, 3).
    const std::array words{std::byte{0x4d}, std::byte{0xe9}};
    CHECK(reference::unpack_metadata(words) == std::vector<std::uint8_t>{1, 3, 0, 1, 1, 2, 2, 3});
}

TEST_CASE("reference mma.sp: values of B that no index names have no effect") {
    SparseItem item;
    for (std::size_t j = 0; j < 16; ++j) item.a[j] = static_cast<double>(j) - 7.5;
    for (std::size_t k = 0; k < 32; ++k) item.b[k * 8] = 1.25 + static_cast<double>(k % 5);
    const std::uint32_t clean = item.bits(0, 0);
    for (const double poison : {kNan, kInfinity, 65504.0, -0.0}) {
        for (std::size_t chunk = 0; chunk < 8; ++chunk) {
            item.b[(4 * chunk + 2) * 8] = poison;
            item.b[(4 * chunk + 3) * 8] = poison;
        }
        CHECK(item.bits(0, 0) == clean);
    }
}

TEST_CASE("reference mma.sp: an explicit zero meets the B value its index names") {
    SparseItem item;
    item.b[1 * 8 + 2] = kInfinity;
    CHECK(item.bits(0, 2) == 0x7fffffff);
    CHECK(item.bits(0, 3) == 0);
    item.set_nibble(0, 0, 0x8);  // columns 0 and 2
    CHECK(item.bits(0, 2) == 0);
    CHECK(item.bits(1, 2) == 0x7fffffff);
}

TEST_CASE(
    "reference mma.sp: groups are eight stored values, as in the dense instruction of that K") {
    const auto with_pair = [](std::size_t plus, std::size_t minus) {
        SparseItem item;
        for (std::size_t k = 0; k < 32; ++k) item.b[k * 8] = 1;
        for (std::size_t j = 0; j < 16; ++j) item.a[j] = 0x1p-11;
        item.a[plus] = 0x1p14;
        item.a[minus] = -0x1p14;
        return item.bits(0, 0);
    };
    CHECK(with_pair(0, 8) == 0x00000000);
    CHECK(with_pair(0, 1) == 0x3b800000);
    CHECK(with_pair(3, 7) == 0x3b800000);
    CHECK(with_pair(9, 15) == 0x3b800000);  // the first group's sum, 8 * 2^-11
    CHECK(with_pair(7, 8) == 0x00000000);
}

TEST_CASE("reference: every form multiplies small integers exactly") {
    base::Random random(7);
    const auto small = [&] { return static_cast<double>(random.below(9)) - 4; };
    for (const isa::MmaForm& form : isa::mma_forms()) {
        INFO(form.ptx_name());
        const auto m = static_cast<std::size_t>(form.m);
        const auto n = static_cast<std::size_t>(form.n);
        const auto k_stored = static_cast<std::size_t>(form.k_stored);
        const auto k_logical = static_cast<std::size_t>(form.k_logical);
        std::vector<double> a(m * k_stored), b(k_logical * n), c(m * n);
        for (auto* matrix : {&a, &b, &c}) {
            for (double& value : *matrix) value = small();
        }
        std::vector<std::byte> e;
        std::vector<double> expanded(m * k_logical);
        for (std::size_t row = 0; row < m && form.sparse(); ++row) {
            for (std::size_t chunk = 0; chunk < k_logical / 4; ++chunk) {
                const unsigned first = random.below(4);
                const unsigned second = (first + 1 + random.below(3)) % 4;
                const auto nibble = static_cast<std::byte>(first | second << 2);
                if (chunk % 2 == 0) {
                    e.push_back(nibble);
                } else {
                    e.back() |= nibble << 4;
                }
                expanded[row * k_logical + 4 * chunk + first] = a[row * k_stored + 2 * chunk];
                expanded[row * k_logical + 4 * chunk + second] = a[row * k_stored + 2 * chunk + 1];
            }
        }
        if (!form.sparse()) expanded = a;
        const bool half = form.d == types::DataType::kF16;
        const auto d =
            reference::mma(form, isa::find_arithmetic("sm_80"),
                           {f16_bytes(a), f16_bytes(b), half ? f16_bytes(c) : f32_bytes(c), e});
        REQUIRE(d.size() == m * n * (half ? 2 : 4));
        for (std::size_t i = 0; i < m * n; ++i) {
            double exact = c[i];
            for (std::size_t k = 0; k < k_logical; ++k) {
                exact += expanded[i / n * k_logical + k] * b[k * n + i % n];
            }
            const double got = half ? f16_at(d, i) : std::bit_cast<float>(word_at(d, i));
            REQUIRE(got == exact);
        }
    }
}
