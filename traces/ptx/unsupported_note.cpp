#include "traces/ptx/unsupported_note.hpp"

#include <algorithm>
#include <array>

namespace sptc::ptx {
namespace {

struct Note {
    std::string_view word;  ///< of the opcode
    std::string_view type;  ///< its last word; empty: any
    std::string_view text;
};

constexpr std::string_view kBf16 =
    "needs sm_90; sm_80 has fma.rn.{bf16,bf16x2}: a + b is fma(a, 1, b), a * b is fma(a, b, -0)";
constexpr std::string_view kBf16Compare = "needs sm_90; on sm_80 widen to f32 first";
constexpr std::string_view kPacked = "needs sm_90; on sm_80 unpack to two 16-bit registers";
constexpr std::string_view kVideo =
    "SIMD video instructions are not executed (sm_80 emulates them); use dp4a, prmt, add, min, max";

constexpr Note kNotes[] = {
    {"add", "bf16", kBf16},
    {"add", "bf16x2", kBf16},
    {"sub", "bf16", kBf16},
    {"sub", "bf16x2", kBf16},
    {"mul", "bf16", kBf16},
    {"mul", "bf16x2", kBf16},
    {"setp", "bf16", kBf16Compare},
    {"setp", "bf16x2", kBf16Compare},
    {"set", "bf16", kBf16Compare},
    {"set", "bf16x2", kBf16Compare},
    {"ex2", "bf16", "needs sm_90; sm_80 has ex2.approx.{f32,f16,f16x2}"},
    {"ex2", "bf16x2", "needs sm_90; sm_80 has ex2.approx.{f32,f16,f16x2}"},
    {"tanh", "bf16", "needs sm_90; sm_80 has tanh.approx.{f32,f16,f16x2}"},
    {"tanh", "bf16x2", "needs sm_90; sm_80 has tanh.approx.{f32,f16,f16x2}"},
    {"add", "u16x2", kPacked},
    {"add", "s16x2", kPacked},
    {"min", "u16x2", kPacked},
    {"min", "s16x2", kPacked},
    {"max", "u16x2", kPacked},
    {"max", "s16x2", kPacked},
};

constexpr std::array<std::string_view, 24> kVideoWords{
    "vadd",  "vsub",  "vabsdiff", "vmin",      "vmax",      "vshl",  "vshr",  "vmad",
    "vset",  "vadd2", "vsub2",    "vavrg2",    "vabsdiff2", "vmin2", "vmax2", "vset2",
    "vadd4", "vsub4", "vavrg4",   "vabsdiff4", "vmin4",     "vmax4", "vset4", "vavrg"};

}  // namespace

std::string unsupported_note(std::string_view opcode) {
    const std::string_view word = opcode.substr(0, opcode.find('.'));
    const std::string_view type = opcode.substr(opcode.rfind('.') + 1);
    if (std::find(kVideoWords.begin(), kVideoWords.end(), word) != kVideoWords.end()) {
        return std::string(kVideo);
    }
    for (const Note& note : kNotes) {
        if (note.word == word && note.type == type) return std::string(note.text);
    }
    return "";
}

}  // namespace sptc::ptx
