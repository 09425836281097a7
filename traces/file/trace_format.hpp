#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sptc::trace_file {

/// A trace file (docs/trace_format.md): magic, version, size of the header, header, blocks, index,
/// and at the end where the index is. Numbers have little-endian order.
inline constexpr std::string_view kMagic{"\x89SPTRACE", 8};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kPrefixBytes = 16;  ///< magic, version, stored bytes of the header
inline constexpr std::string_view kEndMagic{"SPTREND\n", 8};
inline constexpr std::size_t kTrailerBytes = 24;  ///< offset and stored bytes of the index, magic

/// A warp's segment is closed when it has so many bytes, and never grows far beyond.
inline constexpr std::size_t kSegmentBytes = 32 << 10;
inline constexpr std::uint64_t kMaximumSegmentBytes = 2 * kSegmentBytes;

/// A sanity limit: the header of a kernel of 100,000 instructions has about 20 MB.
inline constexpr std::uint64_t kMaximumHeaderBytes = 256u << 20;

}  // namespace sptc::trace_file
