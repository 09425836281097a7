#include "traces/file/trace_writer.hpp"

#include <string>
#include <utility>

#include "models/base/error.hpp"
#include "traces/file/trace_format.hpp"

namespace sptc::trace_file {
namespace {

void append_number(std::vector<std::byte>& bytes, std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void append_text(std::vector<std::byte>& bytes, std::string_view text) {
    const auto view = std::as_bytes(std::span(text));
    bytes.insert(bytes.end(), view.begin(), view.end());
}

}  // namespace

TraceWriter::TraceWriter(const std::filesystem::path& path, TraceHeader header)
    : header_(std::move(header)), file_(path), spool_(path) {
    header_.sptc_version = SPTC_VERSION;
}

TraceWriter::Spooled TraceWriter::spool(std::span<const std::byte> bytes) {
    const std::span<const std::byte> frame = compressor_.compress(bytes);
    const std::uint64_t offset = spool_.append(frame);
    return {offset, static_cast<std::uint32_t>(frame.size())};
}

void TraceWriter::add_segment(std::uint64_t cta, std::uint32_t warp,
                              std::span<const std::byte> segment) {
    const std::lock_guard lock(mutex_);
    ctas_[cta].segments[warp].push_back(spool(segment));
}

void TraceWriter::add_cta(std::uint64_t cta, CtaContent content,
                          std::span<const std::byte> segments) {
    const std::lock_guard lock(mutex_);
    Cta& entry = ctas_[cta];
    SPTC_ASSERT(!entry.last);
    entry.content = content;
    entry.last = spool(segments);
}

void TraceWriter::fail(std::exception_ptr failure) noexcept {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
}

void TraceWriter::copy(const Spooled& spooled, std::optional<std::uint32_t> warp) {
    file_.write(spool_.read(spooled.offset, spooled.bytes));
    index_.blocks.push_back({written_, spooled.bytes, warp});
    written_ += spooled.bytes;
}

void TraceWriter::commit() {
    if (failure_) std::rethrow_exception(failure_);
    const std::string json = header_json(header_);
    const auto header = compressor_.compress(std::as_bytes(std::span(json)));
    std::vector<std::byte> bytes;
    append_text(bytes, kMagic);
    append_number(bytes, kVersion, 4);
    append_number(bytes, header.size(), 4);
    bytes.insert(bytes.end(), header.begin(), header.end());
    file_.write(bytes);
    written_ = bytes.size();

    for (const auto& [cta, entry] : ctas_) {
        SPTC_ASSERT(entry.last.has_value());
        CtaBlocks blocks{cta, entry.content, index_.blocks.size(), 0};
        for (const auto& [warp, segments] : entry.segments) {
            for (const Spooled& segment : segments) copy(segment, warp);
        }
        copy(*entry.last, std::nullopt);
        blocks.count = index_.blocks.size() - blocks.first;
        index_.ctas.push_back(blocks);
    }

    const auto index = compressor_.compress(index_bytes(index_));
    bytes.assign(index.begin(), index.end());
    append_number(bytes, written_, 8);
    append_number(bytes, index.size(), 8);
    append_text(bytes, kEndMagic);
    file_.write(bytes);
    file_.commit();
}

}  // namespace sptc::trace_file
