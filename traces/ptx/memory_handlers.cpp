#include "traces/ptx/memory_handlers.hpp"

#include <algorithm>
#include <cstring>

#include "models/base/error.hpp"
#include "traces/ptx/address_map.hpp"
#include "traces/ptx/lanes.hpp"
#include "traces/ptx/mbarrier.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/observer.hpp"
#include "traces/ptx/store_value.hpp"

namespace sptc::ptx {
namespace {

bool active(std::uint32_t mask, std::size_t lane) { return ((mask >> lane) & 1u) != 0; }

/// Computes and checks the addresses of a load or store and finds the bytes.
LanePointers resolve(Execution& e) {
    const std::uint64_t bytes = std::uint64_t{e.op.bytes} * e.op.elements;
    LanePointers pointers{};
    resolve_access(e, bytes, &pointers);
    return pointers;
}

/// The same for a store of global memory that another CTA waits for, with values off: `mask`
/// becomes the lanes whose buffer has content.
LanePointers resolve_release(Execution& e, std::uint32_t& mask) {
    const std::uint64_t bytes = std::uint64_t{e.op.bytes} * e.op.elements;
    address_only(e);
    LanePointers pointers{};
    mask &= collect([&](std::uint32_t lane) {
        if (active(e.mask, lane))
            pointers[lane] = e.cta.memory.find(e.result.addresses[lane], bytes);
        return pointers[lane] != nullptr;
    });
    return pointers;
}

/// The same for a store. With values off only local memory is written, which an address may depend
/// on, and what a release leaves for others: `mask` becomes the lanes that are.
LanePointers resolve_store(Execution& e, std::uint32_t& mask) {
    mask = e.mask;
    if (e.cta.values == launch::Values::kOff && e.op.space == Space::kGlobal) {
        return resolve_release(e, mask);
    }
    if (e.cta.values == launch::Values::kOn || e.op.space != Space::kGeneric) return resolve(e);
    LaneAddresses addresses;
    compute_addresses(e, e.op.address, addresses);
    mask &= collect([&](std::uint32_t lane) { return space_of(addresses[lane]) == Space::kLocal; });
    store_without_values(e);
    LanePointers pointers{};
    for (std::uint64_t& address : addresses) address &= (1ull << kWindowShift) - 1;
    find_pointers(e, addresses, mask, Space::kLocal, e.op.bytes * e.op.elements, pointers);
    return pointers;
}

/// Narrow elements are extended to the register as their type says.
template <class Element, class Word>
void load(Execution& e) {
    const LanePointers pointers = resolve(e);
    for (std::size_t i = 0; i < e.op.elements; ++i) {
        auto& target = register_lanes<Word>(e, e.operands[i]);
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if (!active(e.mask, lane)) continue;
            Element element;
            std::memcpy(&element, pointers[lane] + i * sizeof element, sizeof element);
            target[lane] = static_cast<Word>(element);
        }
    }
}

/// Lanes that store to the same bytes: the highest lane wins (PTX leaves it open).
template <class Element, class Word>
void store(Execution& e) {
    std::uint32_t mask = 0;
    const LanePointers pointers = resolve_store(e, mask);
    for (std::size_t i = 0; i < e.op.elements; ++i) {
        const auto& source = register_lanes<Word>(e, e.operands[i]);
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if (!active(mask, lane)) continue;
            const auto element = static_cast<Element>(source[lane]);
            store_value(e, pointers[lane] + i * sizeof element, element);
        }
    }
}

template <class Element>
constexpr MemoryHandlers handlers() {
    using U32 = std::uint32_t;
    using U64 = std::uint64_t;
    if constexpr (sizeof(Element) == 8) {
        return {nullptr, load<Element, U64>, nullptr, store<Element, U64>};
    } else {
        return {load<Element, U32>, load<Element, U64>, store<Element, U32>, store<Element, U64>};
    }
}

template <class Word>
void load_parameter(Execution& e) {
    for (std::size_t i = 0; i < e.op.elements; ++i) {
        const std::byte* from = e.cta.parameters.data() + e.op.address.offset +
                                static_cast<std::ptrdiff_t>(i) * e.op.bytes;
        Word value = 0;
        std::memcpy(&value, from, e.op.bytes);
        // Op::modifier 1: a signed type, extended to the register.
        if (e.op.modifier != 0 && e.op.bytes < sizeof(Word)) {
            const auto unused = static_cast<int>(8 * (sizeof(Word) - e.op.bytes));
            value = static_cast<Word>(
                static_cast<std::make_signed_t<Word>>(static_cast<Word>(value << unused)) >>
                unused);
        }
        std::array<Word, isa::kLanes> out;
        out.fill(value);
        write_lanes(register_lanes<Word>(e, e.operands[i]), out, e.mask);
    }
}

