#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "models/sm/async_copy.hpp"
#include "models/sm/atomic_conflicts.hpp"
#include "models/sm/bank_conflicts.hpp"
#include "models/sm/repeated_coalescing.hpp"
#include "models/sm/scoreboard.hpp"
#include "models/sm/warp_scheduler.hpp"

using namespace sptc;

namespace {

sm::SharedMemorySpec banks() {
    sm::SharedMemorySpec spec;
    spec.banks = 32;
    spec.bank_bytes = 4;
    return spec;
}

template <class Address>
std::uint32_t wavefronts(std::uint32_t bytes, Address address, std::uint32_t mask = ~0u) {
    std::array<std::uint64_t, isa::kLanes> addresses{};
    for (std::uint32_t lane = 0; lane < addresses.size(); ++lane) addresses[lane] = address(lane);
    return sm::shared_wavefronts(banks(), addresses, mask, bytes);
}

}  // namespace

TEST_CASE("bank_conflicts: wavefronts follow from the words each bank must deliver") {
    CHECK(wavefronts(4, [](auto lane) { return 4 * lane; }) == 1);
    CHECK(wavefronts(4, [](auto) { return 64u; }) == 1);  // broadcast
    CHECK(wavefronts(4, [](auto lane) { return 8 * lane; }) == 2);
    CHECK(wavefronts(4, [](auto lane) { return 128 * lane; }) == 32);
    CHECK(wavefronts(4, [](auto lane) { return 132 * lane; }) == 1);  // padded rows
    CHECK(wavefronts(
              4, [](auto lane) { return 128 * lane; }, 0x0000000f) == 4);
    CHECK(wavefronts(2, [](auto lane) { return 2 * lane; }) == 1);  // two lanes share a word
    CHECK(wavefronts(8, [](auto lane) { return 8 * lane; }) == 2);
    CHECK(wavefronts(16, [](auto lane) { return 16 * lane; }) == 4);
    CHECK(wavefronts(16, [](auto lane) { return 128 * lane; }) ==
          32);  // 8 rows of one bank group, four times
    CHECK(wavefronts(16, [](auto lane) { return 128 * lane + 16 * (lane % 8); }) == 4);  // swizzled
}

TEST_CASE("bank_conflicts: what keeps lanes from the shortcut is counted bank by bank") {
    // Unaligned: the last two of eight lanes come round to the banks of the first two.
    CHECK(wavefronts(16, [](auto lane) { return 20 * lane; }) == 4 * 2);
    CHECK(wavefronts(16, [](auto lane) { return 16 * (lane % 4); }) == 4);  // shared words
    CHECK(wavefronts(
              16, [](auto lane) { return 16 * lane; }, 0x00ff0001) == 2);  // two groups are idle
    CHECK(wavefronts(
              16, [](auto lane) { return 128 * lane; }, 0x00030000) == 2);
    CHECK(wavefronts(8, [](auto lane) { return 128 * (lane % 2) + 8 * (lane / 2); }) == 2 * 2);
    CHECK(wavefronts(
              4, [](auto) { return 0u; }, 0) == 0);
}

TEST_CASE("bank_conflicts: a warp's addresses become sectors of lines") {
    std::array<std::uint64_t, isa::kLanes> addresses{};
    std::array<std::uint8_t, isa::kLanes> bytes{};
    bytes.fill(4);
    std::vector<sm::LineSectors> lines;
    const auto run = [&](auto address, std::uint32_t mask = ~0u) {
        for (std::uint32_t lane = 0; lane < addresses.size(); ++lane)
            addresses[lane] = address(lane);
        sm::coalesce(addresses, bytes, mask, lines);
    };
    run([](auto lane) { return 0x1000 + 4 * lane; });
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].line_address == 0x1000);
    CHECK(lines[0].sector_mask == 0xf);
    run([](auto lane) {
        return 0x1010 + 4 * lane;
    });  // shifted by half a sector: five sectors on two lines
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].sector_mask == 0xf);
    CHECK(lines[1].sector_mask == 0x1);
    run([](auto lane) { return 0x1000 + 256 * lane; });
    CHECK(lines.size() == 32);
    run([](auto lane) { return 0x1000 + 4 * lane; }, 0x00000100);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].sector_mask == 0x2);
    bytes.fill(0);
    run([](auto lane) { return 0x1000 + 4 * lane; });
    CHECK(lines.empty());
}

