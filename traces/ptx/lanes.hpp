#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

/// A packed pair of f16 in one 32-bit register: the low half first.
struct HalfPair {
    std::uint16_t low;
    std::uint16_t high;
};
/// One f16, kept apart from u16 so that arithmetic cannot mix them up.
struct Half {
    std::uint16_t bits;
};
/// The same for bf16.
struct BfloatPair {
    std::uint16_t low;
    std::uint16_t high;
};
struct Bfloat {
    std::uint16_t bits;
};

/// Lane registers as arrays of PTX types: how handlers read sources and write destinations. Loops
/// run over all lanes, also inactive ones, so that the compiler vectorises them; only write_lanes()
/// looks at the mask.

template <class T>
using Container = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T>
using Lanes = std::array<Container<T>, isa::kLanes>;

template <class T>
T unpack(Container<T> raw) {
    if constexpr (sizeof(T) == sizeof(Container<T>)) {
        return std::bit_cast<T>(raw);
    } else {
        return std::bit_cast<T>(static_cast<std::uint16_t>(raw));
    }
}

template <class T>
Container<T> pack(T value) {
    if constexpr (sizeof(T) == sizeof(Container<T>)) {
        return std::bit_cast<Container<T>>(value);
    } else {
        return std::bit_cast<std::uint16_t>(value);
    }
}

template <class T>
Lanes<T>& register_lanes(const Execution& e, std::int32_t slot) {
    if constexpr (sizeof(T) == 8) {
        return e.registers64[slot];
    } else {
        return e.registers32[slot];
    }
}

/// Lane masks as words: all ones where a lane is active.
template <class Word>
std::array<Word, isa::kLanes> spread(std::uint32_t mask) {
    std::array<Word, isa::kLanes> words;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        words[lane] = static_cast<Word>(Word{0} - ((mask >> lane) & 1u));
    }
    return words;
}

template <class Word>
void write_lanes(std::array<Word, isa::kLanes>& target, const std::array<Word, isa::kLanes>& values,
                 std::uint32_t mask) {
    if (mask == kAllLanes) {
        target = values;
        return;
    }
    const auto keep = spread<Word>(mask);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        target[lane] = (values[lane] & keep[lane]) | (target[lane] & ~keep[lane]);
    }
}

/// One bit per lane of a predicate function of the sources.
template <class Function>
std::uint32_t collect(Function&& holds) {
    std::array<std::uint32_t, isa::kLanes> bits;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        bits[lane] = holds(lane) ? 1u << lane : 0u;
    }
    std::uint32_t mask = 0;
    for (std::uint32_t word : bits) mask |= word;
    return mask;
}

inline void write_predicate(const Execution& e, std::int32_t slot, std::uint32_t value) {
    std::uint32_t& target = e.predicates[slot];
    target = (value & e.mask) | (target & ~e.mask);
}

/// Operand 0 = Function(operands 1, 2, ...), lane by lane.
template <class Function, class Destination, class... Sources, std::size_t... I>
void map_lanes(Execution& e, std::index_sequence<I...>) {
    const auto pointers = std::make_tuple(&register_lanes<Sources>(e, e.operands[I + 1])...);
    Lanes<Destination> out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] =
            pack<Destination>(Function{}(unpack<Sources>((*std::get<I>(pointers))[lane])...));
    }
    write_lanes(register_lanes<Destination>(e, e.operands[0]), out, e.mask);
}

/// The handler of a lane-wise function object.
template <class Function, class Destination, class... Sources>
void map_handler(Execution& e) {
    map_lanes<Function, Destination, Sources...>(e, std::index_sequence_for<Sources...>{});
}

}  // namespace sptc::ptx
