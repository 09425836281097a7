#include "traces/file/instruction_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/isa/mma.hpp"
#include "traces/file/header_fields.hpp"
#include "traces/file/varint.hpp"

namespace sptc::trace_file {
namespace {

using isa::Operation;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMaximumByte = std::numeric_limits<std::uint8_t>::max();
constexpr std::uint64_t kMaximumLine = std::numeric_limits<std::uint32_t>::max();

Operation read_operation(const HeaderFields& fields) {
    const std::string name = fields.string("operation");
    for (std::size_t i = 0; i < static_cast<std::size_t>(Operation::kCount); ++i) {
        const auto operation = static_cast<Operation>(i);
        if (isa::operation_name(operation) == name) return operation;
    }
    fields.fail("operation", fmt::format("'{}' is not known to this version", name));
}

const isa::MmaForm* read_form(const HeaderFields& fields, const MmaFormNames& forms) {
    const std::string name = fields.string("mma");
    const auto found = forms.find(name);
    if (found == forms.end() && name.find(".sptc::") != std::string::npos) {
        try {  // extended forms are in no table
            return isa::parse_mma(name).form;
        } catch (const base::ConfigError& problem) {
            fields.fail("mma", problem.what());
        }
    }
    if (found == forms.end()) {
        fields.fail("mma", fmt::format("'{}' is not known to this version", name));
    }
    return found->second;
}

std::vector<isa::RegisterId> read_registers(const HeaderFields& fields, std::string_view key,
                                            std::uint32_t count) {
    std::vector<isa::RegisterId> registers;
    if (!fields.has(key)) return registers;
    if (count == 0) fields.fail(key, "the kernel has no registers");
    for (const std::uint64_t id : fields.integers(key, count - 1)) {
        registers.push_back(static_cast<isa::RegisterId>(id));
    }
    return registers;
}

void check_sizes(const isa::Instruction& instruction, const HeaderFields& fields) {
    constexpr std::array<int, 5> kWidths{1, 2, 4, 8, 16};
    const Payload payload = payload_of(instruction);
    const bool addressed = payload == Payload::kAddresses || payload == Payload::kMatrixRows ||
                           payload == Payload::kCopy;
    if (addressed &&
        std::find(kWidths.begin(), kWidths.end(), instruction.bytes_per_lane) == kWidths.end()) {
        fields.fail("bytes", "expected 1, 2, 4, 8 or 16");
    }
    constexpr std::array<int, 3> kMatrices{1, 2, 4};
    if (instruction.operation == Operation::kLoadMatrix &&
        std::find(kMatrices.begin(), kMatrices.end(), instruction.matrices) == kMatrices.end()) {
        fields.fail("matrices", "expected 1, 2 or 4");
    }
    if ((instruction.operation == Operation::kMma) != (instruction.mma != nullptr)) {
        fields.fail("mma", "expected exactly for the operation mma");
    }
    if (instruction.mma != nullptr &&
        instruction.selector >= std::max(1, instruction.mma->selector_count())) {
        fields.fail("selector", "the form of mma does not take it");
    }
}

}  // namespace

Json instruction_json(const InstructionTable& table, std::size_t index) {
    const isa::Instruction& instruction = table[index];
    Json json{{"operation", isa::operation_name(instruction.operation)},
              {"line", instruction.line},
              {"text", table.text(index)}};
    if (table.is_twin(index)) json["twin_of"] = table.original(index);
    const auto number = [&json](const char* key, unsigned value) {
        if (value != 0) json[key] = value;
    };
    const auto list = [&json](const char* key, std::span<const isa::RegisterId> registers) {
        if (!registers.empty()) json[key] = registers;
    };
    number("source_line", instruction.source_line);
    number("bytes", instruction.bytes_per_lane);
    number("matrices", instruction.matrices);
    number("cache", static_cast<unsigned>(instruction.cache));
    if (instruction.mma != nullptr) json["mma"] = instruction.mma->ptx_name();
    number("selector", instruction.selector);
    number("any_metadata_order",
           instruction.metadata_ordering == isa::MetadataOrdering::kAny ? 1 : 0);
    number("pending_groups", instruction.pending_groups);
    number("uniform_address", instruction.uniform_address ? 1 : 0);
    list("reads", instruction.reads);
    list("address_reads", instruction.address_reads);
    list("writes", instruction.writes);
    return json;
}

MmaFormNames mma_form_names() {
    MmaFormNames names;
    for (const isa::MmaForm& form : isa::mma_forms()) names.emplace(form.ptx_name(), &form);
    return names;
}

void add_instruction(const nlohmann::json& json, const std::string& pointer,
                     std::uint32_t scoreboard_registers, const MmaFormNames& forms,
                     InstructionTable& table) {
    const HeaderFields fields(
        json, pointer,
        {"operation", "line", "source_line", "text", "twin_of", "bytes", "matrices", "cache", "mma",
         "selector", "any_metadata_order", "pending_groups", "uniform_address", "reads",
         "address_reads", "writes"});
    isa::Instruction instruction;
    instruction.operation = read_operation(fields);
    instruction.line = static_cast<std::uint32_t>(fields.integer("line", kMaximumLine));
    instruction.source_line =
        static_cast<std::uint32_t>(fields.integer_or_0("source_line", kMaximumLine));
    const auto byte = [&fields](std::string_view key) {
        return static_cast<std::uint8_t>(fields.integer_or_0(key, kMaximumByte));
    };
    instruction.bytes_per_lane = byte("bytes");
    instruction.matrices = byte("matrices");
    instruction.cache = static_cast<isa::CachePolicy>(
        fields.integer_or_0("cache", static_cast<unsigned>(isa::CachePolicy::kL2)));
    if (fields.has("mma")) instruction.mma = read_form(fields, forms);
    instruction.selector = byte("selector");
    if (fields.integer_or_0("any_metadata_order", 1) != 0) {
        instruction.metadata_ordering = isa::MetadataOrdering::kAny;
    }
    instruction.pending_groups = byte("pending_groups");
    instruction.uniform_address = fields.integer_or_0("uniform_address", 1) != 0;
    const auto reads = read_registers(fields, "reads", scoreboard_registers);
    const auto address_reads = read_registers(fields, "address_reads", scoreboard_registers);
    const auto writes = read_registers(fields, "writes", scoreboard_registers);
    instruction.reads = reads;
    instruction.address_reads = address_reads;
    instruction.writes = writes;
    check_sizes(instruction, fields);
    if (!fields.has("twin_of")) {
        if (table.size() > 0 && table.is_twin(table.size() - 1)) {
            fields.fail("text", "an instruction of the program stands behind a twin");
        }
        table.add(instruction, fields.string("text"));
        return;
    }
    if (table.size() == 0) fields.fail("twin_of", "is the first instruction");
    const auto original = static_cast<std::uint32_t>(fields.integer("twin_of", table.size() - 1));
    if (table.is_twin(original)) fields.fail("twin_of", "is a twin itself");
    (void)fields.string("text");
    table.add_twin(instruction, original);
}

}  // namespace sptc::trace_file
