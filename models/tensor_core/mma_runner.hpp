#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <systemc>

#include "models/base/cycle.hpp"
#include "models/isa/mma.hpp"
#include "models/tensor_core/tensor_core.hpp"

namespace sptc::tensor_core {

/// The matrices of `count` independent instructions, raw little-endian elements (those below a byte
/// packed low bits first), items one after another: A [count][M][k_stored] row-major, B
/// [count][k_logical][N], C and D [count][M][N], E [count][M] rows of un-reordered metadata (sparse
/// forms; else empty). An item of m8n8k4 f16 has four matrices of each.
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
    /// items follows from d) or the architecture lacks the form, KernelError naming the item for
    /// illegal metadata.
    void run(const isa::MmaSpelling& instruction, const MmaBatch& batch);

    [[nodiscard]] const TensorCore& tensor_core() const { return tensor_core_; }
    /// When the last instruction's D is ready, counted over all run() calls.
    [[nodiscard]] base::Cycle cycles() const { return last_ready_; }

  private:
    struct Workspace;

    void mma_done(std::uint64_t token, base::Cycle ready_cycle) override;
    void run_item(Workspace& workspace, const MmaBatch& batch, std::size_t item);

    TensorCore tensor_core_;
    base::Cycle now_ = 0;
    base::Cycle last_ready_ = 0;
};

}  // namespace sptc::tensor_core
