#include "traces/ptx/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/flow_order.hpp"
#include "traces/ptx/function_set.hpp"
#include "traces/ptx/generic_twins.hpp"
#include "traces/ptx/layout.hpp"
#include "traces/ptx/liveness.hpp"
#include "traces/ptx/parser.hpp"
#include "traces/ptx/source.hpp"

namespace sptc::ptx {
namespace {

const KernelNode& find_kernel(const ModuleNode& module, std::string_view file,
                              std::string_view entry) {
    std::vector<std::string_view> names;
    for (const KernelNode& kernel : module.kernels) {
        if (kernel.name == entry) return kernel;
        names.push_back(kernel.name);
    }
    if (names.empty()) fail(file, {}, "has no .entry");
    if (entry.empty() && names.size() == 1) return module.kernels.front();
    const std::string found =
        entry.empty() ? "name one entry" : fmt::format("no entry '{}'", entry);
    fail(file, {}, fmt::format("{}; expected one of {}", found, fmt::join(names, ", ")));
}

void decode_statement(Decoder& decoder) {
    for (const OpcodeFamily& family : opcode_families()) {
        if (family.word == decoder.words().front()) return family.decode(decoder);
    }
    decode_row(decoder);
}

/// A branch whose labels are looked up when all labels of its function are known.
struct Branch {
    std::uint32_t op;
    const StatementNode* statement;
};

std::uint32_t find_label(const Program& program, const Symbols& symbols, const OperandNode& label,
                         std::uint32_t scope) {
    const std::int64_t target = label.kind == OperandKind::kName && !label.negated
                                    ? symbols.find_label(label.text, scope)
                                    : -1;
    if (target < 0) fail(program.file, label.position, fmt::format("no label '{}'", label.text));
    return static_cast<std::uint32_t>(target);
}

void resolve_branch(Program& program, const Symbols& symbols, const Branch& branch) {
    Op& op = program.ops[branch.op];
    const std::uint32_t scope = branch.statement->scope;
    if (op.control == Control::kBranch) {
        op.target = find_label(program, symbols, branch.statement->operands[0], scope);
        return;
    }
    const OperandNode& name = branch.statement->operands[1];
    const StatementNode* list =
        name.kind == OperandKind::kName ? symbols.find_label_statement(name.text, scope) : nullptr;
    if (list == nullptr || list->operands.empty()) {
        fail(program.file, name.position,
             fmt::format("'{}' is no label with .branchtargets", name.text));
    }
    for (const OperandNode& label : list->operands) {
        program.branch_tables[op.detail].push_back(
            find_label(program, symbols, label, list->scope));
    }
}

void decode_function(Program& program, const MemoryLayout& layout, const FunctionSet& functions,
                     std::uint32_t index) {
    const KernelNode& node = *functions.nodes[index];
    FunctionInfo info;
    info.name = node.name;
    info.begin = static_cast<std::uint32_t>(program.ops.size());
    info.frame_bytes = static_cast<std::uint32_t>(layout.function(index).frame_bytes);
    info.first_register = program.registers.size();
    info.recursive = functions.recursive[index];
    Symbols symbols(node, index, functions, layout, program);
    std::vector<Branch> branches;
    for (const StatementNode& statement : node.statements) {
        const auto next = static_cast<std::uint32_t>(program.ops.size());
        if (statement.opcode.empty()) {
            symbols.add_label(statement, next);
            continue;
        }
        Decoder decoder(statement, symbols, program);
        decode_statement(decoder);
        const Control control = program.ops.back().control;
        if (control == Control::kBranch || control == Control::kIndexed) {
            branches.push_back({static_cast<std::uint32_t>(program.ops.size() - 1), &statement});
        }
    }
    // Running off the end is a return.
    StatementNode end;
    end.position = node.end;
    end.opcode = index == 0 ? "exit" : "ret";
    Decoder decoder(end, symbols, program);
    decode_exit(decoder);
    for (const Branch& branch : branches) resolve_branch(program, symbols, branch);
    info.end = static_cast<std::uint32_t>(program.ops.size());
    info.end_register = program.registers.size();
    program.functions.push_back(std::move(info));
}

void resolve_calls(Program& program) {
    for (Op& op : program.ops) {
        if (op.control != Control::kCall) continue;
        op.target = program.functions[program.calls[op.detail].callee].begin;
    }
}

/// Constants move behind the registers of their width.
void place_constants(Program& program) {
    const auto place = [&](std::int32_t& slot) {
        if (slot >= kConstant64) {
            slot = slot - kConstant64 + static_cast<std::int32_t>(program.count64);
        } else if (slot >= kConstant32) {
            slot = slot - kConstant32 + static_cast<std::int32_t>(program.count32);
        }
    };
    for (std::int32_t& slot : program.operands) place(slot);
    for (Op& op : program.ops) {
        place(op.address.base);
        place(op.destination.base);
    }
}

void make_spans(Program& program) {
    const auto span = [&](PoolRange range) {
        return std::span<const isa::RegisterId>(program.register_pool)
            .subspan(range.begin, range.size);
    };
    for (std::size_t i = 0; i < program.ops.size(); ++i) {
        program.instructions[i].reads = span(program.pool_ranges[i].reads);
        program.instructions[i].address_reads = span(program.pool_ranges[i].address_reads);
        program.instructions[i].writes = span(program.pool_ranges[i].writes);
    }
}

}  // namespace

std::string location(const Program& program, std::uint32_t op) {
    std::string text = fmt::format("{}:{}", program.file, program.instructions[op].line);
    const ProgramLine& source = program.sources[op];
    if (source.line == 0) return text;
    const auto file = program.source_files.find(source.file);
    const std::string_view path =
        file == program.source_files.end() ? std::string_view("source") : file->second;
    return fmt::format("{} ({}:{})", text, path.substr(path.find_last_of('/') + 1), source.line);
}

std::shared_ptr<const Program> load_program(std::string_view text, std::string_view file,
                                            std::string_view entry) {
    const ModuleNode module = parse(text, file);
    const KernelNode& kernel = find_kernel(module, file, entry);
    const FunctionSet functions = reachable_functions(module, kernel, file);
    auto program = std::make_shared<Program>();
    program->file = file;
    program->entry = kernel.name;
    for (const FileNode& node : module.files) program->source_files[node.number] = node.path;
    const MemoryLayout layout(module, functions, *program);
    if (functions.nodes.size() > 1) {
        program->frame_pointer = static_cast<std::int32_t>(program->count64++);
        program->registers.push_back({"frame pointer", Width::k64, program->frame_pointer});
    }
    for (std::uint32_t i = 0; i < functions.nodes.size(); ++i) {
        decode_function(*program, layout, functions, i);
    }
    resolve_calls(*program);
    place_constants(*program);
    make_spans(*program);
    make_twins(*program);
    order_flow(*program);
    program->estimated_registers = estimate_registers(*program);
    return program;
}

}  // namespace sptc::ptx
