#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/variant/machine.hpp"
#include "models/variant/variant.hpp"
#include "traces/loop_nest/loop_nest.hpp"

namespace sptc::accelerator {

struct VariantRequest {
    std::string variant = "stc";
    std::string pattern = "2:4";
    loop_nest::Extents extents{};
    double b_density = 1;
    std::uint64_t seed = 1;
    bool check = false;  ///< execute the values too, and compare with the reference
};

/// Energy of one component, in pJ.
struct EnergyItem {
    std::string component;
    double picojoules;
};

struct VariantResult {
    VariantRequest request;
    variant::Mapping mapping;
    variant::MachineResult resident;  ///< operands in the shared memory: the datapath alone
    variant::MachineResult whole;     ///< with DRAM
    std::uint64_t dense_cycles = 0;   ///< K x M x N / macs
    std::vector<EnergyItem> energy;   ///< of the whole
    std::optional<bool> exact;        ///< when checked

    [[nodiscard]] double picojoules() const;
};

/// Draws and prunes the operands, lets the mapper choose, and runs the loop nest. Throws
/// ConfigError for what the variant does not take.
[[nodiscard]] VariantResult run_variant(const VariantRequest& request,
                                        const variant::MachineSpec& spec);

}  // namespace sptc::accelerator
