#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <systemc>

#include "models/base/cycle.hpp"
#include "models/isa/mma.hpp"
#include "models/tensor_core/tensor_core.hpp"

namespace sptc::tensor_core {

/// The matrices of `count` independent instructions, raw little-endian elements, items one after
/// another: A [count][M][k_stored] row-major, B [count][k_logical][N], C and D [count][M][N], E
/// [count][M][words] un-reordered 16-bit metadata words (sparse forms; else empty).
struct MmaBatch {
    std::span<const std::byte> a;
    std::span<const std::byte> b;
    std::span<const std::byte> c;
    std::span<const std::byte> e;
    std::span<std::byte> d;
    std::uint64_t first_item = 0;  ///< number of the first item, for messages
};

/// Runs matrix instructions through one tensor core, without an SM around it. It elaborates the
/// current simulation, so it must be the last module made in it (and only one can be).
class MmaRunner : private MmaListener {
  public:
    /// Throws ConfigError when the spec is not valid.
    explicit MmaRunner(const TensorCoreSpec& spec);

    /// Computes d. Throws ConfigError when a span's size does not fit the others (the number of
    /// items follows from d), KernelError naming the item for illegal metadata.
    void run(const isa::MmaForm& form, const MmaBatch& batch);

    [[nodiscard]] const TensorCore& tensor_core() const { return tensor_core_; }
    /// When the last instruction's D is ready, counted over all run() calls.
    [[nodiscard]] base::Cycle cycles() const { return last_ready_; }

  private:
    void mma_done(std::uint64_t token, base::Cycle ready_cycle) override;

    TensorCore tensor_core_;
    base::Cycle now_ = 0;
    base::Cycle last_ready_ = 0;
};

}  // namespace sptc::tensor_core
