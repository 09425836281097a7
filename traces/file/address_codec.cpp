#include "traces/file/address_codec.hpp"

#include <bit>

namespace sptc::trace_file {
namespace {

/// Patterns that a warp keeps. A GEMM uses about ten; the search through all of them is for warps
/// whose addresses are random.
constexpr std::size_t kPatterns = 32;

/// The first byte: how the pattern is given, is the base where it was expected, the flags.
enum class Given : std::uint8_t { kAsLast, kKept, kAffine, kListed };
constexpr std::uint8_t kGivenMask = 3;
constexpr std::uint8_t kBaseMoved = 4;
constexpr int kFlagShift = 3;

std::size_t first_lane(std::uint32_t mask) {
    return static_cast<std::size_t>(std::countr_zero(mask));
}

}  // namespace

void AddressCodec::begin(AddressHistory& history) const {
    if (history.used) return;
    history = latest_;
    history.step = 0;
    history.used = true;
}

bool AddressCodec::matches(const Pattern& pattern, const LaneAddresses& addresses,
                           std::uint32_t mask, std::uint64_t& base) {
    if ((mask & ~pattern.mask) != 0) return false;
    const std::size_t first = first_lane(mask);
    base = addresses[first] - pattern.offsets[first];
    std::uint64_t difference = 0;
    if (mask == ~0u) {
        for (std::size_t lane = 0; lane < addresses.size(); ++lane) {
            difference |= addresses[lane] ^ (base + pattern.offsets[lane]);
        }
        return difference == 0;
    }
    for (; mask != 0; mask &= mask - 1) {
        const std::size_t lane = first_lane(mask);
        difference |= addresses[lane] ^ (base + pattern.offsets[lane]);
    }
    return difference == 0;
}

AddressCodec::Pattern AddressCodec::affine(std::uint64_t stride) {
    Pattern pattern;
    pattern.mask = ~0u;
    for (std::size_t lane = 0; lane < pattern.offsets.size(); ++lane) {
        pattern.offsets[lane] = stride * lane;
    }
    return pattern;
}

std::uint16_t AddressCodec::add(const Pattern& pattern) {
    if (patterns_.size() < kPatterns) {
        patterns_.push_back(pattern);
        return static_cast<std::uint16_t>(patterns_.size() - 1);
    }
    const std::uint16_t index = oldest_;
    patterns_[index] = pattern;
    oldest_ = static_cast<std::uint16_t>((oldest_ + 1u) % kPatterns);
    return index;
}

void AddressCodec::moved(AddressHistory& history, std::uint64_t base, std::uint16_t pattern) {
    history.step = base - history.base;
    history.base = base;
    history.pattern = pattern;
    latest_ = history;
}

void AddressCodec::encode(AddressHistory& history, const LaneAddresses& addresses,
                          std::uint32_t mask, std::uint8_t flags, std::vector<std::byte>& bytes) {
    begin(history);
    const std::uint64_t expected = history.base + history.step;
    const auto head = [&](Given given, std::uint64_t base) {
        const auto moved_bit = base != expected ? kBaseMoved : std::uint8_t{0};
        bytes.push_back(static_cast<std::byte>(static_cast<std::uint8_t>(given) | moved_bit |
                                               (flags << kFlagShift)));
    };
    std::uint64_t base = 0;
    std::uint16_t index = history.pattern;
    if (index < patterns_.size() && matches(patterns_[index], addresses, mask, base)) {
        head(Given::kAsLast, base);
    } else {
        index = 0;
        while (index < patterns_.size() && !matches(patterns_[index], addresses, mask, base)) {
            ++index;
        }
        const std::size_t first = first_lane(mask);
        const std::uint32_t others = mask & (mask - 1);
        if (index < patterns_.size()) {
            head(Given::kKept, base);
            append_varint(bytes, index);
        } else {
            // Lanes one apart give the stride; a single lane matches any.
            const std::size_t second = others == 0 ? first : first_lane(others);
            const std::uint64_t stride =
                second == first + 1 ? addresses[second] - addresses[first] : 0;
            const Pattern straight = affine(stride);
            if (matches(straight, addresses, mask, base)) {
                head(Given::kAffine, base);
                append_varint(bytes, zigzag(stride));
                index = add(straight);
            } else {
                base = addresses[first];
                head(Given::kListed, base);
                Pattern listed;
                listed.mask = mask;
                std::uint64_t before = base;
                for (std::uint32_t rest = others; rest != 0; rest &= rest - 1) {
                    const std::size_t lane = first_lane(rest);
                    append_varint(bytes, zigzag(addresses[lane] - before));
                    before = addresses[lane];
                    listed.offsets[lane] = before - base;
                }
                index = add(listed);
            }
        }
    }
    if (base != expected) append_varint(bytes, zigzag(base - expected));
    moved(history, base, index);
}

std::uint8_t AddressCodec::decode(AddressHistory& history, std::uint32_t mask, ByteReader& bytes,
                                  LaneAddresses& addresses) {
    begin(history);
    const std::uint8_t head = bytes.byte();
    std::uint16_t index = history.pattern;
    switch (static_cast<Given>(head & kGivenMask)) {
        case Given::kAsLast:
            break;
        case Given::kKept:
            index = static_cast<std::uint16_t>(bytes.varint(kPatterns - 1));
            break;
        case Given::kAffine:
            index = add(affine(unzigzag(bytes.varint())));
            break;
        case Given::kListed: {
            Pattern listed;
            listed.mask = mask;
            std::uint64_t offset = 0;
            for (std::uint32_t rest = mask & (mask - 1); rest != 0; rest &= rest - 1) {
                offset += unzigzag(bytes.varint());
                listed.offsets[first_lane(rest)] = offset;
            }
            index = add(listed);
            break;
        }
    }
    if (index >= patterns_.size() || (mask & ~patterns_[index].mask) != 0) {
        throw Malformed("names a pattern of addresses that does not exist");
    }
    std::uint64_t base = history.base + history.step;
    if ((head & kBaseMoved) != 0) base += unzigzag(bytes.varint());
    const Pattern& pattern = patterns_[index];
    for (std::size_t lane = 0; lane < addresses.size(); ++lane) {
        addresses[lane] = base + pattern.offsets[lane];
    }
    moved(history, base, index);
    return static_cast<std::uint8_t>(head >> kFlagShift);
}

}  // namespace sptc::trace_file
