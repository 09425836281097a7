// vprintf and __assertfail: what the device runtime of CUDA does for printf and assert.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>

#include "models/base/error.hpp"
#include "traces/ptx/address_map.hpp"
#include "traces/ptx/call_handlers.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/print_buffer.hpp"
#include "traces/ptx/thread_stacks.hpp"

namespace sptc::ptx {
namespace {

constexpr std::size_t kLongestText = 4096;

/// What one lane of a call sees: its arguments and the memory behind their addresses.
class LaneView {
  public:
    LaneView(Execution& e, std::size_t lane) : e_(e), lane_(lane) {
        const std::int32_t pointer = e.cta.program.frame_pointer;
        if (pointer >= 0) frame_ = e.registers64[pointer][lane];
    }

    /// The value of a frame variable of the caller.
    [[nodiscard]] std::uint64_t argument(std::int32_t variable) const {
        std::uint64_t value = 0;
        const FrameVariable& info = variable_of(variable);
        std::memcpy(&value, e_.stacks->local(lane_) + frame_ + info.offset,
                    std::min<std::size_t>(info.bytes, sizeof value));
        return value;
    }

    void set(std::int32_t variable, std::uint32_t value) const {
        const FrameVariable& info = variable_of(variable);
        std::memcpy(e_.stacks->local(lane_) + frame_ + info.offset, &value,
                    std::min<std::size_t>(info.bytes, sizeof value));
    }

    /// Bytes at a generic address.
    [[nodiscard]] std::uint64_t load(std::uint64_t address, std::uint64_t bytes) const {
        LaneAddresses addresses{};
        LanePointers pointers{};
        const Space space = space_of(address);
        addresses[lane_] =
            space == Space::kGlobal ? address : address & ((1ull << kWindowShift) - 1);
        check_access(e_, addresses, 1u << lane_, space, bytes);
        find_pointers(e_, addresses, 1u << lane_, space, bytes, pointers);
        std::uint64_t value = 0;
        std::memcpy(&value, pointers[lane_], bytes);
        return value;
    }

    /// The text at a generic address up to its zero byte.
    [[nodiscard]] std::string text(std::uint64_t address) const {
        std::string out;
        if (address == 0) return "(null)";
        while (out.size() < kLongestText) {
            const auto c = static_cast<char>(load(address + out.size(), 1));
            if (c == '\0') break;
            out += c;
        }
        return out;
    }

  private:
    [[nodiscard]] const FrameVariable& variable_of(std::int32_t variable) const {
        return e_.cta.program.frame_variables[static_cast<std::size_t>(variable)];
    }

    Execution& e_;
    std::size_t lane_;
    std::uint64_t frame_ = 0;
};

/// One conversion of a format: "%-8.3lld".
struct Conversion {
    std::string flags;  ///< with width and precision, without length
    int longs = 0;      ///< 'l', and 2 for 'll', 'j', 'z', 't'
    char letter = '\0';
};

/// Reads the arguments of printf from the buffer that the compiler laid out: every one at a
/// multiple of its size.
class ArgumentReader {
  public:
    ArgumentReader(const LaneView& view, std::uint64_t address) : view_(view), at_(address) {}

    std::uint64_t next(std::uint64_t bytes) {
        at_ = (at_ + bytes - 1) / bytes * bytes;
        const std::uint64_t value = view_.load(at_, bytes);
        at_ += bytes;
        return value;
    }

