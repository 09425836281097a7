#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/isa/mma.hpp"

namespace sptc::cost {

/// A cost that somebody published, or what follows from one.
struct Figure {
    double value = 0;
    std::string_view source;
    double uncertainty = 0;  ///< as a part of the value: 0.3 is +-30 %
};

/// Energy of one type of multiplication-addition.
struct MacEnergy {
    types::DataType input;
    types::DataType accumulator;
    Figure picojoules;
};

/// What actions cost in one technology. Unset: no figure is known, and the action is left out of
/// sums and named.
struct Profile {
    std::string_view name;
    std::string_view description;
    double technology_nm = 0;

    std::vector<MacEnergy> macs;                  ///< first match counts
    std::optional<Figure> select_pj_per_mux_bit;  ///< 2:1 multiplexers of one bit, per selected bit
    std::optional<Figure> metadata_pj_per_bit;
    std::optional<Figure> shared_pj_per_bit;
    std::optional<Figure> l2_pj_per_bit;  ///< with the crossbar
    std::optional<Figure> dram_pj_per_bit;
    std::optional<Figure> static_watts;  ///< of the whole GPU

    std::optional<Figure> mac_int8_um2;
    std::optional<Figure> mux_bit_um2;  ///< of a 2:1 multiplexer
    std::optional<Figure> buffer_um2_per_bit;

    /// Energy of one multiplication-addition of a form; nullptr when none is known.
    [[nodiscard]] const Figure* mac_energy(const isa::MmaForm& form) const;
};

/// The built-in profiles.
[[nodiscard]] std::span<const Profile> profiles();

/// Throws ConfigError with the legal names.
[[nodiscard]] const Profile& find_profile(std::string_view name);

/// The same costs in another technology: capacitances and so energies go with the feature size
/// (the voltage is kept, as it has been since 45 nm or so), areas with its square. Power that does
/// not depend on work stays. A rough rule; figures get +-50 % more of uncertainty.
[[nodiscard]] Profile scaled(const Profile& profile, double technology_nm);

}  // namespace sptc::cost
