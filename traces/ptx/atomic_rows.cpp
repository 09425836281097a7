// PTX ISA 9.1, "Parallel Synchronization and Communication Instructions": atom, red.
#include "traces/ptx/atomic_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "models/types/data_type.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/rounding.hpp"

namespace sptc::ptx {
namespace {

struct Add {
    template <class T>
    T operator()(T old, T b, T) const {
        using Unsigned = Container<T>;
        return static_cast<T>(static_cast<Unsigned>(old) + static_cast<Unsigned>(b));
    }
};

template <class T>
T canonical(T value) {
    return value == value ? value : canonical_nan<T>();
}

/// Subnormals become zeros of their sign.
float flushed(float value) {
    const bool subnormal = value != 0 && value < std::numeric_limits<float>::min() &&
                           value > -std::numeric_limits<float>::min();
    if (!subnormal) return value;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & 0x80000000u);
}

/// Rounds to nearest even, and keeps subnormals.
struct AddReal {
    template <class T>
    T operator()(T old, T b, T) const {
        return canonical(old + b);
    }
    Half operator()(Half old, Half b, Half) const {
        return {types::f64_to_f16(types::f16_to_f64(old.bits) + types::f16_to_f64(b.bits))};
    }
    HalfPair operator()(HalfPair old, HalfPair b, HalfPair) const {
        return {(*this)(Half{old.low}, Half{b.low}, Half{}).bits,
                (*this)(Half{old.high}, Half{b.high}, Half{}).bits};
    }
};
/// f32 in global memory flushes subnormal inputs and results.
struct AddFlushed {
    float operator()(float old, float b, float) const {
        return flushed(canonical(flushed(old) + flushed(b)));
    }
};
struct Minimum {
    template <class T>
    T operator()(T old, T b, T) const {
        return std::min(old, b);
    }
};
struct Maximum {
    template <class T>
    T operator()(T old, T b, T) const {
        return std::max(old, b);
    }
};
struct And {
    template <class T>
    T operator()(T old, T b, T) const {
        return old & b;
    }
};
struct Or {
    template <class T>
    T operator()(T old, T b, T) const {
        return old | b;
    }
};
struct Xor {
    template <class T>
    T operator()(T old, T b, T) const {
        return old ^ b;
    }
};
struct Exchange {
    template <class T>
    T operator()(T, T b, T) const {
        return b;
    }
};
struct CompareAndSwap {
    template <class T>
    T operator()(T old, T b, T c) const {
        return old == b ? c : old;
    }
};
struct Increment {
    std::uint32_t operator()(std::uint32_t old, std::uint32_t b, std::uint32_t) const {
        return old >= b ? 0 : old + 1;
    }
};
struct Decrement {
    std::uint32_t operator()(std::uint32_t old, std::uint32_t b, std::uint32_t) const {
        return old == 0 || old > b ? b : old - 1;
    }
};

template <class Function, class T>
void change(Execution& e) {
    LanePointers pointers{};
    resolve_access(e, sizeof(T), &pointers);
    const auto& b = register_lanes<T>(e, e.operands[1]);
    const auto& c = e.operands[2] >= 0 ? register_lanes<T>(e, e.operands[2]) : b;
    Lanes<T> out{};
    for (std::uint32_t rest = e.mask; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        T old;
        std::memcpy(&old, pointers[lane], sizeof old);
        const T changed = Function{}(old, unpack<T>(b[lane]), unpack<T>(c[lane]));
        std::memcpy(pointers[lane], &changed, sizeof changed);
        out[lane] = pack<T>(old);
    }
    if (e.operands[0] >= 0) write_lanes(register_lanes<T>(e, e.operands[0]), out, e.mask);
}

template <class Function, class T>
constexpr AtomicRow row(std::string_view operation, std::string_view type) {
    constexpr bool half = std::is_same_v<T, Half> || std::is_same_v<T, HalfPair>;
    return {operation,
            type,
            sizeof(T),
            std::uint8_t{std::is_same_v<Function, CompareAndSwap> ? 2 : 1},
            half,
            read_slot<T>(),
            write_slot<T>(),
            change<Function, T>,
            change<Function, T>};
}

constexpr AtomicRow flushing_row() {
    AtomicRow result = row<AddReal, float>("add", "f32");
    result.global = change<AddFlushed, float>;
    return result;
}

using U16 = std::uint16_t;
using U32 = std::uint32_t;
using S32 = std::int32_t;
using U64 = std::uint64_t;
using S64 = std::int64_t;

constexpr AtomicRow kRows[] = {
    row<Add, U32>("add", "u32"),
    row<Add, S32>("add", "s32"),
    row<Add, U64>("add", "u64"),
    flushing_row(),
    row<AddReal, double>("add", "f64"),
    row<AddReal, Half>("add", "f16"),
    row<AddReal, HalfPair>("add", "f16x2"),
    row<Minimum, U32>("min", "u32"),
    row<Minimum, S32>("min", "s32"),
    row<Minimum, U64>("min", "u64"),
    row<Minimum, S64>("min", "s64"),
    row<Maximum, U32>("max", "u32"),
    row<Maximum, S32>("max", "s32"),
    row<Maximum, U64>("max", "u64"),
    row<Maximum, S64>("max", "s64"),
    row<And, U32>("and", "b32"),
    row<And, U64>("and", "b64"),
    row<Or, U32>("or", "b32"),
    row<Or, U64>("or", "b64"),
    row<Xor, U32>("xor", "b32"),
    row<Xor, U64>("xor", "b64"),
    row<Exchange, U32>("exch", "b32"),
    row<Exchange, U64>("exch", "b64"),
    row<CompareAndSwap, U16>("cas", "b16"),
    row<CompareAndSwap, U32>("cas", "b32"),
    row<CompareAndSwap, U64>("cas", "b64"),
    row<Increment, U32>("inc", "u32"),
    row<Decrement, U32>("dec", "u32"),
};

}  // namespace

std::span<const AtomicRow> atomic_rows() { return kRows; }

}  // namespace sptc::ptx
