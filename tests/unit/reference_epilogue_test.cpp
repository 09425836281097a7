#include "models/reference/epilogue.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace sptc;
using reference::Activation;
using reference::Epilogue;
using types::DataType;

namespace {

std::uint64_t f32(float value) { return std::bit_cast<std::uint32_t>(value); }
float as_f32(std::uint64_t bits) { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); }

}  // namespace

TEST_CASE("reference: GELU is within 1.4e-4 of x times the normal distribution, x and 0 far out") {
    const Epilogue epilogue{.activation = Activation::kGelu};
    for (int i = -8000; i <= 8000; ++i) {
        const float x = static_cast<float>(i) / 1000;
        const double exact = 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
        const double got = as_f32(finish(DataType::kF32, epilogue, f32(x), 0, 0));
        if (!(std::abs(got - exact) < 1.4e-4)) FAIL(x << ": " << got << ", exactly " << exact);
    }
    CHECK(as_f32(finish(DataType::kF32, epilogue, f32(5.5f), 0, 0)) == 5.5f);
    CHECK(as_f32(finish(DataType::kF32, epilogue, f32(-5.5f), 0, 0)) == 0.0f);
}

TEST_CASE("reference: alpha, beta and bias round each operation, ReLU clears NaN") {
    const float tiny = 0x1p-24f;
    const Epilogue scaled{.scaled = true, .alpha = 1 + 0x1p-23, .beta = 1};
    // (1 + 2^-23)^2 = 1 + 2^-22 + 2^-46: the product is rounded before the sum.
    CHECK(as_f32(finish(DataType::kF32, scaled, f32(1 + 0x1p-23f), f32(tiny), 0)) == 1 + 0x1p-22f);
    const Epilogue relu{.activation = Activation::kRelu};
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(finish(DataType::kF32, relu, f32(nan), 0, 0) == 0);
    CHECK(finish(DataType::kF32, relu, f32(-0.0f), 0, 0) == 0);
    CHECK(finish(DataType::kF32, Epilogue{.scaled = true, .beta = 0}, f32(nan), 0, 0) ==
          0x7fffffff);
}

TEST_CASE("reference: requantization rounds to nearest even and clamps to s8") {
    const Epilogue epilogue{.requantized = true, .scale = 0.5};
    const auto s8 = [&](std::int32_t x) {
        return static_cast<std::int8_t>(
            finish(DataType::kS32, epilogue, static_cast<std::uint32_t>(x), 0, 0));
    };
    CHECK(s8(1) == 0);   // 0.5
    CHECK(s8(3) == 2);   // 1.5
    CHECK(s8(-1) == 0);  // -0.5
    CHECK(s8(-3) == -2);
    CHECK(s8(-4) == -2);
    CHECK(s8(253) == 126);  // 126.5
    CHECK(s8(255) == 127);  // 127.5
    CHECK(s8(-257) == -128);
    CHECK(s8(std::numeric_limits<std::int32_t>::max()) == 127);
    CHECK(s8(std::numeric_limits<std::int32_t>::min()) == -128);
}
