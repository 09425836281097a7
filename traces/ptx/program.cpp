#include "traces/ptx/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "traces/ptx/decoder.hpp"
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

/// A branch whose label is looked up when all labels are known.
struct Branch {
    std::uint32_t op;
    const StatementNode* statement;
};

void resolve_branches(Program& program, const Symbols& symbols,
                      const std::vector<Branch>& branches) {
    for (const Branch& branch : branches) {
        const OperandNode& label = branch.statement->operands[0];
        const std::int64_t target = label.kind == OperandKind::kName && !label.negated
                                        ? symbols.find_label(label.text, branch.statement->scope)
                                        : -1;
        if (target < 0) {
            fail(program.file, label.position, fmt::format("no label '{}'", label.text));
        }
        program.ops[branch.op].target = static_cast<std::uint32_t>(target);
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
    return fmt::format("{}:{}", program.file, program.instructions[op].line);
}

std::shared_ptr<const Program> load_program(std::string_view text, std::string_view file,
                                            std::string_view entry) {
    const ModuleNode module = parse(text, file);
    const KernelNode& kernel = find_kernel(module, file, entry);
    auto program = std::make_shared<Program>();
    program->file = file;
    program->entry = kernel.name;
    Symbols symbols(module, kernel, *program);
    std::vector<Branch> branches;
    for (const StatementNode& statement : kernel.statements) {
        const auto next = static_cast<std::uint32_t>(program->ops.size());
        if (statement.opcode.empty()) {
            symbols.add_label(statement.label, statement.scope, statement.position, next);
            continue;
        }
        Decoder decoder(statement, symbols, *program);
        decode_statement(decoder);
        if (program->ops.back().control == Control::kBranch) branches.push_back({next, &statement});
    }
    // Running off the end is an exit.
    StatementNode end;
    end.position = kernel.end;
    end.opcode = "exit";
    Decoder decoder(end, symbols, *program);
    decode_exit(decoder);
    resolve_branches(*program, symbols, branches);
    place_constants(*program);
    make_spans(*program);
    program->estimated_registers = estimate_registers(*program);
    return program;
}

}  // namespace sptc::ptx
