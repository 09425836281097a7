#pragma once
#include <cstdint>
#include <systemc>

#include "models/base/cycle.hpp"

namespace sptc::tensor_core {

/// Tensor core -> its owner.
class MmaListener : public virtual sc_core::sc_interface {
  public:
    /// The last pass of the mma issued with `token` has run. D is written; its registers may be
    /// read by an instruction that issues at `ready_cycle` or later.
    virtual void mma_done(std::uint64_t token, base::Cycle ready_cycle) = 0;
};

}  // namespace sptc::tensor_core
