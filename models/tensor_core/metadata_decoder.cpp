#include "models/tensor_core/metadata_decoder.hpp"

#include <fmt/format.h>

#include <cstring>

#include "models/base/error.hpp"
#include "models/isa/fragment.hpp"

namespace sptc::tensor_core {
namespace {

constexpr int kNibbleBits = 4;
constexpr int kSelectBits = 2;
constexpr int kHalfRows = numeric::kRows / 2;

/// A bit in every nibble that is not one of 0x4, 0x8, 0xC, 0x9, 0xD, 0xE: the second index must be
/// the larger.
std::uint32_t illegal_nibbles(std::uint32_t nibbles) {
    constexpr std::uint32_t kLowestBits = 0x11111111u;
    const std::uint32_t first_low = nibbles, first_high = nibbles >> 1;
    const std::uint32_t second_low = nibbles >> 2, second_high = nibbles >> 3;
    const std::uint32_t larger =
        (second_high & ~first_high) | (~(second_high ^ first_high) & second_low & ~first_low);
    return ~larger & kLowestBits;
}

constexpr int kSpreadSlots = 8;

/// Eight 2-bit selects to one byte each, in order.
std::uint64_t spread(std::uint64_t selects) {
    selects = (selects | selects << 24) & 0x000000ff000000ffu;
    selects = (selects | selects << 12) & 0x000f000f000f000fu;
    return (selects | selects << 6) & 0x0303030303030303u;
}

[[noreturn]] void reject(int row, std::uint32_t nibbles, std::uint32_t illegal) {
    const int bit = __builtin_ctz(illegal);
    throw base::KernelError(
        fmt::format("metadata of row {}, chunk {} is 0x{:X}: expected one of the ordered codes "
                    "0x4, 0x8, 0x9, 0xC, 0xD, 0xE",
                    row, bit / kNibbleBits, (nibbles >> bit) & 0xfu));
}

}  // namespace

MetadataDecoder::MetadataDecoder(sc_core::sc_module_name name, int interval_cycles)
    : sc_module(name), interval_cycles_(static_cast<base::Cycle>(interval_cycles)) {}

void MetadataDecoder::load(const isa::MmaForm& form, const isa::LaneRegister* e, int selector) {
    selects_.form = &form;
    if (!form.sparse()) return;
    SPTC_ASSERT(e != nullptr && selector >= 0 && selector < form.selector_count());
    const int words = form.metadata_words_per_row();
    const std::uint32_t unused = words == 1 ? 0x44440000u : 0;  // legal filling of an absent word
    for (int g = 0; g < kHalfRows; ++g) {
        std::uint32_t upper = unused;
        std::uint32_t lower = unused;
        for (int word = 0; word < words; ++word) {
            const auto lane = static_cast<std::size_t>(isa::metadata_lane(form, selector, g, word));
            upper |= ((*e)[lane] & 0xffffu) << (16 * word);
            lower |= ((*e)[lane] >> 16) << (16 * word);
        }
        row_nibbles_[static_cast<std::size_t>(g)] = upper;
        row_nibbles_[static_cast<std::size_t>(g + kHalfRows)] = lower;
    }
    for (std::size_t row = 0; row < row_nibbles_.size(); ++row) {
        const std::uint32_t illegal = illegal_nibbles(row_nibbles_[row]);
        if (illegal != 0) reject(static_cast<int>(row), row_nibbles_[row], illegal);
    }
}

void MetadataDecoder::decode(const Slice& slice) {
    // Without metadata a slot selects its own position in its aligned four: 0, 1, 2, 3.
    constexpr std::uint32_t kIdentity = 0xE4E4E4E4u;
    selects_.slice = slice;
    const bool sparse = selects_.form->sparse();
    const int end = slice.first_slot + slice.slots;
    for (std::size_t row = 0; row < numeric::kRows; ++row) {
        const std::uint32_t indices = sparse ? row_nibbles_[row] : kIdentity;
        for (int slot = slice.first_slot / kSpreadSlots * kSpreadSlots; slot < end;
             slot += kSpreadSlots) {
            const std::uint64_t selects_of_8 = spread((indices >> (kSelectBits * slot)) & 0xffffu);
            std::memcpy(&selects_.select[row][static_cast<std::size_t>(slot)], &selects_of_8,
                        sizeof(selects_of_8));
        }
    }
    selects->select(selects_);
}

}  // namespace sptc::tensor_core