  private:
    const LaneView& view_;
    std::uint64_t at_;
};

template <class Value>
std::string print(const std::string& format, Value value) {
    std::string text(kLongestText, '\0');
    const int length = std::snprintf(text.data(), text.size(), format.c_str(), value);
    text.resize(static_cast<std::size_t>(std::clamp(length, 0, static_cast<int>(text.size()) - 1)));
    return text;
}

std::string convert(const Conversion& conversion, const LaneView& view, ArgumentReader& arguments) {
    const std::string begin = "%" + conversion.flags;
    const std::uint64_t bytes = conversion.longs != 0 ? 8 : 4;
    switch (conversion.letter) {
        case 'd':
        case 'i': {
            const std::uint64_t bits = arguments.next(bytes);
            const auto value =
                bytes == 8 ? static_cast<long long>(bits) : static_cast<std::int32_t>(bits);
            return print(begin + "lld", static_cast<long long>(value));
        }
        case 'u':
        case 'x':
        case 'X':
        case 'o':
            return print(begin + "ll" + conversion.letter,
                         static_cast<unsigned long long>(arguments.next(bytes)));
        case 'c':
            return print(begin + "c", static_cast<int>(arguments.next(4)));
        case 'p':
            return print(begin + "s", fmt::format("{:#x}", arguments.next(8)).c_str());
        case 's':
            return print(begin + "s", view.text(arguments.next(8)).c_str());
        case 'e':
        case 'E':
        case 'f':
        case 'F':
        case 'g':
        case 'G':
        case 'a':
        case 'A':
            return print(begin + conversion.letter, std::bit_cast<double>(arguments.next(8)));
        default:
            return {};
    }
}

/// Have width and precision at most three digits each? More would only fill the host's memory.
bool is_short(const std::string& flags) {
    std::size_t digits = 0;
    for (const char c : flags) {
        digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        if (digits > 3) return false;
    }
    return flags.size() < 16;
}

/// The conversion behind a '%'; letter '\0' when it is malformed.
Conversion parse_conversion(const std::string& format, std::size_t& at, ArgumentReader& arguments) {
    Conversion conversion;
    while (at < format.size() &&
           std::string_view("-+ #0123456789.*").find(format[at]) != std::string_view::npos) {
        if (format[at] == '*') {
            conversion.flags += std::to_string(static_cast<std::int32_t>(arguments.next(4)));
        } else {
            conversion.flags += format[at];
        }
        ++at;
    }
    while (at < format.size() &&
           std::string_view("hljztL").find(format[at]) != std::string_view::npos) {
        if (format[at] != 'h' && format[at] != 'L') ++conversion.longs;
        ++at;
    }
    if (at < format.size() && is_short(conversion.flags)) conversion.letter = format[at++];
    return conversion;
}

/// Returns the number of conversions, as the runtime does.
std::uint32_t format_lane(const LaneView& view, std::uint64_t format_address,
                          std::uint64_t arguments_address, std::string& out) {
    const std::string format = view.text(format_address);
    ArgumentReader arguments(view, arguments_address);
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < format.size();) {
        const char c = format[at++];
        if (c != '%') {
            out += c;
        } else if (at < format.size() && format[at] == '%') {
            out += '%';
            ++at;
        } else {
            out += convert(parse_conversion(format, at, arguments), view, arguments);
            ++count;
        }
    }
    return count;
}

}  // namespace

void call_vprintf(Execution& e) {
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (((e.mask >> lane) & 1u) == 0) continue;
        const LaneView view(e, lane);
        std::string text;
        const std::uint32_t count =
            format_lane(view, view.argument(e.operands[0]), view.argument(e.operands[1]), text);
        if (e.cta.printed != nullptr) e.cta.printed->append(text);
        if (e.operands[2] >= 0) view.set(e.operands[2], count);
    }
}

void call_assertfail(Execution& e) {
    if (e.cta.values == launch::Values::kOff) {
        kernel_fault(e, "an assertion fails (turn values on to see which)");
    }
    const int lane = std::countr_zero(e.mask);
    const LaneView view(e, static_cast<std::size_t>(lane));
    kernel_fault(e, fmt::format("lane {}: assertion '{}' failed in {}:{}, function '{}'", lane,
                                view.text(view.argument(e.operands[0])),
                                view.text(view.argument(e.operands[1])),
                                static_cast<std::uint32_t>(view.argument(e.operands[2])),
                                view.text(view.argument(e.operands[3]))));
}

}  // namespace sptc::ptx