TEST_CASE(
    "scoreboard: an instruction waits for sources, destinations, unread operands and addresses") {
    sm::Scoreboard scoreboard(1);
    scoreboard.reset(8);
    const std::array<isa::RegisterId, 1> one{1};
    const std::array<isa::RegisterId, 1> two{2};
    isa::Instruction producer;
    producer.writes = one;
    isa::Instruction reader;
    reader.reads = one;
    isa::Instruction loader;
    loader.reads = one;
    loader.address_reads = one;
    isa::Instruction writer;
    writer.reads = two;
    writer.writes = one;
    CHECK(scoreboard.readiness(reader).cycle == 0);
    scoreboard.set_ready(producer, 10, sm::Activity::kFixedDependency);
    CHECK(scoreboard.readiness(reader).cycle == 10);
    CHECK(scoreboard.readiness(loader).cycle == 11);
    CHECK(scoreboard.readiness(writer).cycle == 10);
    scoreboard.set_pending(producer, sm::Activity::kSharedDependency);
    CHECK(scoreboard.readiness(reader).cycle == base::kNever);
    CHECK(scoreboard.readiness(reader).reason == sm::Activity::kSharedDependency);
    scoreboard.set_ready(producer, 20, sm::Activity::kSharedDependency);
    CHECK(scoreboard.readiness(loader).cycle == 20);
    scoreboard.hold_reads(reader);
    CHECK(scoreboard.readiness(reader).cycle == 20);
    CHECK(scoreboard.readiness(writer).cycle == base::kNever);
    CHECK(scoreboard.readiness(writer).reason == sm::Activity::kOperandRead);
    scoreboard.release_reads(reader);
    CHECK(scoreboard.readiness(writer).cycle == 20);
}

TEST_CASE("warp_scheduler: the warp that issued last comes first, then the youngest") {
    sm::WarpScheduler scheduler;
    for (const std::uint32_t slot : {3u, 1u, 2u}) scheduler.add(slot);
    const auto order = [&scheduler] {
        std::vector<std::uint32_t> slots;
        scheduler.visit([&slots](std::uint32_t slot) {
            slots.push_back(slot);
            return true;
        });
        return slots;
    };
    CHECK(order() == std::vector<std::uint32_t>{2, 1, 3});
    scheduler.issued(3);
    CHECK(order() == std::vector<std::uint32_t>{3, 2, 1});
    scheduler.remove(3);
    CHECK(order() == std::vector<std::uint32_t>{2, 1});
}

TEST_CASE(
    "async_copy: a wait passes when all but the newest groups have landed, in whatever order") {
    sm::AsyncCopy copies(1);
    const auto first = copies.start(0);
    copies.commit(0);
    const auto second = copies.start(0);
    copies.commit(0);
    CHECK(copies.satisfied(0, 2));
    CHECK_FALSE(copies.satisfied(0, 1));
    (void)copies.landed(0, second, 2);
    CHECK_FALSE(copies.satisfied(0, 1));
    (void)copies.landed(0, first, 1);
    CHECK(copies.satisfied(0, 1));
    CHECK(copies.satisfied(0, 0));
    copies.commit(0);  // an empty group is complete
    CHECK(copies.satisfied(0, 0));
    CHECK(copies.under_way(0) == 0);
    (void)copies.start(0);  // not committed: no wait covers it
    CHECK(copies.satisfied(0, 0));
    CHECK(copies.under_way(0) == 1);
}

