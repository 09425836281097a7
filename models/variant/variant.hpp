#pragma once
#include <memory>
#include <span>
#include <string_view>

#include "models/variant/machine_spec.hpp"
#include "models/variant/operands.hpp"
#include "models/variant/strategy.hpp"

namespace sptc::variant {

/// How a loop nest meets a datapath that leaves a choice: a mapper takes the fastest.
struct Mapping {
    bool tile_transposed = false;       ///< tile_m and tile_n exchanged
    bool activations_quarters = false;  ///< outer product: which side has the finer quantum
    bool operator==(const Mapping&) const = default;
};

/// One design of a sparse datapath.
struct Variant {
    std::string_view name;
    std::string_view description;
    std::string_view source;
    std::string_view patterns;  ///< that it takes, in words
    std::string_view example;   ///< one of them
    /// What cycles depend on beside the shape, and how its zeros are drawn; empty: nothing.
    std::string_view density_model;
    std::span<const Mapping> mappings;
    /// Throws ConfigError when the variant does not take the pattern.
    void (*check)(const PatternText& pattern);
    void (*prune)(Operands& operands, const PatternText& pattern);
    /// The operands and the machine must outlive what it gives.
    std::unique_ptr<Strategy> (*bind)(const Operands& operands, const PatternText& pattern,
                                      const MachineSpec& spec, Mapping mapping);
};

[[nodiscard]] std::span<const Variant> variants();

/// Throws ConfigError listing the names.
[[nodiscard]] const Variant& find_variant(std::string_view name);

}  // namespace sptc::variant
