#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/ptx_run.hpp"
#include "traces/lowering/lowering.hpp"

namespace sptc::test {

inline constexpr std::string_view kBegin = R"(.visible .entry k(.param .u64 out, .param .u32 n)
{
    .reg .pred %p<9>;
    .reg .b16 %h<9>;
    .reg .b32 %r<30>;
    .reg .f32 %f<9>;
    .reg .b64 %rd<30>;
    ld.param.u64 %rd1, [out];
    ld.param.u32 %r1, [n];
    mov.u32 %r2, %tid.x;
)";

inline std::string kernel(const std::string& body) {
    return std::string(kPtxHeader) + std::string(kBegin) + body + "ret;\n}\n";
}

inline std::shared_ptr<const ptx::Program> lowered(const std::string& body) {
    return lowering::lower(ptx::load_program(kernel(body), "k.ptx", ""));
}

inline std::vector<std::uint32_t> run(const std::string& body, lowering::Lowering lowering) {
    KernelRun run(kernel(body));
    run.lowering = lowering;
    run.output("out", 32 * 8).scalar("u32", 7).run();
    return run.content<std::uint32_t>("out");
}

inline void check_same_bits(const std::string& body) {
    CAPTURE(body);
    CHECK(run(body, lowering::Lowering::kOn) == run(body, lowering::Lowering::kOff));
}

inline std::ptrdiff_t count(const ptx::Program& program, std::string_view machine) {
    return std::count(program.machine_names.begin(), program.machine_names.end(), machine);
}

/// Stores %r9 of every lane.
inline constexpr std::string_view kStore = R"(
    cvta.to.global.u64 %rd2, %rd1;
    mul.wide.u32 %rd3, %r2, 4;
    add.s64 %rd4, %rd2, %rd3;
    st.global.u32 [%rd4], %r9;
)";

inline std::string store(const std::string& body) { return body + std::string(kStore); }

}  // namespace sptc::test
