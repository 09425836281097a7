#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "traces/file/block_index.hpp"
#include "traces/file/trace_header.hpp"

namespace sptc::trace_file {

/// Does the file begin like a trace? False when it cannot be read.
[[nodiscard]] bool is_trace(const std::filesystem::path& path);

/// An open trace file: header and index in memory, blocks read when asked for. Every member throws
/// ConfigError "FILE: byte N: what is wrong" for a file that is damaged, cut, foreign or of another
/// version.
class TraceReader {
  public:
    explicit TraceReader(const std::filesystem::path& path);
    ~TraceReader();
    TraceReader(const TraceReader&) = delete;
    TraceReader& operator=(const TraceReader&) = delete;

    [[nodiscard]] const TraceHeader& header() const { return header_; }
    [[nodiscard]] const BlockIndex& index() const { return index_; }
    [[nodiscard]] std::uint64_t file_bytes() const { return size_; }

    /// What a block holds.
    [[nodiscard]] std::vector<std::byte> read(const Block& block) const;

    [[noreturn]] void fail(std::uint64_t offset, std::string_view message) const;

  private:
    void read_header();
    void read_index();
    [[nodiscard]] std::vector<std::byte> read_bytes(std::uint64_t offset, std::size_t bytes) const;

    std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
    std::uint64_t blocks_begin_ = 0;
    TraceHeader header_;
    BlockIndex index_;
};

}  // namespace sptc::trace_file
