#pragma once
#include <cstdint>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "models/base/file.hpp"
#include "traces/file/block_index.hpp"
#include "traces/file/compression.hpp"
#include "traces/file/spool.hpp"
#include "traces/file/trace_header.hpp"

namespace sptc::trace_file {

/// Writes a trace file. Blocks come in any order, from any thread; the file has them in the order
/// of BlockIndex, so that its bytes do not depend on which CTA ran when. In memory are only the
/// header and the index. The file appears at commit(), whole or not at all.
class TraceWriter {
  public:
    /// Throws ConfigError when the file cannot be written.
    TraceWriter(const std::filesystem::path& path, TraceHeader header);

    [[nodiscard]] const TraceHeader& header() const { return header_; }

    /// A segment of a warp of which more segments come.
    void add_segment(std::uint64_t cta, std::uint32_t warp, std::span<const std::byte> segment);
    /// The last segments of all warps of a CTA, one behind the other: the CTA is complete.
    void add_cta(std::uint64_t cta, CtaContent content, std::span<const std::byte> segments);
    /// Something went wrong where it could not be thrown: commit() throws it.
    void fail(std::exception_ptr failure) noexcept;

    /// Throws what fail() was told, and ConfigError when writing fails.
    void commit();

  private:
    struct Spooled {
        std::uint64_t offset;
        std::uint32_t bytes;
    };
    struct Cta {
        std::map<std::uint32_t, std::vector<Spooled>> segments;  ///< by warp
        std::optional<Spooled> last;
        CtaContent content = CtaContent::kWhole;
    };
    [[nodiscard]] Spooled spool(std::span<const std::byte> bytes);
    void copy(const Spooled& spooled, std::optional<std::uint32_t> warp);

    TraceHeader header_;
    base::AtomicFile file_;
    Spool spool_;
    Compressor compressor_;
    std::mutex mutex_;
    std::map<std::uint64_t, Cta> ctas_;
    std::exception_ptr failure_;
    BlockIndex index_;
    std::uint64_t written_ = 0;
};

}  // namespace sptc::trace_file
