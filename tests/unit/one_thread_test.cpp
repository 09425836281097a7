// Which launches may have their CTAs executed at the same time.
#include <catch2/catch.hpp>

#include "models/base/file.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/ptx/one_thread.hpp"
#include "traces/ptx/store_log.hpp"

using namespace sptc;

namespace {

/// The reason for a kernel with a buffer "in" and a buffer "out", whose addresses stand in %in and
/// %out.
std::string reason(const std::string& instructions, const std::string& second_buffer = "out") {
    const std::string text =
        std::string(test::kPtxHeader) +
        ".visible .entry test(.param .u64 in, .param .u64 out)\n{\n"
        "    .reg .b32 %x, %y;\n    .reg .b64 %in, %out, %at;\n"
        "    ld.param.u64 %in, [in];\n    ld.param.u64 %out, [out];\n"
        "    cvta.to.global.u64 %in, %in;\n    cvta.to.global.u64 %out, %out;\n" +
        instructions + "    ret;\n}\n";
    launch::KernelLaunch launch;
    launch.arguments = {launch::BufferArgument{"in", 0}, launch::BufferArgument{second_buffer, 0}};
    launch::Buffer in, out;
    in.name = "in";
    out.name = "out";
    in.bytes = out.bytes = 1024;
    return ptx::one_thread_because(*ptx::load_program(text, "test.ptx", ""), launch, {in, out});
}

}  // namespace

TEST_CASE("one thread: a buffer that is only read and one that is only written leave the choice") {
    CHECK(reason("ld.global.u32 %x, [%in];\nst.global.u32 [%out], %x;\n").empty());
    CHECK(reason("ld.global.u32 %x, [%in];\nmul.wide.u32 %at, %x, 4;\nadd.u64 %at, %at, %out;\n"
                 "st.global.u32 [%at], %x;\n")
              .empty());
}

TEST_CASE("one thread: a buffer that is read and written needs the order") {
    CHECK(reason("ld.global.u32 %x, [%in];\nst.global.u32 [%in+4], %x;\n") ==
          "test.ptx:13 'ld.global.u32' may read what test.ptx:14 'st.global.u32' writes (buffer "
          "'in')");
    // Two arguments, one buffer.
    CHECK_FALSE(reason("ld.global.u32 %x, [%in];\nst.global.u32 [%out], %x;\n", "in").empty());
    // An address that stands in memory may be any.
    CHECK_FALSE(
        reason("ld.global.u64 %at, [%in];\nld.global.u32 %x, [%at];\nst.global.u32 [%out], %x;\n")
            .empty());
}

TEST_CASE("one thread: atomics and generic stores need the order") {
    CHECK(reason("red.global.add.u32 [%out], 1;\n") ==
          "test.ptx:13 'red.global.add.u32' changes what other CTAs read or change");
    CHECK_FALSE(reason("atom.global.exch.b32 %x, [%out], 1;\n").empty());
    CHECK_FALSE(reason("st.u32 [%out], 1;\n").empty());
}

TEST_CASE("store log: later cycles win, and in a cycle the later SM") {
    std::array<std::byte, 4> memory{};
    std::vector<ptx::StoreLog> logs(2);
    const auto store = [&](std::size_t sm, base::Cycle cycle, std::size_t at, int value) {
        const auto byte = static_cast<std::byte>(value);
        logs[sm].add(cycle, &memory[at], &byte, 1);
    };
    store(1, 10, 0, 1);
    store(1, 12, 1, 2);
    store(1, 12, 2, 3);
    store(0, 11, 0, 4);
    store(0, 12, 1, 5);
    store(0, 13, 2, 6);
    store(0, 13, 2, 7);
    CHECK(memory == std::array<std::byte, 4>{});
    ptx::StoreLog::apply(logs);
    CHECK(memory == std::array{std::byte{4}, std::byte{2}, std::byte{7}, std::byte{0}});
    memory = {};
    ptx::StoreLog::apply(logs);  // they have been forgotten
    CHECK(memory == std::array<std::byte, 4>{});
}
