#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sptc::sweep {

/// What a worker process left.
struct WorkerExit {
    std::size_t task = 0;
    int exit_code = 0;  ///< 128 + signal when it was killed
    std::string out;
    std::string err;
    double wall_seconds = 0;
    double cpu_seconds = 0;
    std::uint64_t peak_kib = 0;  ///< largest resident memory
};

/// Runs one process per task, a bounded number at a time. Each reads its task from standard input
/// and answers on standard output. Workers have process groups of their own, so that Ctrl-C reaches
/// only the parent; the destructor kills those that still run.
class WorkerPool {
  public:
    WorkerPool(std::vector<std::string> command, unsigned jobs);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] bool full() const { return running_.size() >= jobs_; }
    [[nodiscard]] bool idle() const { return running_.empty(); }

    /// Throws ConfigError when no process can be started.
    void start(std::size_t task, const std::string& input);

    /// The next worker that has ended; nothing when none has after so long or a signal came.
    [[nodiscard]] std::optional<WorkerExit> wait(int timeout_milliseconds);

  private:
    struct Worker {
        std::size_t task;
        pid_t process;
        int out;  ///< ends to read; -1 once the worker has closed its own
        int err;
        std::chrono::steady_clock::time_point begin;
        std::string out_text;
        std::string err_text;
    };
    void read(int descriptor, std::string& into, int& open);
    /// A worker whose pipes are at their end.
    [[nodiscard]] std::optional<WorkerExit> take_ended();
    WorkerExit finish(std::size_t index);

    std::vector<std::string> command_;
    std::size_t jobs_;
    std::vector<Worker> running_;
};

}  // namespace sptc::sweep
