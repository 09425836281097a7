#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "tests/support/functional_run.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/ptx/print_buffer.hpp"
#include "traces/ptx/source.hpp"

namespace sptc::test {

/// A kernel with its launch, ready to run: buffers are added, then run() executes every CTA.
struct KernelRun {
    std::string ptx;
    launch::Launch launch;
    launch::Values values = launch::Values::kOn;
    lowering::Lowering lowering = lowering::Lowering::kOff;
    FunctionalOptions options;
    std::unique_ptr<launch::DeviceMemory> memory;
    std::unique_ptr<sptc::ptx::PrintBuffer> printed = std::make_unique<sptc::ptx::PrintBuffer>();

    explicit KernelRun(std::string text, std::uint32_t threads = 32) : ptx(std::move(text)) {
        launch.block = {threads, 1, 1};
    }

    /// Adds a buffer and its address as the next argument.
    template <class Element>
    KernelRun& buffer(const std::string& name, const std::vector<Element>& content) {
        launch::Buffer buffer;
        buffer.name = name;
        buffer.bytes = content.size() * sizeof(Element);
        buffer.data.resize(buffer.bytes);
        std::memcpy(buffer.data.data(), content.data(), buffer.bytes);
        launch.buffers.push_back(std::move(buffer));
        launch.arguments.push_back(launch::BufferArgument{name, 0});
        return *this;
    }

    KernelRun& output(const std::string& name, std::uint64_t bytes) {
        launch::Buffer buffer;
        buffer.name = name;
        buffer.bytes = bytes;
        launch.buffers.push_back(std::move(buffer));
        launch.arguments.push_back(launch::BufferArgument{name, 0});
        return *this;
    }

    KernelRun& scalar(const std::string& type, std::uint64_t bits) {
        launch.arguments.push_back(launch::ScalarArgument{type, bits});
        return *this;
    }

    /// The source for the launch; `memory` is fresh.
    std::unique_ptr<isa::InstructionSource> source() {
        memory = std::make_unique<launch::DeviceMemory>(launch.buffers, values);
        return ptx::make_source(
            lowering::apply(lowering, ptx::load_program(ptx, "test.ptx", launch.entry)), launch,
            *memory, values, 1, printed.get());
    }

    std::uint64_t run() {
        const auto instructions = source();
        return run_functionally(*instructions, options);
    }

    template <class Element>
    [[nodiscard]] std::vector<Element> content(const std::string& name) const {
        const auto bytes = memory->content(name);
        std::vector<Element> elements(bytes.size() / sizeof(Element));
        std::memcpy(elements.data(), bytes.data(), bytes.size());
        return elements;
    }
};

inline constexpr std::string_view kPtxHeader = ".version 8.5\n.target sm_80\n.address_size 64\n\n";

/// Sources of one lane.
using Sources = std::array<std::uint64_t, 3>;

/// The text of evaluate()'s kernel.
inline std::string evaluation_kernel(const std::string& instructions) {
    std::string text(kPtxHeader);
    text += R"(.visible .entry evaluate(.param .u64 in, .param .u64 out)
{
    .reg .pred %p, %q;
    .reg .b16 %a16, %b16, %c16, %d16, %e16;
    .reg .b32 %a32, %b32, %c32, %d32, %e32, %tid;
    .reg .b64 %a64, %b64, %c64, %d64, %e64, %in, %out, %offset;
    ld.param.u64 %in, [in];
    ld.param.u64 %out, [out];
    cvta.to.global.u64 %in, %in;
    cvta.to.global.u64 %out, %out;
    mov.u32 %tid, %tid.x;
    mul.wide.u32 %offset, %tid, 24;
    add.u64 %in, %in, %offset;
    mul.wide.u32 %offset, %tid, 8;
    add.u64 %out, %out, %offset;
    ld.global.u64 %a64, [%in];
    ld.global.u64 %b64, [%in+8];
    ld.global.u64 %c64, [%in+16];
    cvt.u32.u64 %a32, %a64;
    cvt.u32.u64 %b32, %b64;
    cvt.u32.u64 %c32, %c64;
    cvt.u16.u64 %a16, %a64;
    cvt.u16.u64 %b16, %b64;
    cvt.u16.u64 %c16, %c64;
    mov.u64 %d64, 0;
    mov.u32 %d32, 0;
    mov.u16 %d16, 0;
)";
    text += instructions;
    text += R"(
    cvt.u64.u32 %e64, %d32;
    or.b64 %d64, %d64, %e64;
    cvt.u64.u16 %e64, %d16;
    or.b64 %d64, %d64, %e64;
    st.global.u64 [%out], %d64;
    ret;
}
)";
    return text;
}

/// Runs instructions that turn %a16/%a32/%a64, %b.., %c.. of up to 32 lanes into one of %d16, %d32,
/// %d64; %p, %q and %e.. are free. Returns what the d register holds in each lane.
inline std::vector<std::uint64_t> evaluate(const std::string& instructions,
                                           std::vector<Sources> sources) {
    const std::size_t lanes = sources.size();
    sources.resize(32);
    KernelRun run(evaluation_kernel(instructions));
    run.buffer("in", sources).output("out", 32 * 8).run();
    auto results = run.content<std::uint64_t>("out");
    results.resize(lanes);
    return results;
}

/// evaluate() for any number of sources, 32 at a time.
inline std::vector<std::uint64_t> evaluate_all(const std::string& instructions,
                                               const std::vector<Sources>& sources) {
    std::vector<std::uint64_t> results;
    for (std::size_t first = 0; first < sources.size(); first += 32) {
        const std::size_t last = std::min<std::size_t>(first + 32, sources.size());
        const auto part =
            evaluate(instructions, {sources.begin() + static_cast<std::ptrdiff_t>(first),
                                    sources.begin() + static_cast<std::ptrdiff_t>(last)});
        results.insert(results.end(), part.begin(), part.end());
    }
    return results;
}

}  // namespace sptc::test
