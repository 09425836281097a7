#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "traces/ptx/lexer.hpp"

namespace sptc::ptx {

/// What stands in a PTX text, before any meaning is given to opcodes. All string views point into
/// the text.

enum class OperandKind : std::uint8_t {
    kName,     ///< register, special register, symbol or label
    kInteger,  ///< 64-bit two's complement in `bits`
    kFloat,    ///< f32 pattern in `bits`
    kDouble,   ///< f64 pattern in `bits`
    kVector,   ///< {a, b, ...}
    kPair,     ///< p|q
    kAddress   ///< [base + offset]; the base is elements[0]
};

struct OperandNode {
    OperandKind kind = OperandKind::kName;
    Position position;
    std::string_view text;
    std::uint64_t bits = 0;
    std::int64_t offset = 0;
    bool negated = false;  ///< "!p"
    std::vector<OperandNode> elements;
};

struct GuardNode {
    std::string_view name;  ///< empty: no guard
    bool negated = false;
    Position position;
};

/// A label (opcode empty) or an instruction.
struct StatementNode {
    Position position;
    std::string_view label;
    GuardNode guard;
    std::string_view opcode;  ///< with its qualifiers: "ld.global.u32"
    std::vector<OperandNode> operands;
    std::uint32_t scope = 0;
};

/// ".reg .b32 %r<10>": names %r0 .. %r9; count 0 is one register of exactly this name.
struct RegisterNode {
    Position position;
    std::string_view type;  ///< ".b32"
    std::string_view name;
    std::uint32_t count = 0;
    std::uint32_t scope = 0;
};

/// A variable in shared memory. Extern ones have no size: they begin the dynamic shared memory.
struct SharedNode {
    Position position;
    std::string_view name;
    std::uint64_t bytes = 0;
    std::uint32_t alignment = 1;
    bool external = false;
    std::uint32_t scope = 0;
};

struct ParameterNode {
    Position position;
    std::string_view name;
    std::string_view type;    ///< ".u64"
    std::uint32_t bytes = 0;  ///< of the whole parameter
    std::uint32_t alignment = 1;
    bool array = false;
};

struct KernelNode {
    Position position;
    std::string_view name;
    std::vector<ParameterNode> parameters;
    std::vector<RegisterNode> registers;
    std::vector<SharedNode> shared;
    std::vector<StatementNode> statements;
    std::vector<std::uint32_t> scope_parents{0};  ///< scope 0 is the body, its own parent
    Position end;                                 ///< the closing brace
};

struct ModuleNode {
    std::vector<KernelNode> kernels;
    std::vector<SharedNode> shared;  ///< declared outside of kernels
};

}  // namespace sptc::ptx
