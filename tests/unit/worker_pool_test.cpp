#include <catch2/catch.hpp>
#include <numeric>

#include "models/base/worker_pool.hpp"

using namespace sptc;

TEST_CASE("worker pool: every index of every round is visited exactly once") {
    const unsigned threads = GENERATE(1u, 2u, 5u);
    base::WorkerPool pool(threads);
    for (std::size_t count = 0; count < 200; ++count) {
        std::vector<int> visits(count);
        pool.for_each(count, [&](std::size_t i) { ++visits[i]; });
        REQUIRE(visits == std::vector<int>(count, 1));
    }
}
