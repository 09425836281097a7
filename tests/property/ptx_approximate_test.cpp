// The approximations against the host's double-precision library, whose error is below 1e-15: the
// bound that docs/launch_format.md states holds, and with it every bound of the PTX ISA.
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/random.hpp"
#include "models/types/data_type.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;
using Values = std::vector<std::uint64_t>;

namespace {

constexpr double kMostUlps = 0.5001;  // docs/launch_format.md

float as_float(std::uint64_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
}
std::uint64_t f32(float value) { return std::bit_cast<std::uint32_t>(value); }

/// The distance of two f32 around a value: 2^-149 below the normal numbers.
double ulp(double value) {
    const int exponent = value == 0 ? -126 : std::max(std::ilogb(value), -126);
    return std::ldexp(1.0, exponent - 23);
}

/// Arguments spread over the exponents [low, high), of both signs when asked.
std::vector<test::Sources> arguments(int low, int high, bool both_signs, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<test::Sources> all;
    for (int i = 0; i < 6000; ++i) {
        const int exponent =
            low + static_cast<int>(random.below(static_cast<unsigned>(high - low)));
        double value = std::ldexp(1.0 + random.uniform(), exponent);
        if (both_signs && random.below(2) == 0) value = -value;
        all.push_back({f32(static_cast<float>(value))});
    }
    return all;
}

void check(const std::string& opcode, const std::vector<test::Sources>& sources,
           double (*exact)(double)) {
    const auto results = test::evaluate_all(opcode + " %d32, %a32;", sources);
    double worst = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const double x = static_cast<double>(as_float(sources[i][0]));
        const double wanted = exact(x);
        const double got = static_cast<double>(as_float(results[i]));
        const double error = std::abs(got - wanted) / ulp(wanted);
        if (!(error <= kMostUlps)) {
            INFO(opcode << " of " << x << " gave " << got << ", exact " << wanted);
            REQUIRE(error <= kMostUlps);
        }
        worst = std::max(worst, error);
    }
    CHECK(worst > 0);
}

}  // namespace

TEST_CASE("ptx: f32 approximations are within 0.5001 ulp of the exact function") {
    check("ex2.approx.f32", arguments(-20, 7, true, 41), [](double x) { return std::exp2(x); });
    check("lg2.approx.f32", arguments(-126, 127, false, 42), [](double x) { return std::log2(x); });
    check("lg2.approx.f32", arguments(-1, 1, false, 43), [](double x) { return std::log2(x); });
    check("sin.approx.f32", arguments(-30, 3, true, 44), [](double x) { return std::sin(x); });
    check("cos.approx.f32", arguments(-10, 3, true, 45), [](double x) { return std::cos(x); });
    check("sin.approx.f32", arguments(3, 127, true, 46), [](double x) { return std::sin(x); });
    check("cos.approx.f32", arguments(3, 127, true, 47), [](double x) { return std::cos(x); });
    check("tanh.approx.f32", arguments(-20, 4, true, 48), [](double x) { return std::tanh(x); });
    check("rsqrt.approx.f32", arguments(-126, 127, false, 49),
          [](double x) { return 1.0 / std::sqrt(x); });
    check("sqrt.approx.f32", arguments(-126, 127, false, 50),
          [](double x) { return std::sqrt(x); });
    check("rcp.approx.f32", arguments(-126, 125, true, 51), [](double x) { return 1.0 / x; });
}

TEST_CASE("ptx: f16 approximations are within 0.51 ulp of the exact function") {
    std::vector<test::Sources> sources;
    for (std::uint64_t bits = 0; bits < 0x7c00; bits += 7) {
        sources.push_back({bits});
        sources.push_back({bits | 0x8000});
    }
    const auto exps = test::evaluate_all("ex2.approx.f16 %d16, %a16;", sources);
    const auto tanhs = test::evaluate_all("tanh.approx.f16 %d16, %a16;", sources);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const double x = types::f16_to_f64(static_cast<std::uint16_t>(sources[i][0]));
        INFO(x);
        REQUIRE(exps[i] == types::f64_to_f16(std::exp2(x)));
        REQUIRE(tanhs[i] == types::f64_to_f16(std::tanh(x)));
    }
}

