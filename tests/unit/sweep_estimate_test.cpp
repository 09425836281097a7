#include <catch2/catch.hpp>

#include "sim/sweep/estimate.hpp"
#include "sim/sweep/parameters.hpp"

using namespace sptc;

namespace {

sweep::Parameters point(double m, const char* pattern) {
    return sweep::completed({{"m", m}, {"n", 100.0}, {"k", 100.0}, {"pattern", pattern}});
}

}  // namespace

TEST_CASE("sweep estimate: time beyond the start-up is proportional to M N K within a class") {
    sweep::CostModel model;
    CHECK(model.seconds(point(100, "dense")) == 0);
    model.learn(point(100, "dense"), 0.01 + 1.0);  // 0.01 s is the start-up
    model.learn(point(300, "dense"), 0.01 + 3.0);
    CHECK(model.measured() == 2);
    CHECK(model.seconds(point(500, "dense")) == Approx(0.01 + 5.0));
    // A class without measurements takes the rate of all.
    CHECK(model.seconds(point(500, "2:4")) == Approx(0.01 + 5.0));
    model.learn(point(100, "2:4"), 0.01 + 0.5);
    CHECK(model.seconds(point(500, "2:4")) == Approx(0.01 + 2.5));
    CHECK(model.seconds(point(500, "dense")) == Approx(0.01 + 5.0));
}
