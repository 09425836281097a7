#include "models/base/calendar.hpp"

#include <catch2/catch.hpp>

using namespace sptc;

TEST_CASE(
    "calendar: items come at their cycle, in order of pushing, however far ahead they were "
    "pushed") {
    base::Calendar<int> calendar;
    std::vector<std::pair<base::Cycle, int>> taken;
    const auto run_until = [&](base::Cycle from, base::Cycle to) {
        for (base::Cycle now = from; now <= to; ++now) {
            calendar.take(now, [&](std::span<const int> items) {
                for (const int item : items) taken.emplace_back(now, item);
            });
        }
    };
    calendar.push(1, 100, 105);
    calendar.push(2, 100, 103);
    calendar.push(3, 100, 105);
    calendar.push(4, 100, 9000);  // beyond the first ring
    run_until(101, 200);
    calendar.push(5, 200, 205);
    run_until(201, 9000);
    CHECK(taken == std::vector<std::pair<base::Cycle, int>>{
                       {103, 2}, {105, 1}, {105, 3}, {205, 5}, {9000, 4}});
    CHECK(calendar.empty());
    calendar.push(6, 20000, 20001);  // time may jump while it is empty
    run_until(20001, 20001);
    CHECK(taken.back() == std::pair<base::Cycle, int>{20001, 6});
}
