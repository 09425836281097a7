#include "models/base/worker_pool.hpp"

#include "models/base/error.hpp"

namespace sptc::base {

WorkerPool::WorkerPool(unsigned threads) {
    SPTC_ASSERT(threads > 0);
    for (unsigned i = 1; i < threads; ++i) workers_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    begin_.notify_all();
}

void WorkerPool::for_each(std::size_t count, const std::function<void(std::size_t)>& body) {
    if (workers_.empty() || count <= 1) {
        for (std::size_t i = 0; i < count; ++i) body(i);
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        body_ = &body;
        count_ = count;
        next_.store(0, std::memory_order_relaxed);
        working_ = workers_.size();
        ++round_;
    }
    begin_.notify_all();
    take_indices();
    std::unique_lock lock(mutex_);
    end_.wait(lock, [this] { return working_ == 0; });
}

void WorkerPool::work() {
    std::size_t done = 0;
    for (;;) {
        {
            std::unique_lock lock(mutex_);
            begin_.wait(lock, [&] { return stop_ || round_ != done; });
            if (stop_) return;
            done = round_;
        }
        take_indices();
        const std::lock_guard lock(mutex_);
        if (--working_ == 0) end_.notify_one();
    }
}

void WorkerPool::take_indices() {
    for (;;) {
        const std::size_t index = next_.fetch_add(1, std::memory_order_relaxed);
        if (index >= count_) return;
        (*body_)(index);
    }
}

}  // namespace sptc::base
