#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "traces/ptx/exactness.hpp"
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

/// What an instruction does with the condition code register CC.CF. Its slots, predicates, come
/// after the operands of the pattern: that which is read, that which is written.
enum class Carry : std::uint8_t { kNone, kRead, kWrite, kReadWrite };

/// One plain instruction: registers and numbers in, one register out. Everything else has a decoder
/// (decoder.hpp).
struct InstructionRow {
    std::string name;               ///< whole opcode, as the PTX ISA orders it: "add.rn.ftz.f32"
    std::array<Slot, 6> pattern{};  ///< in operand order
    Handler handler = nullptr;
    isa::Operation operation = isa::Operation::kIntegerAlu;
    std::uint8_t modifier = 0;
    Exactness exactness = Exactness::kExact;
    Carry carry = Carry::kNone;
    int first_architecture = 0;  ///< sm_ number below which ptxas refuses it; 0: none
};

using InstructionTable = std::vector<InstructionRow>;

/// The row of a whole opcode, whose qualifiers may stand in any order, or nullptr.
[[nodiscard]] const InstructionRow* find_row(std::string_view opcode);

/// Opcodes of rows that begin with the same word.
[[nodiscard]] std::vector<std::string_view> rows_like(std::string_view opcode);

/// The few of some names that share most words with an opcode: what an error message offers.
[[nodiscard]] std::vector<std::string_view> nearest_names(std::vector<std::string_view> names,
                                                          std::string_view opcode);

/// The first word of every row, each once: "add", "sub", ...
[[nodiscard]] std::vector<std::string_view> row_words();

// The parts of the table, one per file.
void add_integer_rows(InstructionTable& table);
void add_carry_rows(InstructionTable& table);
void add_integer_dot_rows(InstructionTable& table);
void add_logic_rows(InstructionTable& table);
void add_bit_field_rows(InstructionTable& table);
void add_select_rows(InstructionTable& table);
void add_float_rows(InstructionTable& table);
void add_half_rows(InstructionTable& table);
void add_approximate_rows(InstructionTable& table);
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
InstructionRow& add_row(InstructionTable& table, std::string name, isa::Operation operation) {
    InstructionRow& row = table.emplace_back();
    row.name = std::move(name);
    row.pattern = {write_slot<Destination>(), read_slot<Sources>()...};
    row.handler = map_handler<Function, Destination, Sources...>;
    row.operation = operation;
    return row;
}

}  // namespace sptc::ptx
