// One sparse int8 instruction, D = A . B + C, through the installed library.
#include <cstdint>
#include <cstdio>
#include <vector>

#include <sptc/mma.hpp>

int main() {
    const sptc::Mma mma("mma.sp::ordered_metadata.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32",
                        {.arch = "sm_80"});
    // A stores 32 of 64 columns: the first two of every four (code 0x4), all with the value 2.
    const std::vector<std::int8_t> a(mma.a_bytes(), 2);
    const std::vector<std::uint8_t> e(mma.e_bytes(), 0x44);
    std::vector<std::int8_t> b(mma.b_bytes());
    for (int k = 0; k < mma.k(); ++k) {
        for (int n = 0; n < mma.n(); ++n) {
            b[static_cast<std::size_t>(k * mma.n() + n)] = static_cast<std::int8_t>(n);
        }
    }
    const std::vector<std::int32_t> c(16 * 8, 100);
    std::vector<std::int32_t> d(c.size());
    mma.compute({.a = std::as_bytes(std::span(a)),
                 .b = std::as_bytes(std::span(b)),
                 .c = std::as_bytes(std::span(c)),
                 .e = std::as_bytes(std::span(e)),
                 .d = std::as_writable_bytes(std::span(d))});
    for (int n = 0; n < mma.n(); ++n) std::printf("%d ", d[static_cast<std::size_t>(n)]);
    std::printf("\n");  // 100 + 32 * 2 * n

    try {
        const sptc::Mma missing("mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e4m3.f32",
                                {.arch = "sm_80"});
    } catch (const sptc::MmaError& error) {
        std::printf("%.20s...\n", error.what());
    }
}
