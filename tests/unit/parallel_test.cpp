#include "models/base/parallel.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

using namespace sptc;

TEST_CASE("parallel: every index is visited exactly once, for any number of threads") {
    for (const unsigned threads : {0u, 1u, 2u, 7u}) {
        std::vector<std::atomic<int>> visits(1000);
        base::parallel_for(
            3, 1000, [&](std::size_t i) { ++visits[i]; }, threads);
        for (std::size_t i = 0; i < visits.size(); ++i) REQUIRE(visits[i] == (i < 3 ? 0 : 1));
    }
}

TEST_CASE("parallel: an empty range calls nothing") {
    base::parallel_for(5, 5, [](std::size_t) { FAIL("called"); });
    base::parallel_for(5, 4, [](std::size_t) { FAIL("called"); });
}

TEST_CASE("parallel: of several exceptions the one of the lowest index is rethrown") {
    for (int repetition = 0; repetition < 50; ++repetition) {
        std::string message;
        try {
            base::parallel_for(
                0, 100,
                [](std::size_t i) {
                    if (i >= 17) throw std::runtime_error(std::to_string(i));
                },
                4);
        } catch (const std::runtime_error& error) {
            message = error.what();
        }
        REQUIRE(message == "17");
    }
}
