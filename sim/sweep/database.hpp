#pragma once
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "sim/sweep/expand.hpp"
#include "sim/sweep/sqlite.hpp"

namespace sptc::sweep {

/// How a point ended.
struct Outcome {
    bool failed = false;
    std::string result;  ///< JSON; may be empty when failed
    std::string error;   ///< of a failed point
    int exit_code = 0;   ///< of the worker, 128 + signal when it was killed
    // Of the host, outside any comparison:
    double wall_seconds = 0;
    double cpu_seconds = 0;
    std::uint64_t peak_kib = 0;  ///< resident memory of the worker
};

/// The results of sweeps in a SQLite file (docs/sweep.md has its tables). One sweep writes at a
/// time; every point is on disk when record() returns.
class ResultWriter {
  public:
    enum class Existing : std::uint8_t { kRefuse, kContinue };

    /// Makes the file, or continues one. Throws ConfigError for a file of something else or of
    /// another schema version, one that holds results already (unless it is to be continued), one
    /// that another sweep is writing, and one that cannot be written.
    ResultWriter(const std::string& path, Existing existing);
    ~ResultWriter();

    /// Hashes of the points that are there; failed ones are also in `failed`.
    struct Known {
        std::set<std::string> finished;
        std::set<std::string> failed;
    };
    [[nodiscard]] Known known();

    /// Notes the sweep and its GPUs before its points are recorded.
    void begin(const SweepFile& sweep, const Expansion& expansion, std::string_view version);
    /// In place of an earlier record of the same point.
    void record(const SweepFile& sweep, const Point& point, std::string_view version,
                const Outcome& outcome);

  private:
    class Lock;
    std::unique_ptr<Lock> lock_;
    std::unique_ptr<Sqlite> sqlite_;
};

/// Opens results for reading only. Throws ConfigError for a missing or foreign file, or one of
/// another schema version.
[[nodiscard]] std::unique_ptr<Sqlite> open_results(const std::string& path);

}  // namespace sptc::sweep
