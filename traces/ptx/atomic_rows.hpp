#pragma once
#include <span>
#include <string_view>

#include "traces/ptx/instruction_table.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// One operation of atom and red on one type, as sm_80 has it.
struct AtomicRow {
    std::string_view operation;  ///< "add"
    std::string_view type;       ///< "u32"
    std::uint8_t bytes;
    std::uint8_t sources;  ///< 1; cas: 2
    bool noftz;            ///< the qualifier that f16 needs
    Slot read;
    Slot write;
    /// Operands: d or -1, b, c or -1. Lanes change memory one after another, the lowest first.
    Handler global;
    Handler shared;
};

[[nodiscard]] std::span<const AtomicRow> atomic_rows();

}  // namespace sptc::ptx
