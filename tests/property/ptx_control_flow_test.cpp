// Random control flow, mostly unstructured: every lane must compute what it would alone, and lanes
// whose ways join for good must be together at the end.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/random.hpp"
#include "tests/support/ptx_run.hpp"

using namespace sptc;

namespace {

/// How a block ends.
enum class End : std::uint8_t { kFall, kJump, kBranch, kSwitch, kCall };

struct Block {
    std::uint32_t addend = 0;
    End end = End::kFall;
    std::uint32_t bit = 0;  ///< of the lane's value: decides a branch
    std::array<std::uint32_t, 4> targets{};
};

using Graph = std::vector<Block>;

constexpr std::uint32_t kFuel = 60;  // blocks that a lane visits at most

Graph random_graph(base::Random& random) {
    Graph graph(3 + random.below(12));
    for (Block& block : graph) {
        block.addend = random.below(1000);
        block.end = static_cast<End>(random.below(5));
        block.bit = random.below(6);
        for (std::uint32_t& target : block.targets) {
            target = random.below(static_cast<std::uint32_t>(graph.size()) + 1);
        }
    }
    return graph;
}

/// The function that the kernels call: it branches itself.
std::uint32_t called(std::uint32_t value) { return value % 3 == 0 ? value * 7 : value + 11; }

std::uint32_t expected(const Graph& graph, std::uint32_t lane) {
    std::uint32_t value = lane;
    std::uint32_t at = 0;
    for (std::uint32_t fuel = kFuel; at < graph.size() && --fuel != 0;) {
        const Block& block = graph[at];
        value = value * 5 + block.addend;
        const bool taken = ((value >> block.bit) & 1u) != 0;
        switch (block.end) {
            case End::kFall:
                ++at;
                break;
            case End::kJump:
                at = block.targets[0];
                break;
            case End::kBranch:
                at = taken ? block.targets[0] : at + 1;
                break;
            case End::kSwitch:
                at = block.targets[(value >> block.bit) & 3u];
                break;
            case End::kCall:
                value = called(value);
                at = taken ? block.targets[0] : block.targets[1];
                break;
        }
    }
    return value;
}

std::string text_of(const Block& block, std::size_t index, std::size_t blocks) {
    std::string text = fmt::format(R"(B{0}:
    sub.u32 %fuel, %fuel, 1;
    setp.eq.u32 %p, %fuel, 0;
    @%p bra B{1};
    mad.lo.u32 %v, %v, 5, {2};
    shr.u32 %t, %v, {3};
    and.b32 %b, %t, 1;
    setp.ne.u32 %p, %b, 0;
)",
                                   index, blocks, block.addend, block.bit);
    const auto& t = block.targets;
    switch (block.end) {
        case End::kFall:
            break;
        case End::kJump:
            text += fmt::format("    bra B{};\n", t[0]);
            break;
        case End::kBranch:
            text += fmt::format("    @%p bra B{};\n", t[0]);
            break;
        case End::kSwitch:
            text += fmt::format(
                "    and.b32 %t, %t, 3;\nT{4}: .branchtargets B{0}, B{1}, B{2}, B{3};\n"
                "    brx.idx %t, T{4};\n",
                t[0], t[1], t[2], t[3], index);
            break;
        case End::kCall:
            text += fmt::format(
                "    {{ .param .b32 a; .param .b32 r; st.param.b32 [a+0], %v;\n"
                "    call.uni (r), f, (a); ld.param.b32 %v, [r+0]; }}\n"
                "    @%p bra B{};\n    bra B{};\n",
                t[0], t[1]);
            break;
    }
    return text;
}

std::string kernel(const Graph& graph) {
    std::string text =
        std::string(test::kPtxHeader) + R"(.func (.param .b32 result) f(.param .b32 x)
{
    .reg .pred %p;
    .reg .b32 %v, %m;
    ld.param.b32 %v, [x];
    rem.u32 %m, %v, 3;
    setp.eq.u32 %p, %m, 0;
    @%p bra THREE;
    add.u32 %v, %v, 11;
    bra END;
THREE:
    mul.lo.u32 %v, %v, 7;
END:
    st.param.b32 [result+0], %v;
    ret;
}
.visible .entry k(.param .u64 out)
{
    .reg .pred %p;
    .reg .b32 %v, %t, %b, %fuel, %thread;
    .reg .b64 %out;
    mov.u32 %thread, %tid.x;
    mov.u32 %v, %thread;
)";
    text += fmt::format("    mov.u32 %fuel, {};\n", kFuel);
    for (std::size_t i = 0; i < graph.size(); ++i) text += text_of(graph[i], i, graph.size());
    text += fmt::format(R"(B{}:
    ld.param.u64 %out, [out];
    cvta.to.global.u64 %out, %out;
    mad.wide.u32 %out, %thread, 4, %out;
    st.global.u32 [%out], %v;
    ret;
}}
)",
                        graph.size());
    return text;
}

}  // namespace

TEST_CASE("ptx: in random control flow every lane computes what it would alone") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        base::Random random(seed);
        const Graph graph = random_graph(random);
        test::KernelRun run(kernel(graph));
        std::vector<std::uint32_t> masks;
        run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
            if (done.instruction->operation == isa::Operation::kStoreGlobal) {
                masks.push_back(done.active_mask);
            }
        };
        run.output("out", 128).run();
        const auto values = run.content<std::uint32_t>("out");
        INFO("seed " << seed << "\n" << run.ptx);
        for (std::uint32_t lane = 0; lane < 32; ++lane) {
            INFO("lane " << lane);
            REQUIRE(values[lane] == expected(graph, lane));
        }
        // Every way leads to the store: it is the post-dominator of all branches.
        REQUIRE(masks == std::vector<std::uint32_t>{0xffffffffu});
    }
}
