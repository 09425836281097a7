#include "models/reference/metadata.hpp"

namespace sptc::reference {

std::vector<std::uint8_t> unpack_metadata(const isa::MetadataFormat& format,
                                          std::span<const std::byte> codes) {
    constexpr unsigned kCodeBits = 4;
    constexpr unsigned kCodeMask = 15;
    std::vector<std::uint8_t> places;
    places.reserve(codes.size() * 2 * static_cast<std::size_t>(format.stored_elements));
    for (const std::byte byte : codes) {
        for (const unsigned shift : {0u, kCodeBits}) {
            const unsigned code = std::to_integer<unsigned>(byte >> shift) & kCodeMask;
            for (int i = 0; i < format.stored_elements; ++i) {
                const int unit = format.select(code, i / format.unit_elements);
                const int place = unit * format.unit_elements + i % format.unit_elements;
                places.push_back(static_cast<std::uint8_t>(place));
            }
        }
    }
    return places;
}

}  // namespace sptc::reference