/// cp.async: does every lane, active or not, read the whole copy size?
bool reads_whole_size(const Execution& e) {
    if (e.operands[1] >= 0 && e.predicates[e.operands[1]] != 0) return false;
    if (e.operands[0] < 0) return true;
    std::uint32_t difference = 0;
    for (const std::uint32_t bytes : e.registers32[e.operands[0]]) difference |= bytes ^ e.op.bytes;
    return difference == 0;
}

/// cp.async: the bytes that each lane reads. More than the copy size is undefined in PTX.
void read_source_bytes(Execution& e) {
    std::uint32_t ignored = e.operands[1] >= 0 ? e.predicates[e.operands[1]] : 0;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        std::uint32_t bytes = e.op.bytes;
        if (e.operands[0] >= 0) bytes = e.registers32[e.operands[0]][lane];
        if (active(ignored, lane)) bytes = 0;
        if (bytes > e.op.bytes) {
            if (active(e.mask, lane)) {
                kernel_fault(e, "the source size " + std::to_string(bytes) + " of lane " +
                                    std::to_string(lane) + " exceeds the copy size " +
                                    std::to_string(e.op.bytes));
            }
            bytes = 0;
        }
        e.result.source_bytes[lane] = static_cast<std::uint8_t>(bytes);
    }
}

/// Fills in the global addresses and checks them; a lane that reads nothing may have any. Returns
/// the lanes that read.
std::uint32_t check_copy_source(Execution& e) {
    compute_addresses(e, e.op.address, e.result.addresses);
    if (reads_whole_size(e)) {
        e.result.source_bytes.fill(e.op.bytes);
        check_access(e, e.result.addresses, e.mask, Space::kGlobal, e.op.bytes);
        return e.mask;
    }
    read_source_bytes(e);
    const auto& bytes = e.result.source_bytes;
    const std::uint32_t whole =
        e.mask & collect([&](std::uint32_t lane) { return bytes[lane] == e.op.bytes; });
    check_access(e, e.result.addresses, whole, Space::kGlobal, e.op.bytes);
    const std::uint32_t partial = e.mask & collect([&](std::uint32_t lane) {
                                      return bytes[lane] != 0 && bytes[lane] != e.op.bytes;
                                  });
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (!active(partial, lane)) continue;
        const std::uint64_t address = e.result.addresses[lane];
        if (address % e.op.bytes != 0)
            check_access(e, e.result.addresses, 1u << lane, Space::kGlobal, e.op.bytes);
        if (!e.cta.memory.contains(address, bytes[lane])) {
            memory_fault(e, static_cast<int>(lane), address, bytes[lane],
                         e.cta.memory.describe(address));
        }
        if (e.cta.observer != nullptr) {
            e.cta.observer->access(e, e.result.addresses, 1u << lane, Space::kGlobal, bytes[lane]);
        }
    }
    return whole | partial;
}

/// Fills in all addresses and checks them. Returns the lanes that read.
std::uint32_t check_async_copy(Execution& e) {
    LaneAddresses destinations;
    compute_addresses(e, e.op.destination, destinations);
    check_access(e, destinations, e.mask, Space::kShared, e.op.bytes);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        e.result.shared_addresses[lane] = static_cast<std::uint32_t>(destinations[lane]);
    }
    return check_copy_source(e);
}

}  // namespace

const MemoryHandlers* find_memory_handlers(std::string_view type) {
    struct Row {
        std::string_view type;
        MemoryHandlers handlers;
    };
    static constexpr Row kRows[] = {
        {"b8", handlers<std::uint8_t>()},   {"u8", handlers<std::uint8_t>()},
        {"s8", handlers<std::int8_t>()},    {"b16", handlers<std::uint16_t>()},
        {"u16", handlers<std::uint16_t>()}, {"s16", handlers<std::int16_t>()},
        {"b32", handlers<std::uint32_t>()}, {"u32", handlers<std::uint32_t>()},
        {"s32", handlers<std::int32_t>()},  {"f32", handlers<std::uint32_t>()},
        {"b64", handlers<std::uint64_t>()}, {"u64", handlers<std::uint64_t>()},
        {"s64", handlers<std::int64_t>()},  {"f64", handlers<std::uint64_t>()},
    };
    for (const Row& row : kRows) {
        if (row.type == type) return &row.handlers;
    }
    return nullptr;
}

