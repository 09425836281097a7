#pragma once
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "traces/ptx/ast.hpp"
#include "traces/ptx/instruction_table.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/symbols.hpp"

namespace sptc::ptx {

/// Slots of constants while a program is being built; load_program moves them behind the registers.
inline constexpr std::int32_t kConstant32 = 1 << 28;
inline constexpr std::int32_t kConstant64 = 1 << 29;

/// One instruction on its way from text to Op: what decoders use to check operands and to name
/// registers. The first wrong thing throws KernelError "file:line:column: ...".
class Decoder {
  public:
    Decoder(const StatementNode& statement, Symbols& symbols, Program& program);

    // --- the text
    [[nodiscard]] const StatementNode& statement() const { return statement_; }
    /// The opcode cut at its dots: {"ld", "global", "v4", "u32"}.
    [[nodiscard]] const std::vector<std::string_view>& words() const { return words_; }
    [[nodiscard]] const OperandNode& operand(std::size_t index) const {
        return statement_.operands[index];
    }
    [[nodiscard]] std::size_t operand_count() const { return statement_.operands.size(); }
    void expect_operands(std::size_t low, std::size_t high) const;

    [[noreturn]] void fail_here(std::string_view message) const;
    [[noreturn]] void fail_at(const OperandNode& node, std::string_view message) const;
    /// "unsupported instruction '...'" with what is supported nearby.
    [[noreturn]] void unsupported(std::span<const std::string_view> nearby) const;

    // --- the result
    Op op;
    isa::Instruction instruction;
    std::int32_t frame_access = -1;  ///< a frame variable that the operation names directly
    /// Its role is that of the oldest read() or write() of the same slot not yet emitted.
    void emit_operand(std::int32_t slot);
    /// A number for the handler, which is no slot.
    void emit_number(std::int32_t number);

    /// A source register or constant: its slot. `slot` says what the instruction needs.
    std::int32_t read(const OperandNode& node, Slot slot);
    /// A 64-bit source that no handler looks at: a cache policy.
    void read_hint(const OperandNode& node);
    /// A destination register: its slot.
    std::int32_t write(const OperandNode& node, Slot slot);
    /// A source that forms an address beside the base: a 32-bit register or constant.
    std::int32_t read_for_address(const OperandNode& node);
    /// A 32-bit register that the text does not name. A decoder writes it before it reads it.
    [[nodiscard]] isa::RegisterId temporary32();
    std::int32_t read_register(isa::RegisterId id);
    std::int32_t write_register(isa::RegisterId id);
    /// The slot of the condition code register CC.CF, a predicate.
    std::int32_t read_carry();
    std::int32_t write_carry();
    /// The elements of {a, b}; a single operand counts as one element.
    [[nodiscard]] static std::span<const OperandNode> elements(const OperandNode& node);

    /// The register of a name, or nullptr.
    [[nodiscard]] const RegisterInfo* find_register(const OperandNode& node);
    /// The width of a register operand; fails for anything else.
    [[nodiscard]] Width width_of(const OperandNode& node);
    /// Any width: for ld, st and cvt, whose registers may be wider than the type.
    std::int32_t read_any(const OperandNode& node, Width& width);
    std::int32_t write_any(const OperandNode& node, Width& width);

    /// [base + offset]; the base counts as an address register.
    [[nodiscard]] Address address(const OperandNode& node);
    /// The same where a variable as base decides the state space: sets `space` to that of the
    /// variable, and frame_access.
    [[nodiscard]] Address address(const OperandNode& node, Space& space);
    /// An integer immediate in [low, high].
    [[nodiscard]] std::uint64_t immediate(const OperandNode& node, std::uint64_t low,
                                          std::uint64_t high) const;
    [[nodiscard]] std::int64_t shared_symbol(const OperandNode& node) const;
    /// The variable of a name that is no register, or nullptr.
    [[nodiscard]] const Symbol* symbol(const OperandNode& node);
    /// The 64-bit slot that holds where the frame of this function begins.
    [[nodiscard]] std::int32_t frame_slot();
    [[nodiscard]] Symbols& symbols() { return symbols_; }
    [[nodiscard]] Program& program() { return program_; }

    std::int32_t constant32(std::uint32_t value);
    std::int32_t constant64(std::uint64_t value);

    /// Appends the operation to the program and begins another one of the same statement.
    void commit();

  private:
    [[nodiscard]] isa::RegisterId register_id(const OperandNode& node);
    void check_width(const OperandNode& node, Width found, Slot slot) const;
    [[nodiscard]] std::uint64_t number_bits(const OperandNode& node, Slot slot) const;
    void decode_guard();
    [[nodiscard]] isa::RegisterId carry_id();

    const StatementNode& statement_;
    Symbols& symbols_;
    Program& program_;
    std::vector<std::string_view> words_;
    /// A slot that was read or written and may become an operand.
    struct Access {
        std::int32_t slot;
        OperandRole role;
    };

    std::vector<std::int32_t> operands_;
    std::vector<OperandRole> roles_;
    std::vector<Access> accesses_;  ///< not yet emitted
    std::vector<isa::RegisterId> reads_;
    std::vector<isa::RegisterId> address_reads_;
    std::vector<isa::RegisterId> writes_;
};

/// Decodes the instructions of one opcode word; commits its operations.
struct OpcodeFamily {
    std::string_view word;  ///< "ld"
    void (*decode)(Decoder&);
    bool executed = true;  ///< false: no form is, and the decoder says what does the same
};

/// Every family; opcodes of other words are rows of the instruction table.
[[nodiscard]] std::span<const OpcodeFamily> opcode_families();

// The decoders, by file.
void decode_row(Decoder& decoder);  ///< a row of the instruction table
void decode_setp(Decoder& decoder);
void decode_set(Decoder& decoder);
void decode_lop3(Decoder& decoder);  ///< also with a predicate: lop3.or.b32 d|p, a, b, c, lut, q
void decode_mov(Decoder& decoder);
void decode_packed_mov(Decoder& decoder);  ///< mov.b32 d, {lo, hi} and the like
void decode_cvta(Decoder& decoder);
void decode_isspacep(Decoder& decoder);
void decode_hint(Decoder& decoder);  ///< prefetch, applypriority, discard: no effect here
void decode_createpolicy(Decoder& decoder);
void decode_cvt(Decoder& decoder);
void decode_ld(Decoder& decoder);
void decode_st(Decoder& decoder);
void decode_cp(Decoder& decoder);
void decode_ldmatrix(Decoder& decoder);
void decode_mma(Decoder& decoder);
void decode_bra(Decoder& decoder);  ///< leaves Op::target to load_program
void decode_brx(Decoder& decoder);  ///< leaves the branch table to load_program
void decode_call(Decoder& decoder);
void decode_wmma(Decoder& decoder);
void decode_wmma_mma(Decoder& decoder);  ///< called by decode_wmma
void decode_exit(Decoder& decoder);
void decode_trap(Decoder& decoder);
void decode_bar(Decoder& decoder);
void decode_fence(Decoder& decoder);
void decode_nanosleep(Decoder& decoder);
void decode_shfl(Decoder& decoder);
void decode_vote(Decoder& decoder);
void decode_activemask(Decoder& decoder);
void decode_match(Decoder& decoder);
void decode_redux(Decoder& decoder);
void decode_movmatrix(Decoder& decoder);
void decode_atom(Decoder& decoder);
void decode_red(Decoder& decoder);
void decode_mbarrier(Decoder& decoder);

}  // namespace sptc::ptx
