#include <algorithm>
#include <catch2/catch.hpp>

#include "models/gpu/occupancy.hpp"
#include "models/memory/crossbar.hpp"
#include "sim/run/gpu_config.hpp"
#include "tests/support/fresh_simulation.hpp"

using namespace sptc;

namespace {

/// L2 and HBM with round numbers.
struct Memory {
    test::FreshSimulation simulation;
    memory::HbmSpec hbm_spec{.channels = 1, .bytes_per_cycle = 32, .read_cycles = 200};
    memory::L2Spec l2_spec{
        .bytes = 4 * 128, .slices = 1, .ways = 4, .slice_bytes_per_cycle = 64, .hit_cycles = 100};
    memory::Hbm hbm{"hbm", hbm_spec, l2_spec.slices};
    memory::L2 l2{"l2", l2_spec};

    Memory() {
        l2.hbm(hbm);
        simulation.elaborate();
    }
    base::Cycle read(std::uint64_t line, base::Cycle now, std::uint8_t sectors = 0xf) {
        return l2.access({.line_address = line * 128, .sector_mask = sectors}, now);
    }
};

/// Two partitions of two slices with round numbers.
struct PartitionedMemory {
    test::FreshSimulation simulation;
    memory::HbmSpec hbm_spec{.channels = 4, .bytes_per_cycle = 128, .read_cycles = 200};
    memory::L2Spec l2_spec{.bytes = 256 * 128,
                           .partitions = 2,
                           .slices = 4,
                           .ways = 4,
                           .slice_bytes_per_cycle = 64,
                           .hit_cycles = 100,
                           .link_cycles = 20,
                           .link_bytes_per_cycle = 128};
    memory::Hbm hbm{"hbm", hbm_spec, l2_spec.slices};
    memory::L2 l2{"l2", l2_spec};

    PartitionedMemory() {
        l2.hbm(hbm);
        simulation.elaborate();
    }
    base::Cycle read(std::uint32_t sm, std::uint64_t line_address, base::Cycle now) {
        return l2.access({.line_address = line_address, .sector_mask = 0xf, .sm = sm}, now);
    }
    /// The first line from an address on whose home is a partition.
    std::uint64_t line_at_home(std::uint32_t home, std::uint64_t from = 0) const {
        const memory::AddressMap map(l2_spec);
        while (map.place_of(from).home != home) from += 128;
        return from;
    }
};

}  // namespace

TEST_CASE("l2: a miss costs the memory latency and bandwidth, a hit does not") {
    Memory memory;
    CHECK(memory.read(0, 1000) == 1000 + 4 + 200 + 100);
    CHECK(memory.read(0, 2000) == 2000 + 100);
    CHECK(memory.hbm.statistics().read_sectors == 4);
    CHECK(memory.l2.statistics().read_sector_misses == 4);
}

TEST_CASE("l2: sectors are fetched on their own, and a second request waits for the same fetch") {
    Memory memory;
    CHECK(memory.read(0, 1000, 0x1) == 1000 + 1 + 200 + 100);
    CHECK(memory.read(0, 1010, 0x1) == 1000 + 1 + 200 + 100);
    CHECK(memory.read(0, 1020, 0x3) == 1020 + 1 + 200 + 100);
    CHECK(memory.hbm.statistics().read_sectors == 2);
}

TEST_CASE("l2: the least recently used line goes, and a dirty one is written back") {
    Memory memory;
    memory.l2.access({.line_address = 0, .sector_mask = 0x3, .write = true}, 0);
    for (std::uint64_t line = 1; line <= 3; ++line) memory.read(line, 1000 * line);
    memory.read(1, 5000);  // line 0 is now the oldest
    memory.read(4, 6000);
    CHECK(memory.hbm.statistics().write_sectors == 2);
    CHECK(memory.read(1, 7000) == 7000 + 100);
    CHECK(memory.read(0, 8000) > 8000 + 100);
}

TEST_CASE("l2: a slice passes its width per cycle") {
    Memory memory;
    memory.read(0, 0);
    const base::Cycle first = memory.read(0, 1000);
    const base::Cycle second = memory.read(0, 1000);
    CHECK(second - first == 4 * 32 / 64);
}

TEST_CASE("hbm: a channel passes its bandwidth") {
    Memory memory;
    base::Cycle last = 0;
    for (std::uint64_t line = 0; line < 100; ++line) last = memory.hbm.read(0, 4, 0);
    CHECK(last == 100 * 4 + 200);
}

