#include "models/reference/packed.hpp"

#include "models/base/error.hpp"

namespace sptc::reference {
namespace {

constexpr std::size_t kByteBits = 8;

std::size_t bits_of(types::DataType type) { return static_cast<std::size_t>(types::bits(type)); }

}  // namespace

std::size_t packed_bytes(types::DataType type, std::size_t elements) {
    return (elements * bits_of(type) + kByteBits - 1) / kByteBits;
}

std::uint64_t load_bits(types::DataType type, std::span<const std::byte> array, std::size_t index) {
    SPTC_ASSERT(packed_bytes(type, index + 1) <= array.size());
    const std::size_t bits = bits_of(type);
    const std::size_t first = index * bits;
    if (bits < kByteBits) {
        const auto byte = std::to_integer<std::uint64_t>(array[first / kByteBits]);
        return (byte >> first % kByteBits) & ((std::uint64_t{1} << bits) - 1);
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bits / kByteBits; ++i) {
        value |= std::to_integer<std::uint64_t>(array[first / kByteBits + i]) << (kByteBits * i);
    }
    return value;
}

void store_bits(types::DataType type, std::span<std::byte> array, std::size_t index,
                std::uint64_t bits) {
    SPTC_ASSERT(packed_bytes(type, index + 1) <= array.size());
    const std::size_t width = bits_of(type);
    const std::size_t first = index * width;
    if (width < kByteBits) {
        const std::uint64_t mask = ((std::uint64_t{1} << width) - 1) << first % kByteBits;
        std::byte& byte = array[first / kByteBits];
        byte = (byte & static_cast<std::byte>(~mask)) |
               static_cast<std::byte>((bits << first % kByteBits) & mask);
        return;
    }
    for (std::size_t i = 0; i < width / kByteBits; ++i) {
        array[first / kByteBits + i] = static_cast<std::byte>(bits >> (kByteBits * i));
    }
}

}  // namespace sptc::reference
