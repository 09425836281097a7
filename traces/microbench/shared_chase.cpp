#include "traces/microbench/shared_chase.hpp"

#include <fmt/format.h>

namespace sptc::microbench {
namespace {

using fmt::format;

constexpr std::uint32_t kRowBytes = 16;  // of an 8x8 matrix of 16-bit elements
constexpr std::uint32_t kWordBytes = 4;

Microbenchmark finish(const Frame& frame, const isa::Architecture& architecture,
                      std::uint32_t warps) {
    return {module_head(architecture) + entry_text(frame),
            timed_launch(frame.entry, 1, warps * isa::kLanes)};
}

}  // namespace

double bytes(const LdmatrixChase& chase) {
    return 8.0 * kRowBytes * chase.matrices * chase.warps * chase.ilp;
}

double bytes(const SharedChase& chase) {
    return chase.bits / 8.0 * isa::kLanes * chase.warps * chase.ilp;
}

Microbenchmark write(const LdmatrixChase& chase, const isa::Architecture& architecture) {
    const std::uint32_t pitch = kRowBytes * chase.conflict_ways;
    Frame frame;
    frame.entry = "ldmatrix_chase";
    frame.comment = format("{} independent ldmatrix.x{} whose rows lie {} bytes apart", chase.ilp,
                           chase.matrices, pitch);
    frame.declarations = {
        format(".shared .align 128 .b8 words[{}]", pitch * isa::kLanes),
        ".reg .b32 %base, %row, %at, %own",
    };
    // The first matrix gives lane l word l % 4 of row l / 4. It holds the address of row l of all
    // matrices, which is what lane l names in the next load.
    frame.prologue = {
        "mov.u32 %base, words",     format("mad.lo.u32 %own, %lane, {}, %base", pitch),
        "shr.u32 %row, %lane, 2",   format("mad.lo.u32 %row, %row, {}, %base", pitch),
        "and.b32 %at, %lane, 3",    format("mad.lo.u32 %at, %at, {}, %row", kWordBytes),
        "st.shared.u32 [%at], %own"};
    for (std::uint32_t copy = 0; copy < chase.ilp; ++copy) {
        const std::string d = format("d{}_", copy);
        frame.declarations.push_back(format(".reg .b32 %{}<{}>", d, chase.matrices));
        frame.prologue.push_back(format("mov.b32 %{}0, %own", d));
        frame.body.push_back(format("ldmatrix.sync.aligned.m8n8.x{}{}.shared.b16 {}, [%{}0]",
                                    chase.matrices, chase.transposed ? ".trans" : "",
                                    register_list(d, static_cast<int>(chase.matrices)), d));
        for (std::uint32_t r = 0; r < chase.matrices; ++r)
            frame.epilogue.push_back(format("xor.b32 %kept, %kept, %{}{}", d, r));
    }
    frame.body.emplace_back("bar.warp.sync 0xffffffff");
    return finish(frame, architecture, chase.warps);
}

Microbenchmark write(const SharedChase& chase, const isa::Architecture& architecture) {
    const std::uint32_t lane_bytes = chase.bits / 8;
    const std::uint32_t words = lane_bytes / kWordBytes;
    const std::uint32_t pitch = lane_bytes * chase.conflict_ways;
    const bool index = chase.next == NextAddress::kIndex;
    Frame frame;
    frame.entry = "shared_chase";
    frame.comment = format("{} independent ld.shared of {} bits, lanes {} bytes apart{}", chase.ilp,
                           chase.bits, pitch, index ? ", by index" : "");
    frame.declarations = {format(".shared .align 128 .b8 words[{}]", pitch * isa::kLanes),
                          ".reg .b32 %base, %at, %own"};
    frame.prologue = {
        "mov.u32 %base, words", format("mad.lo.u32 %at, %lane, {}, %base", pitch),
        index ? format("mul.lo.u32 %own, %lane, {}", pitch / kWordBytes) : "mov.b32 %own, %at"};
    for (std::uint32_t word = 0; word < words; ++word)
        frame.prologue.push_back(format("st.shared.u32 [%at+{}], %own", word * kWordBytes));
    for (std::uint32_t copy = 0; copy < chase.ilp; ++copy) {
        const std::string d = format("d{}_", copy);
        frame.declarations.push_back(format(".reg .b32 %{}<{}>, %at{}", d, words, copy));
        frame.prologue.push_back(format("mov.b32 %{}0, %own", d));
        std::string address = format("%{}0", d);
        if (index) {
            address = format("%at{}", copy);
            frame.body.push_back(format("mad.lo.u32 {}, %{}0, {}, %base", address, d, kWordBytes));
        }
        const std::string target =
            words == 1 ? format("%{}0", d) : register_list(d, static_cast<int>(words));
        frame.body.push_back(format("ld.shared{}.u32 {}, [{}]",
                                    words == 1 ? "" : format(".v{}", words), target, address));
        for (std::uint32_t r = 0; r < words; ++r)
            frame.epilogue.push_back(format("xor.b32 %kept, %kept, %{}{}", d, r));
    }
    frame.body.emplace_back("bar.warp.sync 0xffffffff");
    return finish(frame, architecture, chase.warps);
}

}  // namespace sptc::microbench
