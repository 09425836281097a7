#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"

namespace sptc::isa {

/// How the stored elements of a row of a *sparse* floating-point instruction are cut into groups.
/// No vendor documents it; a probe on hardware decides (traces/probe, P1), and then
/// kDefaultPartition is what changes.
enum class Partition : std::uint8_t {
    kCompressed,  ///< H1: L stored elements a group, ascending: the sequence a dense one would sum
    kLogical,     ///< H2: the stored elements of L logical columns
    kWhole,       ///< H3: one group
    kSlotParity,  ///< H4: the first stored element of every chunk, then the second ones
    kReversed     ///< H5: as H1, the last group first
};
inline constexpr Partition kDefaultPartition = Partition::kCompressed;

struct PartitionRow {
    Partition partition;
    std::string_view name;  ///< "H1"
    std::string_view note;
};
[[nodiscard]] std::span<const PartitionRow> partitions();

/// The partition of a name. Throws ConfigError listing the names.
[[nodiscard]] Partition parse_partition(std::string_view name);

/// What an architecture does to one element of D of one form: `groups` groups of `products` slots
/// each, one after another; each result is converted to D's type and is the next addend.
struct DotRule {
    types::DataType a;  ///< as the multipliers take it: f16 where fp8 is widened
    types::DataType b;
    int fraction_bits;      ///< floating point: F
    int e_zero;             ///< floating point: floor of E
    int f32_fraction_bits;  ///< floating point: fraction bits of an f32 result that survive
    int groups;
    int products;  ///< slots of a group
    /// Emulated fp8: the chain begins with +0 and C is added to its end, rounded to nearest even.
    bool addend_last;
    /// Slots in the order of the groups. Extended forms, which may have more slots, have none: they
    /// sum ascending ones.
    std::array<std::uint8_t, kMaxSlots> order;

    [[nodiscard]] std::span<const std::uint8_t> group(int index) const {
        return std::span(order).subspan(static_cast<std::size_t>(index * products),
                                        static_cast<std::size_t>(products));
    }
};

/// Throws ConfigError when the architecture lacks the form. The partition matters for sparse
/// floating-point forms only. Integer, b1 and f64 forms are one group.
[[nodiscard]] DotRule dot_rule(const Architecture& architecture, const MmaForm& form,
                               Partition partition = kDefaultPartition);

}  // namespace sptc::isa
