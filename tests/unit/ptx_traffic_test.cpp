// The global traffic of a CTA that is not simulated, against the same CTA executed in full.
#include <catch2/catch.hpp>

#include "tests/support/ptx_run.hpp"

using namespace sptc;
using test::KernelRun;

namespace {

struct Access {
    std::uint32_t line;
    std::uint32_t mask;
    std::vector<std::uint64_t> addresses;  ///< of the active lanes
    std::vector<std::uint8_t> source_bytes;

    bool operator==(const Access&) const = default;
};

std::vector<Access> accesses(isa::GlobalTraffic& traffic, std::uint32_t warp) {
    std::vector<Access> all;
    while (const isa::WarpInstruction* executed = traffic.next(warp, 0)) {
        Access access{executed->instruction->line, executed->active_mask, {}, {}};
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if (((access.mask >> lane) & 1u) == 0) continue;
            access.addresses.push_back(executed->addresses[lane]);
            if (executed->instruction->operation == isa::Operation::kAsyncCopy) {
                access.source_bytes.push_back(executed->source_bytes[lane]);
            }
        }
        all.push_back(std::move(access));
    }
    return all;
}

/// Every CTA and warp shows the same accesses in both ways; returns how many there are.
std::size_t compare(KernelRun& run) {
    run.values = launch::Values::kOff;
    const auto source = run.source();
    std::size_t count = 0;
    for (std::uint64_t cta = 0; cta < source->shape().grid.count(); ++cta) {
        isa::ExecutedTraffic whole(source->start_cta(cta, 0));
        const auto traffic = source->start_traffic(cta, 0);
        for (std::uint32_t warp = 0; warp < source->shape().warps_per_cta(); ++warp) {
            const auto expected = accesses(whole, warp);
            CAPTURE(cta, warp);
            CHECK(accesses(*traffic, warp) == expected);
            count += expected.size();
        }
    }
    return count;
}

}  // namespace

TEST_CASE("ptx traffic: lanes that part between two global instructions show the same accesses") {
    KernelRun run(std::string(test::kPtxHeader) + R"(
.visible .entry k(.param .u64 in)
{
    .reg .pred %p<3>;
    .reg .b32 %r<8>;
    .reg .b64 %rd<4>;
    .shared .align 16 .b8 tile[4096];
    ld.param.u64 %rd0, [in];
    mov.u32 %r0, %tid.x;
    mov.u32 %r1, %ctaid.x;
    mad.lo.u32 %r2, %r1, 64, %r0;
    mul.wide.u32 %rd1, %r2, 16;
    add.u64 %rd1, %rd0, %rd1;
    and.b32 %r3, %r0, 3;
    mov.u32 %r4, 0;
    bar.sync 0;
LOOP:
    shl.b32 %r5, %r0, 4;
    setp.lt.u32 %p0, %r0, 40;
    setp.ne.u32 %p1, %r3, 2;
    selp.b32 %r6, 16, 4, %p1;
    @%p0 cp.async.cg.shared.global [%r5], [%rd1], 16, %r6;
    setp.eq.u32 %p1, %r4, 1;
    @!%p1 bra SKIP;
    st.shared.u32 [%r5], %r0;
    add.u64 %rd1, %rd1, 16;
    ld.global.u32 %r7, [%rd1];
SKIP:
    add.u32 %r4, %r4, 1;
    setp.le.u32 %p2, %r4, %r3;
    @%p2 bra LOOP;
    st.global.u32 [%rd1+4], %r4;
}
)",
                  64);
    run.launch.grid = {3, 1, 1};
    run.output("in", 16 * 256);
    // a copy per trip, a load in the second one, a store; 3 CTAs of 2 warps; lanes stay 1 to 4
    // trips
    CHECK(compare(run) == 6 * (4 + 1 + 1));
}