TEST_CASE("ptx: approximations of special values are those of the ISA's tables") {
    const std::uint64_t infinity = 0x7f800000;
    const std::uint64_t minus = 0xff800000;
    const std::uint64_t nan = 0x7fffffff;
    const std::uint64_t zero = 0x80000000;  // -0
    const auto of = [](const std::string& opcode, const std::vector<test::Sources>& sources) {
        return test::evaluate(opcode + " %d32, %a32;", sources);
    };
    CHECK(of("ex2.approx.f32", {{minus}, {0}, {zero}, {infinity}, {nan}, {f32(-149.0f)}}) ==
          Values{0, f32(1.0f), f32(1.0f), infinity, nan, 1});
    CHECK(of("ex2.approx.ftz.f32", {{f32(-127.0f)}, {1}}) == Values{0, f32(1.0f)});
    CHECK(
        of("lg2.approx.f32", {{minus}, {f32(-1.0f)}, {zero}, {0}, {infinity}, {f32(1.0f)}, {1}}) ==
        Values{nan, nan, minus, minus, infinity, 0, f32(-149.0f)});
    CHECK(of("lg2.approx.ftz.f32", {{1}}) == Values{minus});
    CHECK(of("sin.approx.f32", {{minus}, {zero}, {0}, {infinity}, {nan}}) ==
          Values{nan, zero, 0, nan, nan});
    CHECK(of("sin.approx.ftz.f32", {{0x80000001}}) == Values{zero});
    CHECK(of("cos.approx.f32", {{minus}, {zero}, {0}}) == Values{nan, f32(1.0f), f32(1.0f)});
    CHECK(of("tanh.approx.f32", {{minus}, {zero}, {infinity}, {nan}, {f32(20.0f)}}) ==
          Values{f32(-1.0f), zero, f32(1.0f), nan, f32(1.0f)});
    CHECK(of("rsqrt.approx.f32", {{minus}, {zero}, {0}, {infinity}, {f32(4.0f)}}) ==
          Values{nan, minus, infinity, 0, f32(0.5f)});
    CHECK(of("sqrt.approx.f32", {{minus}, {zero}, {0}, {infinity}, {f32(9.0f)}, {1}}) ==
          Values{nan, zero, 0, infinity, f32(3.0f), f32(std::sqrt(0x1p-149f))});
    CHECK(of("rcp.approx.ftz.f32", {{minus}, {zero}, {1}, {f32(0x1p127f)}}) ==
          Values{zero, minus, infinity, 0});
    const auto divide = [](const std::string& opcode, float a, float b) {
        return test::evaluate(opcode + " %d32, %a32, %b32;", {{f32(a), f32(b)}}).front();
    };
    CHECK(divide("div.approx.f32", 1.0f, 0x1.8p126f) == 0);
    CHECK(divide("div.approx.f32", as_float(infinity), -0x1.8p126f) == nan);
    CHECK(divide("div.full.f32", 0x1p127f, 0x1p127f) == f32(1.0f));
    CHECK(divide("div.approx.f32", 1.0f, 3.0f) == f32(1.0f / 3.0f));
}

TEST_CASE("ptx: the gross f64 approximations keep 32 bits, rsqrt.approx.f64 nearly all") {
    const auto f64 = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    base::Random random(52);
    std::vector<test::Sources> sources;
    for (int i = 0; i < 500; ++i)
        sources.push_back({f64(std::ldexp(1.0 + random.uniform(), i - 250))});
    const auto rcp = test::evaluate_all("rcp.approx.ftz.f64 %d64, %a64;", sources);
    const auto rsqrt = test::evaluate_all("rsqrt.approx.f64 %d64, %a64;", sources);
    const auto gross = test::evaluate_all("rsqrt.approx.ftz.f64 %d64, %a64;", sources);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const double x = std::bit_cast<double>(sources[i][0]);
        CHECK((rcp[i] & 0xffffffff) == 0);
        CHECK(std::abs(std::bit_cast<double>(rcp[i]) * x - 1.0) < 0x1p-18);
        CHECK((gross[i] & 0xffffffff) == 0);
        CHECK(std::abs(std::bit_cast<double>(gross[i]) * std::sqrt(x) - 1.0) < 0x1p-18);
        const double exact = 1.0 / std::sqrt(x);
        CHECK(std::abs(std::bit_cast<double>(rsqrt[i]) - exact) <= exact * 0x1p-52);
    }
    CHECK(test::evaluate("rcp.approx.ftz.f64 %d64, %a64;",
                         {{0x8000000000000000}, {1}, {0xfff0000000000000}}) ==
          Values{0xfff0000000000000, 0x7ff0000000000000, 0x8000000000000000});
}