TEST_CASE("l2: a partition keeps its own copy of a far line until the line is written") {
    PartitionedMemory memory;
    const std::uint64_t line = memory.line_at_home(1);
    const auto far = 20 + 100 + 1 + 20;  // there, the home's slice, the link, and back
    CHECK(memory.read(1, line, 1000) == 1000 + 4 + 200 + 100);
    CHECK(memory.read(0, line, 2000) == 2000 + far + 100);
    CHECK(memory.read(0, line, 3000) == 3000 + 100);
    CHECK(memory.l2.statistics().far_read_sectors == 4);
    CHECK(memory.l2.statistics().far_hit_sectors == 4);
    CHECK(memory.l2.statistics().near_hit_sectors == 4);
    memory.l2.access({.line_address = line, .sector_mask = 0xf, .write = true, .sm = 1}, 4000);
    CHECK(memory.read(0, line, 5000) == 5000 + far + 100);
    CHECK(memory.hbm.statistics().read_sectors == 4);
}

TEST_CASE("l2: the link between partitions passes its width per cycle") {
    PartitionedMemory memory;
    std::vector<std::uint64_t> lines;
    for (std::uint64_t line = memory.line_at_home(1); lines.size() < 8;
         line = memory.line_at_home(1, line + 128)) {
        lines.push_back(line);
        memory.read(1, line, 1000);
    }
    base::Cycle last = 0;
    for (const std::uint64_t line : lines) last = std::max(last, memory.read(0, line, 5000));
    // Eight lines of one cycle each over the link; they meet in slices of two cycles a line.
    CHECK(last >= 5000 + 20 + 100 + 8 + 20 + 100);
    CHECK(last <= 5000 + 20 + 100 + 16 + 20 + 100);
}

TEST_CASE("address_map: a contiguous footprint fills slices and sets evenly, at any stride") {
    const memory::L2Spec spec = run::load_gpu("a100").memory.l2;
    const memory::AddressMap map(spec);
    const std::uint64_t sets = std::uint64_t{spec.slices} * map.sets_per_slice();
    std::vector<int> lines(sets, 0);
    for (std::uint64_t line = 0; line < sets; ++line) {
        const memory::LinePlace place = map.place_of(128 * line);
        ++lines[place.home * sets / 2 + place.set];
    }
    CHECK(std::all_of(lines.begin(), lines.end(), [](int count) { return count == 1; }));
    for (const std::uint64_t stride : {2u, 32u, 80u, 4096u}) {
        std::vector<int> slices(spec.slices, 0);
        for (std::uint64_t i = 0; i < 8000; ++i) {
            const memory::LinePlace place = map.place_of(128 * stride * i);
            ++slices[place.home * spec.slices / 2 + place.slice];
        }
        CAPTURE(stride);
        CHECK(*std::max_element(slices.begin(), slices.end()) < 200);  // 100 on average
    }
}

TEST_CASE("backlog: work out of order waits for work alone, in order as for a free time") {
    memory::Backlog backlog;
    CHECK(backlog.add(100, 5) == 100);
    CHECK(backlog.add(101, 5) == 105);
    CHECK(backlog.add(200, 5) == 200);
    CHECK(backlog.add(150, 5) == 155);  // an idle resource at 150, but for what it has taken on
}

TEST_CASE("occupancy: each limit is found, and the A100's numbers come out") {
    const gpu::GpuSpec a100 = run::load_gpu("a100");
    isa::KernelShape shape;
    shape.entry = "k";
    shape.block.x = 256;
    shape.registers_per_thread = 32;
    CHECK(gpu::occupancy(a100, shape).ctas_per_sm == 8);
    CHECK(gpu::occupancy(a100, shape).limit == "warps");
    shape.registers_per_thread = 128;
    CHECK(gpu::occupancy(a100, shape).ctas_per_sm == 2);
    CHECK(gpu::occupancy(a100, shape).limit == "registers");
    shape.registers_per_thread = 255;
    CHECK(gpu::occupancy(a100, shape).ctas_per_sm == 1);
    shape.registers_per_thread = 32;
    shape.shared_bytes_per_cta = 50 * 1024;
    CHECK(gpu::occupancy(a100, shape).ctas_per_sm == 3);
    CHECK(gpu::occupancy(a100, shape).limit == "shared memory");
    shape.shared_bytes_per_cta = 0;
    shape.block.x = 32;
    CHECK(gpu::occupancy(a100, shape).ctas_per_sm == 32);
    CHECK(gpu::occupancy(a100, shape).limit == "CTAs");
}

TEST_CASE("gpu_config: unknown names and keys say what is legal") {
    CHECK_THROWS_WITH(run::load_gpu("b100"), Catch::Contains("b100") && Catch::Contains("a100"));
    CHECK_THROWS_WITH(run::load_gpu("/nowhere/gpu.json"), Catch::Contains("/nowhere/gpu.json"));
}
