#include "traces/ptx/wmma_handlers.hpp"

#include <cstring>

#include "models/types/data_type.hpp"
#include "traces/ptx/lanes.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/mma_operands.hpp"
#include "traces/ptx/store_value.hpp"

namespace sptc::ptx {
namespace {

constexpr std::size_t kTileRows = 8;
constexpr std::uint64_t kTileRowBytes = 16;

/// The address of an element `line` * stride + `offset` behind a lane's base.
std::uint64_t element_address(const Execution& e, std::size_t lane, std::uint64_t base,
                              std::int64_t line, std::int64_t offset) {
    const std::int64_t stride = e.registers32[e.operands[0]][lane];
    return base + static_cast<std::uint64_t>((line * stride + offset) * e.operands[1] / 8);
}

LanePointers resolve(Execution& e) {
    wmma_addresses(e);
    LanePointers pointers{};
    find_pointers(e, e.result.addresses, e.mask, e.op.space, e.op.bytes, pointers);
    return pointers;
}

template <class Word>
void load(Execution& e) {
    const LanePointers pointers = resolve(e);
    const std::size_t registers = e.op.elements;
    const std::size_t bytes = e.op.bytes / registers;
    for (std::size_t i = 0; i < registers * (e.op.modifier + 1u); ++i) {
        auto& target = register_lanes<Word>(e, e.operands[kWmmaOperands + i]);
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            Word word = 0;
            std::memcpy(&word, pointers[lane] + i % registers * bytes, bytes);
            target[lane] = word;
        }
    }
}

template <class Word>
void store(Execution& e) {
    const LanePointers pointers = resolve(e);
    for (std::size_t i = 0; i < e.op.elements; ++i) {
        const auto& source = register_lanes<Word>(e, e.operands[kWmmaOperands + i]);
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            store_value(e, pointers[lane] + i * sizeof(Word), Word{source[lane]});
        }
    }
}

}  // namespace

void wmma_addresses(Execution& e) {
    check_whole_warp(e);
    const std::int32_t* place = e.operands + 2;
    LaneAddresses bases;
    compute_addresses(e, e.op.address, bases);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        const auto g = static_cast<std::int32_t>(lane / 4);
        const auto t = static_cast<std::int32_t>(lane % 4);
        e.result.addresses[lane] =
            element_address(e, lane, bases[lane], place[0] + g * place[2] + t * place[4],
                            place[1] + g * place[3] + t * place[5]);
    }
    check_access(e, e.result.addresses, e.mask, e.op.space, e.op.bytes);
}

void wmma_load32(Execution& e) { load<std::uint32_t>(e); }
void wmma_load64(Execution& e) { load<std::uint64_t>(e); }
void wmma_store32(Execution& e) { store<std::uint32_t>(e); }
void wmma_store64(Execution& e) { store<std::uint64_t>(e); }

void wmma_store_without_values(Execution& e) {
    wmma_addresses(e);
    if (!e.cta.discard_stores) return;
    for (const std::uint64_t address : e.result.addresses) e.cta.memory.discard_content(address);
}

void wmma_tile_addresses(Execution& e) {
    check_whole_warp(e);
    LaneAddresses bases;
    compute_addresses(e, e.op.address, bases);
    for (std::size_t tile = 0; tile < e.op.elements; ++tile) {
        const std::int32_t* first = e.operands + 2 + 2 * tile;
        for (std::size_t row = 0; row < kTileRows; ++row) {
            const std::size_t lane = kTileRows * tile + row;
            e.result.addresses[lane] = element_address(
                e, lane, bases[lane], first[0] + static_cast<std::int32_t>(row), first[1]);
        }
    }
    const std::uint32_t rows = UINT32_MAX >> (isa::kLanes - kTileRows * e.op.elements);
    check_access(e, e.result.addresses, rows, Space::kShared, kTileRowBytes);
}

void wmma_load_tiles(Execution& e) {
    wmma_tile_addresses(e);
    const std::size_t registers = e.op.elements;
    const bool transposed = (e.op.modifier & kTransposedTiles) != 0;
    const std::size_t copies = (e.op.modifier & ~kTransposedTiles) + 1u;
    for (std::size_t i = 0; i < registers * copies; ++i) {
        read_tile(e, kTileRows * (i % registers), transposed,
                  e.registers32[e.operands[2 + 2 * registers + i]]);
    }
}

void insert_bits(Execution& e) {
    const isa::LaneRegister& a = e.registers32[e.operands[1]];
    const isa::LaneRegister& b = e.registers32[e.operands[2]];
    isa::LaneRegister out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = a[lane] | b[lane] << e.op.modifier;
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

void widen_half(Execution& e) {
    const isa::LaneRegister& a = e.registers32[e.operands[1]];
    const int shift = e.op.modifier == 0 ? 0 : 16;
    isa::LaneRegister out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        const auto half = static_cast<std::uint16_t>(a[lane] >> shift);
        out[lane] = std::bit_cast<std::uint32_t>(static_cast<float>(types::f16_to_f64(half)));
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

void narrow_to_halves(Execution& e) {
    const auto half = [](std::uint32_t bits) {
        return std::uint32_t{types::f64_to_f16(double{std::bit_cast<float>(bits)})};
    };
    const isa::LaneRegister& a = e.registers32[e.operands[1]];
    const isa::LaneRegister& b = e.registers32[e.operands[2]];
    isa::LaneRegister out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = half(a[lane]) | half(b[lane]) << 16;
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

}  // namespace sptc::ptx
