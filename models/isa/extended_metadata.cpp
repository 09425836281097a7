#include "models/isa/extended_metadata.hpp"

#include <cstdint>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

/// Where a bit of the metadata of a row stands.
struct Place {
    std::size_t reg;
    std::size_t lane;
    int shift;
};

Place place_of(const MmaForm& form, int selector, int row, int bit) {
    const int at = row / 8 * form.chunks() * form.code_bits() + bit;  // in the quad's bits
    const int lanes = form.metadata_lanes();
    const int word = at / 32;
    return {static_cast<std::size_t>(word / lanes),
            static_cast<std::size_t>(4 * (row % 8) + selector * lanes + word % lanes), at % 32};
}

}  // namespace

void metadata_to_registers(const MmaForm& form, int selector, std::span<const std::byte> metadata,
                           std::span<LaneRegister> e) {
    const auto row_bytes = static_cast<std::size_t>(form.metadata_bytes_per_row());
    SPTC_ASSERT(metadata.size() == static_cast<std::size_t>(form.m) * row_bytes);
    SPTC_ASSERT(e.size() >= static_cast<std::size_t>(form.metadata_registers()));
    for (int row = 0; row < form.m; ++row) {
        const auto bits = metadata.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes);
        for (int bit = 0; bit < form.chunks() * form.code_bits(); ++bit) {
            const auto byte =
                std::to_integer<std::uint32_t>(bits[static_cast<std::size_t>(bit) / 8]);
            const Place place = place_of(form, selector, row, bit);
            std::uint32_t& word = e[place.reg][place.lane];
            word = (word & ~(1u << place.shift)) | (byte >> (bit % 8) & 1) << place.shift;
        }
    }
}

std::vector<std::byte> metadata_of_row(const MmaForm& form, int selector,
                                       std::span<const LaneRegister> e, int row) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(form.metadata_bytes_per_row()));
    for (int bit = 0; bit < form.chunks() * form.code_bits(); ++bit) {
        const Place place = place_of(form, selector, row, bit);
        const std::uint32_t value = e[place.reg][place.lane] >> place.shift & 1;
        bytes[static_cast<std::size_t>(bit) / 8] |= static_cast<std::byte>(value << (bit % 8));
    }
    return bytes;
}

}  // namespace sptc::isa
