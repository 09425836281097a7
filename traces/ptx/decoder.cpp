#include "traces/ptx/decoder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/base/error.hpp"

namespace sptc::ptx {
namespace {

std::vector<std::string_view> split_at_dots(std::string_view text) {
    std::vector<std::string_view> words;
    while (true) {
        const auto end = text.find('.');
        words.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return words;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

Decoder::Decoder(const StatementNode& statement, Symbols& symbols, Program& program)
    : statement_(statement),
      symbols_(symbols),
      program_(program),
      words_(split_at_dots(statement.opcode)) {
    decode_guard();
}

void Decoder::decode_guard() {
    const GuardNode& guard = statement_.guard;
    if (guard.name.empty()) return;
    const std::int32_t id = symbols_.find_register(guard.name, statement_.scope, guard.position);
    if (id < 0 || program_.registers[static_cast<std::size_t>(id)].width != Width::kPredicate) {
        fail(program_.file, guard.position,
             fmt::format("'{}' is not a predicate register", guard.name));
    }
    op.guard = program_.registers[static_cast<std::size_t>(id)].slot;
    op.guard_negated = guard.negated;
    reads_.push_back(static_cast<isa::RegisterId>(id));
}

void Decoder::emit_operand(std::int32_t slot) {
    operands_.push_back(slot);
    const auto found = std::find_if(accesses_.begin(), accesses_.end(),
                                    [slot](const Access& access) { return access.slot == slot; });
    if (found == accesses_.end()) {
        roles_.push_back({});
        return;
    }
    roles_.push_back(found->role);
    accesses_.erase(found);
}

void Decoder::emit_number(std::int32_t number) {
    operands_.push_back(number);
    roles_.push_back({.number = true});
}

void Decoder::expect_operands(std::size_t low, std::size_t high) const {
    if (operand_count() >= low && operand_count() <= high) return;
    const std::string expected =
        low == high ? fmt::format("{}", low) : fmt::format("{} to {}", low, high);
    fail_here(fmt::format("'{}' has {} operands, expected {}", statement_.opcode, operand_count(),
                          expected));
}

void Decoder::fail_here(std::string_view message) const {
    fail(program_.file, statement_.position, message);
}

void Decoder::fail_at(const OperandNode& node, std::string_view message) const {
    fail(program_.file, node.position, message);
}

void Decoder::unsupported(std::span<const std::string_view> nearby) const {
    fail_here(fmt::format("unsupported instruction '{}'; supported nearby: {}", statement_.opcode,
                          fmt::join(nearby, ", ")));
}

void Decoder::commit() {
    const auto pool = [&](const std::vector<isa::RegisterId>& ids) {
        // The spans get their final addresses when the pool is complete; until then only sizes and
        // offsets count.
        const std::size_t begin = program_.register_pool.size();
        program_.register_pool.insert(program_.register_pool.end(), ids.begin(), ids.end());
        return PoolRange{begin, ids.size()};
    };
    program_.pool_ranges.push_back({pool(reads_), pool(address_reads_), pool(writes_)});
    op.first_operand = static_cast<std::uint32_t>(program_.operands.size());
    program_.operands.insert(program_.operands.end(), operands_.begin(), operands_.end());
    program_.operand_roles.insert(program_.operand_roles.end(), roles_.begin(), roles_.end());
    instruction.line = statement_.position.line;
    instruction.source_line = statement_.source.line;
    program_.ops.push_back(op);
    program_.instructions.push_back(instruction);
    program_.texts.emplace_back(statement_.opcode);
    program_.frame_accesses.push_back(frame_access);
    program_.sources.push_back({statement_.source.file, statement_.source.line});
    frame_access = -1;
    op = Op{};
    instruction = isa::Instruction{};
    operands_.clear();
    roles_.clear();
    accesses_.clear();
    reads_.clear();
    address_reads_.clear();
    writes_.clear();
    decode_guard();
}

}  // namespace sptc::ptx
