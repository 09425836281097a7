#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace sptc::commands {

/// Which records of a trace are listed.
struct TraceRecords {
    std::uint64_t cta = 0;
    std::uint32_t warp = 0;
    std::uint64_t limit = 100;
};

/// Is it a trace, by its first bytes or its name?
[[nodiscard]] bool is_trace_file(const std::string& file);

/// Prints where a trace comes from and what it holds; reads all of it. Throws ConfigError.
void inspect_trace(const std::string& file);

/// Prints records of one warp, one a line. Throws ConfigError.
void list_trace_records(const std::string& file, const TraceRecords& records);

}  // namespace sptc::commands
