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
    kList,     ///< (a, b, ...): the parameters of a call
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

/// A line of the source that the PTX was compiled from, as .loc says it; line 0: not known.
struct SourceLine {
    std::uint32_t file = 0;  ///< the number of a .file
    std::uint32_t line = 0;
};

/// A label (opcode empty) or an instruction.
struct StatementNode {
    Position position;
    SourceLine source;
    std::string_view label;
    GuardNode guard;
    std::string_view opcode;            ///< with its qualifiers: "ld.global.u32"
    std::vector<OperandNode> operands;  ///< of a label: what .branchtargets lists
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

enum class VariableSpace : std::uint8_t { kShared, kGlobal, kConstant, kLocal, kParameter };

/// One element of an initialiser: a number or the address of a symbol.
struct InitializerNode {
    Position position;
    std::uint64_t element = 0;  ///< index in the flattened array
    std::uint64_t bits = 0;     ///< a number, already as wide as the type
    std::string_view symbol;    ///< empty: a number
    std::int64_t offset = 0;
    bool generic = false;  ///< "generic(symbol)"
};

/// A variable in a state space. Extern shared ones have no size: they begin the dynamic shared
/// memory.
struct VariableNode {
    Position position;
    VariableSpace space = VariableSpace::kShared;
    std::string_view name;
    std::uint32_t element_bytes = 1;
    std::uint64_t bytes = 0;
    std::uint32_t alignment = 1;
    bool external = false;
    std::uint32_t scope = 0;
    std::vector<InitializerNode> initial;  ///< what it does not name is zero
};

/// A parameter of an entry or a function, or what a function returns.
struct ParameterNode {
    Position position;
    std::string_view name;
    std::string_view type;    ///< ".u64"
    std::uint32_t bytes = 0;  ///< of the whole parameter
    std::uint32_t alignment = 1;
    bool array = false;
};

/// An .entry or a .func.
struct KernelNode {
    Position position;
    std::string_view name;
    bool defined = false;  ///< false: only declared
    std::vector<ParameterNode> returns;
    std::vector<ParameterNode> parameters;
    std::vector<RegisterNode> registers;
    std::vector<VariableNode> variables;
    std::vector<StatementNode> statements;
    std::vector<std::uint32_t> scope_parents{0};  ///< scope 0 is the body, its own parent
    Position end;                                 ///< the closing brace
};

struct FileNode {
    std::uint32_t number = 0;
    std::string_view path;
};

struct ModuleNode {
    std::vector<KernelNode> kernels;
    std::vector<KernelNode> functions;    ///< declarations and definitions, as they stand
    std::vector<VariableNode> variables;  ///< declared outside of kernels
    std::vector<FileNode> files;
};

}  // namespace sptc::ptx
