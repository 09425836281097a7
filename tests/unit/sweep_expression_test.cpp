#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "sim/sweep/expression.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using sweep::Expression;
using sweep::Parameters;

namespace {

const Parameters kPoint{
    {"m", 64.0}, {"k", 96.0}, {"pattern", "2:4"}, {"/sm/tensor_core/b_bits_per_cycle", 512.0}};

bool holds(const std::string& text) { return Expression(text).holds(kPoint); }

std::string error_of(const std::string& text) {
    try {
        (void)holds(text);
    } catch (const base::ConfigError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("sweep expression: operators bind as in arithmetic, the power from the right") {
    CHECK(holds("1 + 2 * 3 == 7"));
    CHECK(holds("(1 + 2) * 3 == 9"));
    CHECK(holds("10 - 4 - 3 == 3"));
    CHECK(holds("2 ^ 3 ^ 2 == 512"));
    CHECK(holds("-2 ^ 2 == -4"));
    CHECK(holds("7 % 4 == 3 and 7 / 2 == 3.5"));
    CHECK(holds("m * k <= 2^13"));
    CHECK_FALSE(holds("m * k < 6144"));
}

TEST_CASE("sweep expression: not binds tighter than and, and tighter than or") {
    CHECK(holds("1 == 1 or 1 == 2 and 1 == 2"));
    CHECK_FALSE(holds("(1 == 1 or 1 == 2) and 1 == 2"));
    CHECK(holds("not m == 65"));
    CHECK_FALSE(holds("not m == 64 and 1 == 1"));
    // What decides comes first: the other side is not looked at.
    CHECK(holds("m == 64 or nothing == 3"));
    CHECK_FALSE(holds("m == 65 and nothing == 3"));
}

TEST_CASE("sweep expression: words, names and pointers are operands") {
    CHECK(holds("pattern == '2:4'"));
    CHECK(holds("pattern != 'dense' and {/sm/tensor_core/b_bits_per_cycle} == 512"));
}

TEST_CASE("sweep expression: what cannot be read is named with its column") {
    CHECK_THAT(error_of("m =="), Contains("column 5") && Contains("expected a number"));
    CHECK_THAT(error_of("(m == 1"), Contains("column 8") && Contains("')'"));
    CHECK_THAT(error_of("m == 1 k"), Contains("column 8") && Contains("operator or the end"));
    CHECK_THAT(error_of("m = 1"), Contains("column 3"));
    CHECK_THAT(error_of("pattern == 'x"), Contains("no closing '"));
    CHECK_THAT(error_of(std::string(5000, '1')), Contains("at most 4000"));
    CHECK_THAT(error_of(std::string(500, '(')), Contains("nested"));
    CHECK_THAT(error_of(""), Contains("column 1"));
}

TEST_CASE("sweep expression: a wrong operand is named") {
    CHECK_THAT(error_of("q > 1"), Contains("no parameter 'q'") && Contains("pattern"));
    CHECK_THAT(error_of("pattern > 1"), Contains("compares a number with a word"));
    CHECK_THAT(error_of("pattern + 1 > 1"), Contains("'+' needs numbers, found '2:4'"));
    CHECK_THAT(error_of("m / (m - 64) > 1"), Contains("division by zero"));
}
