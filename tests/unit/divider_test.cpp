#include <catch2/catch.hpp>
#include <cstdint>

#include "models/base/divider.hpp"
#include "models/base/random.hpp"

using namespace sptc;

namespace {

void check(std::uint64_t dividend, std::uint64_t divisor) {
    const auto [quotient, remainder] = base::Divider(divisor).divide(dividend);
    CAPTURE(dividend, divisor);
    CHECK(quotient == dividend / divisor);
    CHECK(remainder == dividend % divisor);
}

}  // namespace

TEST_CASE("divider: multiples of the divisor and their neighbours divide exactly") {
    for (const std::uint64_t divisor :
         {1ull, 2ull, 3ull, 7ull, 40ull, 80ull, 256ull, 1000ull, (1ull << 32) - 1, 1ull << 32,
          (1ull << 63) - 1, 1ull << 63, UINT64_MAX - 1ull, 0ull + UINT64_MAX}) {
        const std::uint64_t largest = UINT64_MAX / divisor * divisor;
        for (const std::uint64_t dividend : {0ull + largest, 0ull + divisor, 0ull}) {
            check(dividend - 1, divisor);  // of 0: the largest dividend
            check(dividend, divisor);
            check(dividend + 1, divisor);
        }
    }
}

TEST_CASE("divider: random dividends and divisors of every size divide exactly") {
    base::Random random(1);
    for (int i = 0; i < 20000; ++i) {
        const std::uint64_t divisor = (random.bits() >> random.below(64)) | 1;
        check(random.bits() >> random.below(64), divisor);
    }
}
