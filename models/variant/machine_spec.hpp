#pragma once
#include <string>

namespace sptc::variant {

/// Energy of one action, in pJ.
struct ActionEnergy {
    double mac = 0;
    double gated_mac = 0;              ///< a lane whose operand is known to be zero
    double local_register_access = 0;  ///< of one word
    double register_file_read = 0;     ///< of one word
    double register_file_write = 0;    ///< of one word
    double shared_read_per_bit = 0;
    double shared_metadata_per_bit = 0;
    double dram_per_bit = 0;
};

/// What an outer product needs beside multipliers; a unit is 128 of them (two tensor cores).
struct OuterProductSpec {
    /// Units that take operations from one queue: 1 keeps a warp tile on its own unit, and a step
    /// ends with the slowest. 0: all share one, which balances them perfectly.
    int units_per_queue = 0;
    /// Partial sums that the accumulation buffer of a unit takes in a cycle. 0: no limit.
    int accumulated_words_per_cycle = 0;
};

/// A matrix accelerator: an array of multipliers behind a shared memory of bounded bandwidth, which
/// is filled from DRAM. A word is one int8 element.
struct MachineSpec {
    std::string name;
    std::string description;
    int macs = 0;  ///< multiplications a cycle
    int tile_m = 0;
    int tile_n = 0;         ///< of D: held in the register files
    int k_step_stored = 0;  ///< stored elements of a row of A in one step
    int shared_words_per_cycle = 0;
    int shared_words = 0;
    int dram_words_per_cycle = 0;  ///< 0: all operands are in the shared memory already
    OuterProductSpec outer_product;
    ActionEnergy energy;
};

inline constexpr int kWordBits = 8;

/// Throws ConfigError naming the field and what is legal.
void validate(const MachineSpec& spec);

}  // namespace sptc::variant
