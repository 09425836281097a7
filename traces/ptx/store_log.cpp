#include "traces/ptx/store_log.hpp"

#include <algorithm>
#include <cstring>

namespace sptc::ptx {

void StoreLog::add(base::Cycle now, std::byte* to, const void* from, std::size_t bytes) {
    if (begins_.empty() || begins_.back().cycle != now) {
        begins_.push_back({now, stores_.size(), data_.size()});
    }
    stores_.push_back({to, bytes});
    const auto* first = static_cast<const std::byte*>(from);
    data_.insert(data_.end(), first, first + bytes);
}

void StoreLog::write(std::size_t begin) const {
    const std::size_t end = begin + 1 < begins_.size() ? begins_[begin + 1].store : stores_.size();
    const std::byte* from = data_.data() + begins_[begin].data;
    for (std::size_t i = begins_[begin].store; i < end; ++i) {
        std::memcpy(stores_[i].to, from, stores_[i].bytes);
        from += stores_[i].bytes;
    }
}

void StoreLog::apply(std::span<StoreLog> logs) {
    struct Turn {
        base::Cycle cycle;
        const StoreLog* log;
        std::size_t begin;
    };
    std::vector<Turn> turns;
    for (const StoreLog& log : logs) {
        for (std::size_t i = 0; i < log.begins_.size(); ++i) {
            turns.push_back({log.begins_[i].cycle, &log, i});
        }
    }
    std::stable_sort(turns.begin(), turns.end(),
                     [](const Turn& a, const Turn& b) { return a.cycle < b.cycle; });
    for (const Turn& turn : turns) turn.log->write(turn.begin);
    for (StoreLog& log : logs) {
        log.begins_.clear();
        log.stores_.clear();
        log.data_.clear();
    }
}

}  // namespace sptc::ptx
