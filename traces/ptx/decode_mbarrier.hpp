#pragma once
#include "traces/ptx/decoder.hpp"

namespace sptc::ptx {

/// cp.async.mbarrier.arrive.
void decode_copy_arrival(Decoder& decoder);

}  // namespace sptc::ptx
