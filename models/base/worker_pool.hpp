#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace sptc::base {

/// Threads that stay for many short rounds of work; parallel_for() starts new ones each time.
class WorkerPool {
  public:
    /// `threads` >= 1 work together, the caller of for_each() among them.
    explicit WorkerPool(unsigned threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Calls body(i) exactly once for every i in [0, count) and returns when all are done; what
    /// they wrote is visible then. Which thread takes which i is not fixed. `body` must not throw.
    void for_each(std::size_t count, const std::function<void(std::size_t)>& body);

  private:
    void work();
    void take_indices();

    std::mutex mutex_;
    std::condition_variable begin_;
    std::condition_variable end_;
    std::size_t round_ = 0;    ///< a change of it starts the workers
    std::size_t working_ = 0;  ///< workers that have not ended the round
    bool stop_ = false;

    const std::function<void(std::size_t)>* body_ = nullptr;
    std::size_t count_ = 0;
    std::atomic<std::size_t> next_ = 0;
    std::vector<std::jthread> workers_;  ///< last: they use all of the above
};

}  // namespace sptc::base
