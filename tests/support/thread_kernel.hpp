#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/ptx_run.hpp"

namespace sptc::test {

/// A kernel that leaves %r0 of every thread of a warp in the buffer `out`; %r1 is the thread.
/// `module` stands before it, `parameters` (", .param .u32 a") behind that of `out`.
inline std::string thread_kernel(const std::string& module, const std::string& body,
                                 const std::string& parameters = "") {
    return std::string(kPtxHeader) + module + ".visible .entry k(.param .u64 out" + parameters +
           ")\n"
           R"({
    .reg .pred %p<4>;
    .reg .b16 %h<4>;
    .reg .b32 %r<10>;
    .reg .f32 %f<4>;
    .reg .b64 %rd<10>;
    mov.u32 %r0, 0;
    mov.u32 %r1, %tid.x;
    ld.param.u64 %rd0, [out];
    cvta.to.global.u64 %rd0, %rd0;
    mad.wide.u32 %rd1, %r1, 4, %rd0;
)" + body + R"(
    st.global.u32 [%rd1], %r0;
    ret;
}
)";
}

/// What such a kernel leaves.
inline std::vector<std::uint32_t> run_threads(KernelRun run) {
    run.run();
    return run.content<std::uint32_t>("out");
}

/// The same of a function of the thread.
template <class Function>
std::vector<std::uint32_t> of_threads(Function function) {
    std::vector<std::uint32_t> values;
    for (std::uint32_t i = 0; i < 32; ++i) values.push_back(function(i));
    return values;
}

}  // namespace sptc::test
