// call, ret, exit, bra, brx.idx, trap and brkpt: PTX ISA 9.1, "Control Flow Instructions".
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/call_handlers.hpp"
#include "traces/ptx/decoder.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 1> kBranchForms{"bra[.uni] label"};
constexpr std::array<std::string_view, 2> kExitForms{"ret[.uni]", "exit"};
constexpr std::array<std::string_view, 1> kIndexedForms{"brx.idx[.uni] index, label"};
constexpr std::array<std::string_view, 1> kCallForms{
    "call[.uni] (result), function, (argument, ...)"};
constexpr std::array<std::string_view, 2> kTrapForms{"trap", "brkpt"};

bool has_only_uni(const Decoder& decoder, std::size_t plain_words) {
    const auto& words = decoder.words();
    return words.size() == plain_words ||
           (words.size() == plain_words + 1 && words.back() == "uni");
}

/// The parts of a call: "(results), function, (arguments)".
struct CallParts {
    const OperandNode* function = nullptr;
    std::span<const OperandNode> results;
    std::span<const OperandNode> arguments;
};

CallParts parts_of(const Decoder& decoder) {
    CallParts parts;
    parts.function = callee_of(decoder.statement());
    if (parts.function == nullptr) decoder.unsupported(kCallForms);
    const auto operands = std::span(decoder.statement().operands);
    const auto at = static_cast<std::size_t>(parts.function - operands.data());
    if (at > 1 || operands.size() > at + 2) {
        decoder.fail_here(fmt::format("'{}': expected {} (indirect calls are not supported)",
                                      decoder.statement().opcode, kCallForms[0]));
    }
    if (at == 1) parts.results = operands[0].elements;
    if (operands.size() == at + 2) {
        if (operands[at + 1].kind != OperandKind::kList) {
            decoder.fail_at(operands[at + 1], "expected the arguments in parentheses");
        }
        parts.arguments = operands[at + 1].elements;
    }
    return parts;
}

/// The frame variable that stands as an argument or result of a call.
std::uint32_t frame_variable(Decoder& decoder, const OperandNode& node) {
    const Symbol* symbol = decoder.symbol(node);
    if (symbol == nullptr || symbol->frame_variable < 0) {
        decoder.fail_at(node, fmt::format("'{}' is no .param variable", node.text));
    }
    return static_cast<std::uint32_t>(symbol->frame_variable);
}

/// Pairs the variables of a call with those of the function. `back`: results come from the
/// function.
std::vector<FrameCopy> copies(Decoder& decoder, std::span<const OperandNode> actual,
                              const std::vector<std::uint32_t>& formal, std::string_view what,
                              bool back) {
    if (actual.size() != formal.size()) {
        decoder.fail_here(fmt::format("{} {}, expected {}", actual.size(), what, formal.size()));
    }
    std::vector<FrameCopy> list;
    for (std::size_t i = 0; i < actual.size(); ++i) {
        const std::uint32_t variable = frame_variable(decoder, actual[i]);
        const auto& variables = decoder.program().frame_variables;
        if (variables[variable].bytes != variables[formal[i]].bytes) {
            decoder.fail_at(actual[i],
                            fmt::format("'{}' has {} bytes, but '{}' has {}", actual[i].text,
                                        variables[variable].bytes, variables[formal[i]].name,
                                        variables[formal[i]].bytes));
        }
        list.push_back(back ? FrameCopy{formal[i], variable} : FrameCopy{variable, formal[i]});
    }
    return list;
}

/// A function of the device runtime that the simulator provides.
struct Builtin {
    std::string_view name;
    Handler handler;
    bool without_values;  ///< also with values off
    std::size_t arguments;
    std::size_t results;
};
constexpr Builtin kBuiltins[] = {{"vprintf", call_vprintf, false, 2, 1},
                                 {"__assertfail", call_assertfail, true, 5, 0}};

