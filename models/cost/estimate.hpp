#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "models/cost/profile.hpp"
#include "models/tensor_core/tensor_core_spec.hpp"

namespace sptc::cost {

/// One component's share of a cost.
struct Item {
    std::string component;
    double count = 0;  ///< actions, or pieces of hardware
    Figure each;       ///< pJ, W or um2 of one
    double total = 0;  ///< pJ or um2
};

struct Estimate {
    std::vector<Item> items;
    std::vector<std::string> without_figure;  ///< what the profile has no figure for
    [[nodiscard]] double total() const;
    /// +- of the total: the items' uncertainties, were they all to one side.
    [[nodiscard]] double uncertainty() const;
};

/// How often the actions of the cost tables happened, on the whole GPU.
struct Activity {
    struct Mmas {
        const isa::MmaForm* form;
        double count;
    };
    std::vector<Mmas> mmas;
    double shared_bytes = 0;  ///< read, written and filled: wavefronts times their width
    double l2_bytes = 0;
    double dram_bytes = 0;
    double seconds = 0;
};

/// Energy in pJ. Operand selection and metadata are counted for sparse forms: every stored value
/// selects one of M values of B, and carries its index.
[[nodiscard]] Estimate energy(const Profile& profile, const Activity& activity);

/// Area in um2 of one tensor core's datapath: multipliers with their adders, the mux of every lane,
/// the metadata decoder, and the buffer of B values.
[[nodiscard]] Estimate tensor_core_area(const Profile& profile,
                                        const tensor_core::TensorCoreSpec& spec);

}  // namespace sptc::cost
