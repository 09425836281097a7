// Parts of the L1: tags, tag passes, carve-outs.
#include <catch2/catch.hpp>

#include "models/sm/carve_out.hpp"
#include "models/sm/l1_tags.hpp"
#include "models/sm/tag_passes.hpp"
#include "sim/run/gpu_config.hpp"

using namespace sptc;
using isa::CachePolicy;

namespace {

/// Two sets of four ways.
const sm::L1Spec kSmall = [] {
    sm::L1Spec spec;
    spec.sets = 2;
    return spec;
}();

std::vector<sm::LineSectors> lines_at(std::uint64_t first, std::uint64_t step, int count) {
    std::vector<sm::LineSectors> lines;
    for (int i = 0; i < count; ++i) lines.push_back({128 * (first + step * unsigned(i)), 0xf});
    return lines;
}

int passes(std::vector<sm::LineSectors> lines) {
    sm::order_by_tag_pass(4, lines);
    CHECK(std::is_sorted(lines.begin(), lines.end(),
                         [](const auto& a, const auto& b) { return a.tag_pass < b.tag_pass; }));
    return lines.back().tag_pass + 1;
}

}  // namespace

TEST_CASE("l1_tags: the least recently used line goes, one to evict first before it") {
    sm::L1Tags tags(kSmall);
    tags.reset(8 * 128);
    const auto missing = [&tags](std::uint64_t line, CachePolicy policy) {
        return int(tags.fetch(line * 2 * 128 * 4, 0xf, policy));  // lines of one set
    };
    constexpr auto kAll = CachePolicy::kAllLevels;
    CHECK(missing(0, kAll) == 0xf);
    CHECK(missing(1, kAll) == 0xf);
    CHECK(missing(2, CachePolicy::kEvictFirst) == 0xf);
    CHECK(missing(3, kAll) == 0xf);
    CHECK(missing(0, kAll) == 0);
    CHECK(missing(4, kAll) == 0xf);  // in the place of 2
    CHECK(missing(1, kAll) == 0);
    CHECK(missing(5, kAll) == 0xf);  // in the place of 3
    CHECK(missing(0, kAll) == 0);
    CHECK(missing(3, kAll) == 0xf);
}

TEST_CASE("l1_tags: sectors are fetched on their own, and a line that waits for data stays") {
    sm::L1Tags tags(kSmall);
    tags.reset(8 * 128);
    CHECK(tags.fetch(0, 0x1, CachePolicy::kAllLevels) == 0x1);
    CHECK(tags.fetch(0, 0x3, CachePolicy::kAllLevels) == 0x2);
    for (std::uint64_t line = 0; line < 4; ++line) {
        sm::L1Tags::Line* const entry = tags.access(line * 8 * 128, CachePolicy::kAllLevels);
        REQUIRE(entry != nullptr);
        entry->pending = 0x1;
    }
    CHECK(tags.access(4 * 8 * 128, CachePolicy::kAllLevels) == nullptr);
}

TEST_CASE("tag_passes: four neighbouring lines take one pass, wherever groups of four begin") {
    CHECK(passes(lines_at(0, 1, 1)) == 1);
    CHECK(passes(lines_at(0, 1, 4)) == 1);
    CHECK(passes(lines_at(8, 1, 4)) == 1);
    CHECK(passes(lines_at(0, 1, 5)) == 2);
    CHECK(passes(lines_at(0, 1, 32)) == 8);
    CHECK(passes(lines_at(0, 4, 4)) == 1);  // the next digit turns the banks
    CHECK(passes(lines_at(0, 5, 4)) == 4);  // both digits move together: one bank
}

TEST_CASE("carve_out: shared memory gets the smallest part that holds it") {
    const sm::SmSpec a100 = run::load_gpu("a100").sm;
    const auto kilobytes = [&a100](std::uint32_t shared_kilobytes, std::uint32_t ctas) {
        isa::KernelShape shape;
        shape.shared_bytes_per_cta = shared_kilobytes * 1024;
        return sm::l1_bytes(a100, shape, ctas) / 1024;
    };
    CHECK(kilobytes(0, 1) == 184);  // 1 KB of the system
    CHECK(kilobytes(7, 1) == 184);
    CHECK(kilobytes(8, 1) == 176);
    CHECK(kilobytes(48, 1) == 128);
    CHECK(kilobytes(48, 2) == 92);
    CHECK(kilobytes(163, 1) == 28);
}