void decode_builtin(Decoder& decoder, const CallParts& parts) {
    const auto builtin =
        std::find_if(std::begin(kBuiltins), std::end(kBuiltins),
                     [&](const Builtin& row) { return row.name == parts.function->text; });
    if (builtin == std::end(kBuiltins)) {
        const bool is_register = decoder.find_register(*parts.function) != nullptr;
        decoder.fail_at(*parts.function,
                        is_register
                            ? "indirect calls (function pointers) are not supported"
                            : fmt::format("function '{}' has no definition here; the simulator "
                                          "provides vprintf and __assertfail",
                                          parts.function->text));
    }
    if (parts.arguments.size() != builtin->arguments || parts.results.size() > builtin->results) {
        decoder.fail_at(*parts.function,
                        fmt::format("'{}' has {} parameters and {} results", builtin->name,
                                    builtin->arguments, builtin->results));
    }
    for (const OperandNode& node : parts.arguments) {
        decoder.emit_number(static_cast<std::int32_t>(frame_variable(decoder, node)));
    }
    decoder.emit_number(parts.results.empty()
                            ? -1
                            : static_cast<std::int32_t>(frame_variable(decoder, parts.results[0])));
    decoder.op.handler = builtin->handler;
    if (builtin->without_values) decoder.op.skip_handler = builtin->handler;
    decoder.instruction.operation = Operation::kBranch;
    decoder.commit();
}

}  // namespace

void decode_call(Decoder& decoder) {
    if (!has_only_uni(decoder, 1)) decoder.unsupported(kCallForms);
    const CallParts parts = parts_of(decoder);
    const Symbols& symbols = decoder.symbols();
    const std::int64_t callee = symbols.functions().find(parts.function->text);
    if (callee < 0) return decode_builtin(decoder, parts);
    CallSite site;
    site.caller = symbols.function();
    site.callee = static_cast<std::uint32_t>(callee);
    const FunctionLayout& layout = symbols.layout().function(site.callee);
    site.arguments = copies(decoder, parts.arguments, layout.parameters, "arguments", false);
    site.results = copies(decoder, parts.results, layout.returns, "results", true);
    decoder.op.control = Control::kCall;
    decoder.op.detail = static_cast<std::uint32_t>(decoder.program().calls.size());
    decoder.program().calls.push_back(std::move(site));
    decoder.op.handler = enter_function;
    decoder.op.skip_handler = enter_function;
    decoder.instruction.operation = Operation::kBranch;
    decoder.commit();
}

void decode_bra(Decoder& decoder) {
    if (!has_only_uni(decoder, 1)) decoder.unsupported(kBranchForms);
    decoder.expect_operands(1, 1);
    decoder.op.control = Control::kBranch;
    decoder.instruction.operation = Operation::kBranch;
    decoder.commit();
}

void decode_brx(Decoder& decoder) {
    if (decoder.words().size() < 2 || decoder.words()[1] != "idx" || !has_only_uni(decoder, 2)) {
        decoder.unsupported(kIndexedForms);
    }
    decoder.expect_operands(2, 2);
    decoder.emit_operand(decoder.read(decoder.operand(0), Slot::kRead32));
    decoder.op.control = Control::kIndexed;
    decoder.op.detail = static_cast<std::uint32_t>(decoder.program().branch_tables.size());
    decoder.program().branch_tables.emplace_back();
    decoder.op.handler = branch_indexed;
    decoder.op.skip_handler = branch_indexed;
    decoder.instruction.operation = Operation::kBranch;
    decoder.commit();
}

void decode_exit(Decoder& decoder) {
    const bool returns = decoder.words()[0] == "ret";
    if (!has_only_uni(decoder, 1) || (!returns && decoder.words().size() != 1)) {
        decoder.unsupported(kExitForms);
    }
    decoder.expect_operands(0, 0);
    if (returns && decoder.symbols().function() != 0) {
        decoder.op.control = Control::kReturn;
        decoder.op.handler = leave_function;
        decoder.op.skip_handler = leave_function;
        decoder.instruction.operation = Operation::kBranch;
    } else {
        decoder.op.control = Control::kExit;
        decoder.instruction.operation = Operation::kExit;
    }
    decoder.commit();
}

void decode_trap(Decoder& decoder) {
    if (decoder.words().size() != 1) decoder.unsupported(kTrapForms);
    decoder.expect_operands(0, 0);
    decoder.op.handler = trap;
    decoder.op.skip_handler = trap;
    decoder.instruction.operation = Operation::kBranch;
    decoder.commit();
}

}  // namespace sptc::ptx
