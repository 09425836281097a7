#include "traces/file/compression.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <new>

#include "models/base/error.hpp"
#include "traces/file/varint.hpp"

namespace sptc::trace_file {
namespace {

/// Level 3 is zstd's default; higher ones cost more time than the file is worth.
constexpr int kLevel = 3;

}  // namespace

struct Compressor::Context {
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> zstd{ZSTD_createCCtx()};
};

Compressor::Compressor() : context_(std::make_unique<Context>()) {
    ZSTD_CCtx* zstd = context_->zstd.get();
    if (zstd == nullptr) throw std::bad_alloc();
    SPTC_ASSERT(ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, kLevel)) == 0 &&
                ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)) == 0);
}

Compressor::~Compressor() = default;

std::span<const std::byte> Compressor::compress(std::span<const std::byte> bytes) {
    frame_.resize(ZSTD_compressBound(bytes.size()));
    const std::size_t size = ZSTD_compress2(context_->zstd.get(), frame_.data(), frame_.size(),
                                            bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0) {  // with room for the worst case only memory can be missing
        throw std::bad_alloc();
    }
    return std::span(frame_).first(size);
}

std::vector<std::byte> decompress(std::span<const std::byte> frame, std::uint64_t limit) {
    const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN) {
        throw Malformed("is damaged (no zstd frame of a known size)");
    }
    if (size > limit) {
        throw Malformed(
            fmt::format("is damaged: it says {} bytes, expected at most {}", size, limit));
    }
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    const std::size_t found =
        ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size());
    if (ZSTD_isError(found) != 0) {
        throw Malformed(fmt::format("is damaged ({})", ZSTD_getErrorName(found)));
    }
    if (found != bytes.size()) throw Malformed("is damaged (shorter than it says)");
    return bytes;
}

}  // namespace sptc::trace_file