TEST_CASE("repeated_coalescing: whatever ran before, the lines are those of coalesce()") {
    base::Random random(1);
    sm::RepeatedCoalescing repeated;
    std::array<std::uint64_t, isa::kLanes> addresses{};
    std::array<std::uint8_t, isa::kLanes> bytes{};
    std::uint32_t mask = ~0u;
    std::size_t computed = 0;
    for (int i = 0; i < 2000; ++i) {
        switch (random.below(8)) {  // mostly the same pattern goes on
            case 0:
                for (auto& address : addresses) address = 16 * random.below(64);
                break;
            case 1:
                mask = static_cast<std::uint32_t>(random.bits());
                break;
            case 2:
                bytes.fill(static_cast<std::uint8_t>(4u << random.below(3)));
                break;
            case 3:
                addresses[random.below(isa::kLanes)] += 128;
                break;
            case 4:
                bytes[random.below(isa::kLanes)] = 0;
                break;
            default:
                break;
        }
        // A step of half a line, a whole one, or backwards beyond 0 and back.
        const std::uint64_t step = (static_cast<std::uint64_t>(random.below(9)) - 4) * 64;
        for (auto& address : addresses) address += step;
        for (auto& address : addresses) address &= (1u << 20) - 1;
        std::vector<sm::LineSectors> expected;
        sm::coalesce(addresses, bytes, mask, expected);
        const auto [lines, offset] = repeated.coalesce(addresses, bytes, mask);
        computed += offset == 0 ? 1 : 0;
        REQUIRE(lines.size() == expected.size());
        for (std::size_t line = 0; line < lines.size(); ++line) {
            CHECK(lines[line].line_address + offset == expected[line].line_address);
            CHECK(lines[line].sector_mask == expected[line].sector_mask);
        }
    }
    CHECK(computed < 1900);  // some lines were only moved
}

TEST_CASE("async_copy: an arrival is due when the copies before it have landed, and no sooner") {
    sm::AsyncCopy copies(1);
    CHECK(copies.arrive(0, 70));  // nothing under way: at once
    const auto group = copies.start(0);
    (void)copies.start(0);
    CHECK_FALSE(copies.arrive(0, 71));
    (void)copies.start(0);
    CHECK_FALSE(copies.arrive(0, 72));
    CHECK(copies.last_number(0) == 3);
    const auto landed = [&](std::uint64_t number) {
        const auto due = copies.landed(0, group, number);
        return std::vector<isa::AsyncCopyToken>(due.begin(), due.end());
    };
    CHECK(landed(2).empty());
    CHECK(landed(3).empty());  // started behind the first arrival
    CHECK(landed(1) == std::vector<isa::AsyncCopyToken>{71, 72});
}

TEST_CASE("atomic_conflicts: lanes of one bank take turns, also with one word") {
    const auto conflicts = [](std::uint32_t bytes, auto address, std::uint32_t mask = ~0u) {
        std::array<std::uint64_t, isa::kLanes> addresses{};
        for (std::uint32_t lane = 0; lane < 32; ++lane) addresses[lane] = address(lane);
        return sm::atomic_conflicts(banks(), addresses, mask, bytes);
    };
    CHECK(conflicts(4, [](auto lane) { return 4 * lane; }) == 1);
    CHECK(conflicts(4, [](auto) { return 64u; }) == 32);
    CHECK(conflicts(
              4, [](auto) { return 64u; }, 0xf) == 4);
    CHECK(conflicts(4, [](auto lane) { return 8 * lane; }) == 2);
    CHECK(conflicts(4, [](auto lane) { return 4 * (lane / 2); }) == 2);
    CHECK(conflicts(8, [](auto lane) { return 8 * lane; }) == 2);  // two groups of 16 lanes
    CHECK(conflicts(8, [](auto) { return 8u; }) == 32);
}

TEST_CASE("atomic_conflicts: a line's steps are the lanes that share its busiest word") {
    std::array<std::uint64_t, isa::kLanes> addresses{};
    for (std::uint32_t lane = 0; lane < 32; ++lane) {
        addresses[lane] = lane < 20 ? 0x1000 + 4 * (lane / 5) : 0x2000 + 4 * lane;
    }
    std::vector<sm::LineSectors> lines{{0x1000, 1}, {0x2000, 0xf}};
    sm::count_atomic_steps(addresses, ~0u, lines);
    CHECK(lines[0].atomic_steps == 5);
    CHECK(lines[1].atomic_steps == 1);
    CHECK(sm::atomic_steps(addresses, 0x7, 0x1000) == 3);
}
