#pragma once
#include <string>

#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"

namespace sptc::probe {

/// What distinguishes one probe kernel from another: the instruction that it executes.
struct ProbeKernel {
    const isa::MmaForm* form = nullptr;
    isa::MetadataOrdering ordering = isa::MetadataOrdering::kOrdered;
    int selector = 0;  ///< an immediate of mma.sp, so every value is a kernel of its own

    /// The instruction as PTX spells it.
    [[nodiscard]] std::string instruction() const;
    /// Entry and file name: "mma_sp_ordered_metadata_m16n8k32_row_col_f32_f16_f16_f32_s1".
    [[nodiscard]] std::string name() const;
};

inline constexpr int kWarpsPerCta = 4;

/// The PTX of a kernel that executes `instructions` independent instructions. Parameters: the
/// addresses of A, B, C, then E when sparse, then D, all in fragment order (FragmentOrder), then
/// the number of instructions. Warps take instructions in turn, any grid of kWarpsPerCta warps a
/// CTA.
[[nodiscard]] std::string kernel_text(const ProbeKernel& kernel,
                                      const isa::Architecture& architecture);

}  // namespace sptc::probe
