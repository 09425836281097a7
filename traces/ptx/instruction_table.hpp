#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "traces/ptx/lanes.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// What may stand at one operand position of a row.
enum class Slot : std::uint8_t {
    kNone,
    kWritePredicate,
    kWrite16,
    kWrite32,
    kWrite64,
    kReadPredicate,
    kRead16,
    kRead32,
    kRead64,  ///< a register or an integer
    kReadF32,
    kReadF64  ///< a register or a floating-point number
};

/// One plain instruction: registers and numbers in, one register out. Everything else has a decoder
/// (decoder.hpp).
struct InstructionRow {
    std::string name;               ///< whole opcode: "add.u32"
    std::array<Slot, 6> pattern{};  ///< in operand order
    Handler handler = nullptr;
    isa::Operation operation = isa::Operation::kIntegerAlu;
    std::uint8_t modifier = 0;
};

using InstructionTable = std::vector<InstructionRow>;

/// The row of a whole opcode, or nullptr.
[[nodiscard]] const InstructionRow* find_row(std::string_view opcode);

/// Opcodes of rows that begin with the same word: what an error message offers.
[[nodiscard]] std::vector<std::string_view> rows_like(std::string_view opcode);

/// The first word of every row, each once: "add", "sub", ...
[[nodiscard]] std::vector<std::string_view> row_words();

// The parts of the table, one per file.
void add_integer_rows(InstructionTable& table);
void add_logic_rows(InstructionTable& table);
void add_bit_field_rows(InstructionTable& table);
void add_compare_rows(InstructionTable& table);
void add_float_rows(InstructionTable& table);
void add_half_rows(InstructionTable& table);
void add_float_convert_rows(InstructionTable& table);

template <class T>
constexpr Slot read_slot() {
    if constexpr (std::is_same_v<T, float>) return Slot::kReadF32;
    if constexpr (std::is_same_v<T, double>) return Slot::kReadF64;
    return sizeof(T) == 8 ? Slot::kRead64 : sizeof(T) == 4 ? Slot::kRead32 : Slot::kRead16;
}

template <class T>
constexpr Slot write_slot() {
    return sizeof(T) == 8 ? Slot::kWrite64 : sizeof(T) == 4 ? Slot::kWrite32 : Slot::kWrite16;
}

/// The row of a lane-wise function object: its pattern follows from the types.
template <class Function, class Destination, class... Sources>
void add_row(InstructionTable& table, std::string name, isa::Operation operation) {
    table.push_back({std::move(name),
                     {write_slot<Destination>(), read_slot<Sources>()...},
                     map_handler<Function, Destination, Sources...>,
                     operation,
                     0});
}

}  // namespace sptc::ptx
