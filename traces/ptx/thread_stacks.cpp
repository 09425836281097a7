#include "traces/ptx/thread_stacks.hpp"

#include <cstring>

namespace sptc::ptx {

void ThreadStacks::grow(std::uint64_t bytes) {
    if (bytes <= bytes_) return;
    std::vector<std::byte> larger(isa::kLanes * bytes);
    for (std::size_t lane = 0; lane < isa::kLanes && bytes_ != 0; ++lane) {
        std::memcpy(larger.data() + lane * bytes, local(lane), bytes_);
    }
    local_ = std::move(larger);
    bytes_ = bytes;
}

}  // namespace sptc::ptx
