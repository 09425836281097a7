#include "models/base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sptc::base {
namespace {

/// Hands out indices in ascending order. Every index below a failed one has been handed out before
/// it and is finished by its thread, so the lowest failure is always found.
class Work {
  public:
    Work(std::size_t begin, std::size_t end, const std::function<void(std::size_t)>& body)
        : next_(begin), end_(end), body_(body) {}

    void run() {
        while (!failed_.load(std::memory_order_relaxed)) {
            const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
            if (index >= end_) return;
            try {
                body_(index);
            } catch (...) {
                record(index, std::current_exception());
            }
        }
    }

    void rethrow() const {
        if (error_) std::rethrow_exception(error_);
    }

  private:
    void record(std::size_t index, std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        if (!error_ || index < failed_index_) {
            failed_index_ = index;
            error_ = std::move(error);
        }
        failed_.store(true, std::memory_order_relaxed);
    }

    std::atomic<std::size_t> next_;
    std::size_t end_;
    const std::function<void(std::size_t)>& body_;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;
    std::size_t failed_index_ = 0;
    std::exception_ptr error_;
};

}  // namespace

void parallel_for(std::size_t begin, std::size_t end, const std::function<void(std::size_t)>& body,
                  unsigned threads) {
    if (begin >= end) return;
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    const std::size_t helpers = std::min<std::size_t>(threads, end - begin) - 1;
    Work work(begin, end, body);
    {
        std::vector<std::jthread> pool;
        for (std::size_t i = 0; i < helpers; ++i) pool.emplace_back([&work] { work.run(); });
        work.run();
    }
    work.rethrow();
}

}  // namespace sptc::base
