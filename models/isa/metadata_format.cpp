#include "models/isa/metadata_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

constexpr std::array<std::uint8_t, 6> kAscending{0x4, 0x8, 0x9, 0xC, 0xD, 0xE};
constexpr std::array<std::uint8_t, 12> kDistinct{0x1, 0x2, 0x3, 0x4, 0x6, 0x7,
                                                 0x8, 0x9, 0xB, 0xC, 0xD, 0xE};
constexpr std::array<std::uint8_t, 2> kOneOfTwo{0x4, 0xE};

}  // namespace

const MetadataFormat& metadata_format(MetadataFormatName name) {
    static const std::array kFormats{
        MetadataFormat{"2:4", &sparsity::find_pattern("2:4"), 4, 2, 1, 4},
        MetadataFormat{"2:4", &sparsity::find_pattern("2:4"), 4, 2, 1, 8},
        MetadataFormat{"1:2", &sparsity::find_pattern("1:2"), 2, 1, 1, 4},
        MetadataFormat{"4:8 in pairs", &sparsity::find_pattern("4:8"), 8, 4, 2, 8},
    };
    return kFormats[static_cast<std::size_t>(name)];
}

MetadataMode parse_metadata_mode(std::string_view name) {
    if (name == "strict") return MetadataMode::kStrict;
    if (name == "hardware") return MetadataMode::kHardware;
    throw base::ConfigError(
        fmt::format("unknown metadata mode '{}': expected one of strict, hardware", name));
}

std::span<const std::uint8_t> legal_codes(const MetadataFormat& format, MetadataOrdering ordering) {
    if (format.selects() == 1) return kOneOfTwo;
    if (ordering == MetadataOrdering::kOrdered) return kAscending;
    return kDistinct;
}

bool is_legal_code(const MetadataFormat& format, MetadataOrdering ordering, std::uint32_t code) {
    const auto codes = legal_codes(format, ordering);
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace sptc::isa
