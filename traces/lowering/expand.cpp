#include <algorithm>
#include <array>
#include <map>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/lowering/passes.hpp"
#include "traces/lowering/table.hpp"

namespace sptc::lowering {
namespace {

using isa::Operation;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// Which pipeline runs a machine operation of the arithmetic kinds.
Operation operation_of(std::string_view machine) {
    struct Row {
        std::string_view head;
        Operation operation;
    };
    static constexpr Row kRows[] = {
        {"IMAD", Operation::kIntegerMultiply}, {"IDP", Operation::kIntegerMultiply},
        {"MUFU", Operation::kSpecialFunction}, {"POPC", Operation::kSpecialFunction},
        {"FLO", Operation::kSpecialFunction},  {"BREV", Operation::kSpecialFunction},
        {"I2F", Operation::kConvert},          {"F2I", Operation::kConvert},
        {"F2F", Operation::kConvert},          {"FADD", Operation::kFloat32},
        {"FMUL", Operation::kFloat32},         {"FFMA", Operation::kFloat32},
        {"HADD2", Operation::kFloat16},        {"HMUL2", Operation::kFloat16},
        {"HFMA2", Operation::kFloat16},        {"D", Operation::kFloat64},
        {"S2R", Operation::kReadSpecial},
    };
    for (const Row& row : kRows) {
        if (machine.starts_with(row.head)) return row.operation;
    }
    return Operation::kIntegerAlu;
}

std::string width_suffix(std::uint32_t bytes) {
    switch (bytes) {
        case 1:
            return ".U8";
        case 2:
            return ".U16";
        case 8:
            return ".64";
        case 16:
            return ".128";
        default:
            return "";
    }
}

std::string tensor_name(const isa::MmaForm& form) {
    const std::string sparse = form.sparse() ? ".SP" : "";
    switch (form.dot) {
        case isa::DotKind::kF64:
            return "DMMA" + sparse;
        case isa::DotKind::kFloat:
            return "HMMA" + sparse;
        case isa::DotKind::kInteger:
            return "IMMA" + sparse;
        default:
            return "BMMA";
    }
}

/// Operations that are one machine operation whatever their operands.
std::string plain_name(const CodeOp& op) {
    const std::string width = width_suffix(op.instruction.bytes_per_lane);
    switch (op.instruction.operation) {
        case Operation::kLoadGlobal:
            return "LDG.E" + width;
        case Operation::kStoreGlobal:
            return "STG.E" + width;
        case Operation::kLoadShared:
            return "LDS" + width;
        case Operation::kStoreShared:
            return "STS" + width;
        case Operation::kLoadMatrix:
            return has_word(op.name, "trans") ? "LDSM.16.MT88" : "LDSM.16.M88";
        case Operation::kAsyncCopy:
            return "LDGSTS.E" + width;
        case Operation::kAsyncCommit:
            return "LDGDEPBAR";
        case Operation::kAsyncWait:
            return "DEPBAR.LE";
        case Operation::kMma:
            return tensor_name(*op.instruction.mma);
        case Operation::kReadSpecial:
            return "S2R";
        case Operation::kReadClock:
            return "CS2R";
        case Operation::kBranch:
            return "BRA";
        case Operation::kBarrier:
            return "BAR.SYNC";
        case Operation::kMemoryFence:
            return "MEMBAR";
        case Operation::kExit:
            return "EXIT";
        default:
            return "";
    }
}

/// A conversion between integers is a move, a mask or a sign extension; between others it is one
/// conversion, and a saturating one clamps.
std::string conversion_name(const CodeOp& op) {
    const std::optional<ptx::Conversion> conversion = conversion_of(op);
    if (!conversion) return has_word(op.name, "pack") ? "I2IP.S8.S32.SAT" : "F2FP.PACK_AB";
    const ptx::ConvertType& to = conversion->target();
    const ptx::ConvertType& from = conversion->source();
    const bool wide = to.bits == 64 || from.bits == 64;
    if (to.format == nullptr && from.format == nullptr) {
        if (conversion->saturate) return "IMNMX IMNMX";
        if (to.bits == 64 && from.bits == 32 && from.is_signed) return "SHF.R.S32.HI";
        return wide ? "MOV" : "PRMT";
    }
    if (from.format == nullptr) return wide ? "I2F.64" : "I2F";
    if (to.format == nullptr) return wide ? "F2I.64" : "F2I";
    if (from.name == "f16" && to.name == "f32") return "HADD2.F32";
    if (from.name == "bf16" && to.name == "f32") return "PRMT";
    return wide ? "F2F.F64" : "F2F";
}

/// cp.async with a source size in a register: the size becomes a predicate, an address and .ZFILL.
constexpr std::string_view kSizedCopy =
    "IADD3 LOP3.LUT ISETP.NE.U32.AND IADD3 IMAD.X LDGSTS.E.ZFILL";

constexpr std::string_view kPredicatedCopy = "ISETP.GE.U32.AND LDGSTS.E.128";

bool copies_by_register(const CodeOp& op) {
    return op.instruction.operation == Operation::kAsyncCopy && !op.operands.empty() &&
           op.operands[0].is_register() && op.operands[0].role.width == Width::k32;
}

/// Is the size all or nothing by a predicate? That predicate goes into the machine operation.
bool copies_by_predicate(const Code& code, const Uses& uses, const CodeOp& op) {
    if (!copies_by_register(op)) return false;
    const auto& writers = uses.writers[static_cast<std::size_t>(op.operands[0].value)];
    if (writers.size() != 1) return false;
    const CodeOp& size = code.blocks[writers[0].block].ops[writers[0].index];
    return first_word(size.name) == "selp" && size.operands[1].is_constant() &&
           code.constant(size.operands[1]) == op.op.bytes && size.operands[2].is_constant() &&
           code.constant(size.operands[2]) == 0;
}

/// ptxas 13 makes a NOP of a warp synchronisation of all lanes, in kernels that diverge elsewhere
/// too: reconvergence is BSYNC's work. Other masks stay a WARPSYNC.
bool syncs_all_lanes(const Code& code, const CodeOp& op) {
    constexpr std::uint32_t kAllLanes = 0xffffffff;
    return op.operands[0].is_constant() &&
           static_cast<std::uint32_t>(code.constant(op.operands[0])) == kAllLanes;
}

struct Names {
    std::vector<std::string> words;
    bool chained = true;
    std::string text;
};

Names names_of(const Code& code, const Uses& uses, const CodeOp& op) {
    Names names;
    const bool arithmetic = op.instruction.operation <= Operation::kSpecialFunction;
    if (first_word(op.name) == "cvt") {
        names.text = conversion_name(op);
    } else if (first_word(op.name) == "mov" && op.operands.size() == 3) {
        // {lo, hi} of 64 bits is a pair of registers; of 32 bits it needs a permutation.
        names.text =
            op.operands[0].role.width == Width::k64 || op.operands[2].role.width == Width::k64
                ? "MOV MOV"
                : "PRMT";
    } else if (const Expansion* row = arithmetic ? find_expansion(op.name) : nullptr) {
        names.text = row->machine;
        names.chained = row->chained;
    } else if (copies_by_predicate(code, uses, op)) {
        names.text = kPredicatedCopy;
    } else if (copies_by_register(op)) {
        names.text = kSizedCopy;
    } else if (op.instruction.operation == Operation::kLoadParameter) {
        names.text = op.instruction.bytes_per_lane > 4 ? "ULDC.64" : "MOV";
    } else if (op.instruction.operation == Operation::kAsyncWait && has_word(op.name, "wait_all")) {
        names.text = "DEPBAR.LE";
    } else if (op.instruction.operation == Operation::kWarpSync) {
        names.text = syncs_all_lanes(code, op) ? kNop : "WARPSYNC";
    } else {
        names.text = plain_name(op);
    }
    if (names.text.empty()) names.text = arithmetic ? "ALU" : "OP";
    names.words = split(names.text);
    return names;
}

CodeOp timing_op(const CodeOp& op, std::string_view machine) {
    CodeOp extra;
    extra.op.guard = op.op.guard;
    extra.op.guard_negated = op.op.guard_negated;
    extra.instruction.line = op.instruction.line;
    extra.instruction.operation = operation_of(machine);
    extra.text = op.text + " (part)";
    extra.machine = machine;
    extra.timing = true;
    extra.reads = op.reads;
    return extra;
}

void expand(Code& code, const Names& names, CodeOp op, std::vector<CodeOp>& out) {
    std::vector<isa::RegisterId> temporaries;
    for (std::size_t i = 0; i + 1 < names.words.size(); ++i) {
        CodeOp extra = timing_op(op, names.words[i]);
        if (names.chained && !temporaries.empty()) extra.reads.push_back(temporaries.back());
        const bool predicate = names.words[i].find("SETP") != std::string::npos;
        temporaries.push_back(code.timing_register(predicate ? Width::kPredicate : Width::k32));
        extra.writes.push_back(temporaries.back());
        out.push_back(std::move(extra));
    }
    op.machine = names.words.back();
    if (names.chained && !temporaries.empty()) {
        op.reads.push_back(temporaries.back());
    } else {
        for (const isa::RegisterId id : temporaries) op.reads.push_back(id);
    }
    const bool pipelined = op.instruction.operation <= Operation::kSpecialFunction;
    if (pipelined) op.instruction.operation = operation_of(op.machine);
    if (op.machine == kNop) op.instruction.operation = Operation::kCtaFence;  // an issue slot
    out.push_back(std::move(op));
}

/// What every kernel begins with: the stack pointer and, for global memory, a descriptor.
void add_entry_code(Code& code) {
    std::vector<CodeOp>& ops = code.blocks.front().ops;
    const auto add = [&](std::string_view machine) {
        CodeOp op = timing_op(ops.front(), machine);
        op.op.guard = -1;
        op.reads.clear();
        op.writes = {code.timing_register(Width::kPredicate)};  // not one of the counted registers
        op.text = "entry";
        ops.insert(ops.begin(), std::move(op));
    };
    const bool global = std::any_of(code.blocks.begin(), code.blocks.end(), [](const CodeBlock& b) {
        return std::any_of(b.ops.begin(), b.ops.end(), [](const CodeOp& op) {
            return isa::is_global(op.instruction.operation);
        });
    });
    if (global) add("ULDC.64");
    add("MOV");
}

}  // namespace

void expand_operations(Code& code) {
    const Uses uses(code);
    std::map<const CodeOp*, Names> names;
    for (const CodeBlock& block : code.blocks) {
        for (const CodeOp& op : block.ops) {
            if (op.machine.empty()) {
                names.emplace(&op, names_of(code, uses, op));
            } else if (op.machine.find(' ') != std::string::npos) {  // a pair that stays two
                names.emplace(&op, Names{split(op.machine), true, op.machine});
            }
        }
    }
    for (CodeBlock& block : code.blocks) {
        std::vector<CodeOp> ops;
        // The blocks stay whole until all names are known.
        for (CodeOp& op : block.ops) {
            if (const auto found = names.find(&op); found != names.end()) {
                expand(code, found->second, std::move(op), ops);
            } else {
                ops.push_back(std::move(op));
            }
        }
        block.ops = std::move(ops);
    }
    add_entry_code(code);
}

}  // namespace sptc::lowering
