#pragma once
#include <cstddef>
#include <functional>

namespace sptc::base {

/// Calls body(i) exactly once for every i in [begin, end), on up to `threads` threads (0: one per
/// hardware thread), and returns when all are done. Which thread takes which i is not fixed, so a
/// body writes only what belongs to its i; then the result is the same for any thread count. When
/// bodies throw, the exception of the lowest i is rethrown.
void parallel_for(std::size_t begin, std::size_t end, const std::function<void(std::size_t)>& body,
                  unsigned threads = 0);

}  // namespace sptc::base
