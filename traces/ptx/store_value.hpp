#pragma once
#include <cstring>

#include "traces/ptx/execution.hpp"
#include "traces/ptx/store_log.hpp"

namespace sptc::ptx {

/// Stores a value where find_pointers() found it, at once or into the log of the SM.
template <class Value>
void store_value(const Execution& e, std::byte* to, const Value& value) {
    if (e.cta.stores != nullptr && e.op.space == Space::kGlobal) {
        e.cta.stores->add(e.now, to, &value, sizeof value);
    } else {
        std::memcpy(to, &value, sizeof value);
    }
}

}  // namespace sptc::ptx
