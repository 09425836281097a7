#include <catch2/catch.hpp>

#include "tests/support/tile_loop_kernel.hpp"

using namespace sptc;

namespace {

/// What the timing model sees of one warp instruction.
struct Seen {
    std::uint64_t cta;
    std::uint32_t warp;
    std::uint32_t line;
    std::uint32_t mask;
    std::vector<std::uint64_t> addresses;
    bool operator==(const Seen&) const = default;
};

bool has_addresses(isa::Operation operation) {
    return operation >= isa::Operation::kLoadGlobal && operation <= isa::Operation::kAsyncCopy;
}

std::vector<Seen> watch(test::KernelRun run) {
    std::vector<Seen> seen;
    run.options.observer = [&](std::uint64_t cta, std::uint32_t warp,
                               const isa::WarpInstruction& done) {
        Seen now{cta, warp, done.instruction->line, done.active_mask, {}};
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if (!has_addresses(done.instruction->operation)) break;
            if (((done.active_mask >> lane) & 1u) == 0) continue;
            now.addresses.push_back(done.addresses[lane]);
            if (done.instruction->operation != isa::Operation::kAsyncCopy) continue;
            now.addresses.push_back(done.shared_addresses[lane]);
            now.addresses.push_back(done.source_bytes[lane]);
        }
        if (done.instruction->operation == isa::Operation::kBarrier) {
            now.addresses = {done.barrier, done.barrier_threads};
        }
        seen.push_back(std::move(now));
    };
    run.run();
    return seen;
}

}  // namespace

TEST_CASE("ptx: values off gives the same masks, addresses and order as values on") {
    const std::uint32_t k_tiles = GENERATE(1u, 2u, 5u);
    const auto on = watch(test::tile_loop_run(k_tiles, 3, launch::Values::kOn));
    const auto off = watch(test::tile_loop_run(k_tiles, 3, launch::Values::kOff));
    REQUIRE(on.size() > 300);
    CHECK(on == off);
}

TEST_CASE("ptx: the k-loop runs k_tiles times in every warp") {
    auto run = test::tile_loop_run(7, 2, launch::Values::kOff);
    std::uint64_t mmas = 0;
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        mmas += done.instruction->operation == isa::Operation::kMma;
    };
    run.run();
    CHECK(mmas == 2u * 4u * 7u * 8u);
}
