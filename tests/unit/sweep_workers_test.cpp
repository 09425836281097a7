#include <catch2/catch.hpp>
#include <chrono>
#include <set>
#include <thread>

#include "sim/sweep/worker_pool.hpp"

using namespace sptc;

TEST_CASE("sweep workers: those that end at the same time are all heard of") {
    constexpr std::size_t kWorkers = 4;
    constexpr int kMilliseconds = 2000;
    sweep::WorkerPool pool({"/bin/cat"}, kWorkers);
    for (std::size_t task = 0; task < kWorkers; ++task) pool.start(task, std::to_string(task));
    CHECK(pool.full());
    // By now every one has answered and gone: one look at the pipes may find all of them.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    std::set<std::size_t> tasks;
    for (int calls = 0; !pool.idle() && calls < 20; ++calls) {
        const std::optional<sweep::WorkerExit> exit = pool.wait(kMilliseconds / 20);
        if (!exit) continue;
        CHECK(exit->exit_code == 0);
        CHECK(exit->out == std::to_string(exit->task));
        tasks.insert(exit->task);
    }
    CHECK(tasks.size() == kWorkers);
    CHECK(pool.idle());
}