void address_only(Execution& e) {
    resolve_access(e, std::uint64_t{e.op.bytes} * e.op.elements, nullptr);
}

void store_without_values(Execution& e) {
    address_only(e);
    if (!e.cta.discard_stores) return;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (active(e.mask, lane)) e.cta.memory.discard_content(e.result.addresses[lane]);
    }
}

void load_parameter32(Execution& e) { load_parameter<std::uint32_t>(e); }
void load_parameter64(Execution& e) { load_parameter<std::uint64_t>(e); }

void load_matrix_addresses(Execution& e) {
    compute_addresses(e, e.op.address, e.result.addresses);
    if (e.mask == 0) return;
    if (e.mask != kAllLanes) kernel_fault(e, "needs all 32 lanes of the warp");
    const std::uint32_t rows = UINT32_MAX >> (isa::kLanes - 8 * e.op.elements);
    check_access(e, e.result.addresses, rows, Space::kShared, e.op.bytes);
}

void read_tile(const Execution& e, std::size_t first_row, bool transposed,
               isa::LaneRegister& target) {
    std::array<std::array<std::uint16_t, 8>, 8> tile;
    for (std::size_t row = 0; row < 8; ++row) {
        const std::uint64_t address = e.result.addresses[first_row + row];
        std::memcpy(tile[row].data(), e.cta.shared.data() + address, sizeof tile[row]);
    }
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        const std::size_t g = lane / 4;
        const std::size_t t = lane % 4;
        const std::uint32_t low = transposed ? tile[2 * t][g] : tile[g][2 * t];
        const std::uint32_t high = transposed ? tile[2 * t + 1][g] : tile[g][2 * t + 1];
        target[lane] = low | (high << 16);
    }
}

void load_matrix(Execution& e) {
    load_matrix_addresses(e);
    if (e.mask == 0) return;
    const bool transposed = e.op.modifier != 0;
    for (std::size_t matrix = 0; matrix < e.op.elements; ++matrix) {
        read_tile(e, 8 * matrix, transposed, e.registers32[e.operands[matrix]]);
    }
}

void async_copy_without_values(Execution& e) { (void)check_async_copy(e); }
void async_copy_source(Execution& e) { (void)check_copy_source(e); }

void async_copy(Execution& e) {
    const std::uint32_t reading = check_async_copy(e);
    const isa::AsyncCopyToken token = take_token(e.cta);
    PendingCopy& copy = e.cta.copies[token];
    copy.in_flight = true;
    copy.bytes = e.op.bytes;
    copy.mask = e.mask;
    copy.source_bytes = e.result.source_bytes;
    copy.destinations = e.result.shared_addresses;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        copy.sources[lane] = active(reading, lane) ? e.cta.memory.find(e.result.addresses[lane],
                                                                       copy.source_bytes[lane])
                                                   : nullptr;
    }
    e.result.async_token = token;
}

isa::AsyncCopyToken take_token(CtaState& cta) {
    if (cta.free_tokens.empty()) {
        cta.copies.emplace_back();
        return static_cast<isa::AsyncCopyToken>(cta.copies.size() - 1);
    }
    const isa::AsyncCopyToken token = cta.free_tokens.back();
    cta.free_tokens.pop_back();
    return token;
}

void land_copy(CtaState& cta, isa::AsyncCopyToken token) {
    SPTC_ASSERT(token < cta.copies.size() && cta.copies[token].in_flight);
    PendingCopy& copy = cta.copies[token];
    if (copy.arrival) {
        land_arrival(cta, copy);
        copy.mask = 0;
    }
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if (!active(copy.mask, lane)) continue;
        std::byte* target = cta.shared.data() + copy.destinations[lane];
        const std::size_t read = copy.source_bytes[lane];
        if (read != 0) std::memcpy(target, copy.sources[lane], read);
        std::memset(target + read, 0, copy.bytes - read);
    }
    copy.in_flight = false;
    copy.arrival = false;
    cta.free_tokens.push_back(token);
}

}  // namespace sptc::ptx
