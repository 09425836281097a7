#include "models/isa/fragment_map.hpp"

#include <algorithm>
#include <cstring>

#include "models/base/error.hpp"
#include "models/isa/fragment.hpp"

namespace sptc::isa {
namespace {

constexpr std::uint32_t kAbsent = ~0u;

types::DataType type_of(const MmaForm& form, Operand operand) {
    switch (operand) {
        case Operand::kA:
            return form.a;
        case Operand::kB:
            return form.b;
        case Operand::kC:
            return form.c;
        case Operand::kD:
            return form.d;
    }
    return form.a;
}

int registers_of(const MmaForm& form, Operand operand) {
    switch (operand) {
        case Operand::kA:
            return form.a_registers();
        case Operand::kB:
            return form.b_registers();
        case Operand::kC:
            return form.c_registers();
        case Operand::kD:
            return form.d_registers();
    }
    return 0;
}

Coordinate coordinate_of(const MmaForm& form, Operand operand, int lane, int element) {
    if (operand == Operand::kA) return a_coordinate(form, lane, element);
    if (operand == Operand::kB) return b_coordinate(form, lane, element);
    return c_coordinate(form, type_of(form, operand), lane, element);
}

/// One matrix of m8n8k4 f16 in the layout of the other forms; half of the lanes hold none of A and
/// B.
Coordinate matrix_coordinate(const MmaForm& form, Operand operand, int lane, int element) {
    const int per_register = 32 / types::bits(type_of(form, operand));
    const int along_k = per_register * (lane % 4) + element % per_register;
    if (operand == Operand::kA) return {lane / 4, along_k};
    if (operand == Operand::kB) return {along_k, lane / 4};
    return {lane / 4, 2 * (lane % 4) + element};
}

/// Copies `bits` bits (1, 2, 4, or whole bytes) between places counted in bits.
std::uint32_t read_bits(const std::byte* from, std::uint32_t offset, int bits) {
    std::uint32_t value = 0;
    if (bits >= 8) {
        std::memcpy(&value, from + offset / 8, static_cast<std::size_t>(bits / 8));
        return value;
    }
    value = std::to_integer<std::uint32_t>(from[offset / 8]) >> (offset % 8);
    return value & ((1u << bits) - 1);
}

void write_bits(std::byte* to, std::uint32_t offset, int bits, std::uint32_t value) {
    if (bits >= 8) {
        std::memcpy(to + offset / 8, &value, static_cast<std::size_t>(bits / 8));
        return;
    }
    const std::uint32_t mask = ((1u << bits) - 1) << (offset % 8);
    const auto old = std::to_integer<std::uint32_t>(to[offset / 8]);
    to[offset / 8] = static_cast<std::byte>((old & ~mask) | (value << (offset % 8) & mask));
}

}  // namespace

FragmentMap::FragmentMap(const MmaForm& form, Operand operand, FragmentScope scope)
    : unit_bits_(types::bits(type_of(form, operand))),
      per_word_(static_cast<std::size_t>(std::max(1, 32 / unit_bits_))) {
    const bool parted = scope == FragmentScope::kMatrix && form.matrices() > 1;
    const int matrices = parted ? 1 : form.matrices();
    const int columns = operand == Operand::kA ? form.k_stored : form.n;
    const int rows = operand == Operand::kB ? form.k_logical : form.m;
    const int bits = unit_bits_;
    bytes_ = static_cast<std::size_t>(matrices * rows * columns * bits / 8);
    const int all_registers = registers_of(form, operand);
    registers_ = static_cast<std::size_t>(parted ? std::max(1, all_registers / 4) : all_registers);

    const int words = std::max(1, bits / 32);  // an f64 is handled as two words
    for (std::size_t reg = 0; reg < registers_; ++reg) {
        for (int lane = 0; lane < kLanes; ++lane) {
            for (std::size_t i = 0; i < per_word_; ++i) {
                const auto element = static_cast<int>(reg * per_word_ + i) / words;
                const Coordinate at = parted ? matrix_coordinate(form, operand, lane, element)
                                             : coordinate_of(form, operand, lane, element);
                const int index = (at.matrix * rows + at.row) * columns + at.column;
                const int half = words == 2 ? static_cast<int>(reg % 2) * 32 : 0;
                const bool absent = at.row >= rows || at.column >= columns;
                offsets_.push_back(absent ? kAbsent
                                          : static_cast<std::uint32_t>(index * bits + half));
            }
        }
    }
    unit_bits_ = std::min(bits, 32);
    join_words();
}

/// Where the elements of every register stand side by side, registers are moved as a whole.
void FragmentMap::join_words() {
    std::vector<std::uint32_t> words;
    for (std::size_t first = 0; first < offsets_.size(); first += per_word_) {
        for (std::size_t i = 0; i < per_word_; ++i) {
            const auto expected = offsets_[first] + static_cast<std::uint32_t>(i) *
                                                        static_cast<std::uint32_t>(unit_bits_);
            if (offsets_[first] == kAbsent || offsets_[first + i] != expected) return;
        }
        words.push_back(offsets_[first]);
    }
    offsets_ = std::move(words);
    per_word_ = 1;
    unit_bits_ = 32;
}

void FragmentMap::to_registers(std::span<const std::byte> matrices,
                               std::span<LaneRegister> fragment) const {
    SPTC_ASSERT(matrices.size() == bytes_ && fragment.size() >= registers_);
    const std::uint32_t* offset = offsets_.data();
    for (std::size_t reg = 0; reg < registers_; ++reg) {
        for (std::uint32_t& word : fragment[reg]) {
            word = 0;
            for (std::size_t i = 0; i < per_word_; ++i) {
                if (*offset != kAbsent) {
                    word |= read_bits(matrices.data(), *offset, unit_bits_)
                            << (static_cast<int>(i) * unit_bits_);
                }
                ++offset;
            }
        }
    }
}

void FragmentMap::to_matrices(std::span<const LaneRegister> fragment,
                              std::span<std::byte> matrices) const {
    SPTC_ASSERT(matrices.size() == bytes_ && fragment.size() >= registers_);
    const std::uint32_t* offset = offsets_.data();
    for (std::size_t reg = 0; reg < registers_; ++reg) {
        for (const std::uint32_t word : fragment[reg]) {
            for (std::size_t i = 0; i < per_word_; ++i) {
                if (*offset != kAbsent) {
                    write_bits(matrices.data(), *offset, unit_bits_,
                               word >> (static_cast<int>(i) * unit_bits_));
                }
                ++offset;
            }
        }
    }
}

void metadata_to_register(const MmaForm& form, int selector, std::span<const std::byte> metadata,
                          LaneRegister& e) {
    const int row_bytes = form.metadata_bytes_per_row();
    SPTC_ASSERT(metadata.size() == static_cast<std::size_t>(form.m * row_bytes));
    for (int row = 0; row < form.m; ++row) {
        for (int chunk = 0; chunk < form.chunks(); ++chunk) {
            const MetadataPlace place = metadata_place(form, selector, row, chunk);
            const auto code = std::to_integer<std::uint32_t>(
                metadata[static_cast<std::size_t>(row * row_bytes + chunk / 2)]);
            std::uint32_t& word = e[static_cast<std::size_t>(place.lane)];
            word = (word & ~(0xfu << place.shift)) | ((code >> (4 * (chunk % 2))) & 0xfu)
                                                         << place.shift;
        }
    }
}

}  // namespace sptc::isa
