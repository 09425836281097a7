#include <algorithm>
#include <map>
#include <span>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

/// Two operations that the machine does as one: the result of `first` is read by `second` alone.
struct Fusion {
    std::string_view first;
    std::string_view second;
    std::string_view machine;
    isa::Operation operation;
};

constexpr auto kAlu = isa::Operation::kIntegerAlu;
constexpr auto kMultiply = isa::Operation::kIntegerMultiply;
constexpr auto kF32 = isa::Operation::kFloat32;

/// What ptxas is taken to do for sm_80. Seen in its output for GEMM kernels: IMAD, IMAD.WIDE.U32 of
/// mul.wide and add, LEA, LOP3 of and + xor, ISETP with a predicate. The other rows are assumed.
constexpr Fusion kFusions[] = {
    {"mul.lo.u32", "add.u32", "IMAD", kMultiply},
    {"mul.lo.u32", "add.s32", "IMAD", kMultiply},
    {"mul.lo.s32", "add.s32", "IMAD", kMultiply},
    {"mul.lo.s32", "add.u32", "IMAD", kMultiply},
    {"mul.wide.u32", "add.s64", "IMAD.WIDE.U32", kMultiply},
    {"mul.wide.u32", "add.u64", "IMAD.WIDE.U32", kMultiply},
    {"mul.wide.s32", "add.s64", "IMAD.WIDE", kMultiply},
    {"cvt.u64.u32", "shl.b64", "IMAD.WIDE.U32", kMultiply},
    {"cvt.s64.s32", "shl.b64", "IMAD.WIDE", kMultiply},
    {"shl.b32", "add.u32", "LEA", kAlu},
    {"shl.b32", "add.s32", "LEA", kAlu},
    {"shr.u32", "add.s32", "LEA.HI", kAlu},
    {"shl.b64", "add.s64", "LEA LEA.HI.X", kAlu},
    {"cvt.s64.s32", "add.s64", "IADD3 LEA.HI.X.SX32", kAlu},
    {"cvt.u64.u32", "add.s64", "IADD3 IADD3.X", kAlu},
    {"add.u32", "add.u32", "IADD3", kAlu},
    {"add.s32", "add.s32", "IADD3", kAlu},
    {"mul.f32", "add.f32", "FFMA", kF32},
    {"mul.f32", "sub.f32", "FFMA", kF32},
    {"mul.ftz.f32", "add.ftz.f32", "FFMA.FTZ", kF32},
    {"mul.f64", "add.f64", "DFMA", isa::Operation::kFloat64},
    {"mul.f16x2", "add.f16x2", "HFMA2", isa::Operation::kFloat16},
    {"mul.f16", "add.f16", "HFMA2", isa::Operation::kFloat16},
    {"and.b32", "and.b32", "LOP3.LUT", kAlu},
    {"and.b32", "or.b32", "LOP3.LUT", kAlu},
    {"and.b32", "xor.b32", "LOP3.LUT", kAlu},
    {"or.b32", "and.b32", "LOP3.LUT", kAlu},
    {"or.b32", "or.b32", "LOP3.LUT", kAlu},
    {"or.b32", "xor.b32", "LOP3.LUT", kAlu},
    {"xor.b32", "and.b32", "LOP3.LUT", kAlu},
    {"xor.b32", "or.b32", "LOP3.LUT", kAlu},
    {"xor.b32", "xor.b32", "LOP3.LUT", kAlu},
    {"not.b32", "and.b32", "LOP3.LUT", kAlu},
    {"not.b32", "or.b32", "LOP3.LUT", kAlu},
};

/// The same for an operation that already is a pair.
constexpr Fusion kTriples[] = {
    {"IMAD.WIDE.U32", "add.s64", "IMAD.WIDE.U32", kMultiply},
    {"IMAD.WIDE", "add.s64", "IMAD.WIDE", kMultiply},
};

bool joins_predicates(const CodeOp& op) {
    return op.name == "and.pred" || op.name == "or.pred" || op.name == "xor.pred";
}

class Fuser {
  public:
    explicit Fuser(Code& code) : code_(code), uses_(code) {}

    void run() {
        for (CodeBlock& block : code_.blocks) {
            for (std::size_t i = 0; i < block.ops.size(); ++i) {
                while (fuse_into(block, i)) --i;
            }
        }
    }

  private:
    /// Fuses some operation before ops[i] into it; that one is then gone.
    bool fuse_into(CodeBlock& block, std::size_t i) {
        const CodeOp& second = block.ops[i];
        for (const isa::RegisterId id : second.reads) {
            if (uses_.writers[id].size() != 1 || uses_.readers[id].size() != 1) continue;
            if (second.op.guard == id) continue;
            const std::size_t at = find_writer(block, i, id);
            if (at == i) continue;
            const Fusion* fusion = find(block.ops[at], second, id);
            if (fusion == nullptr || !may_move(block, at, i)) continue;
            fuse(block, at, i, id, *fusion);
            return true;
        }
        return false;
    }

    static std::size_t find_writer(const CodeBlock& block, std::size_t i, isa::RegisterId id) {
        for (std::size_t at = i; at-- > 0;) {
            const auto& writes = block.ops[at].writes;
            if (writes.size() == 1 && writes[0] == id) return at;
        }
        return i;
    }

    const Fusion* find(const CodeOp& first, const CodeOp& second, isa::RegisterId id) const {
        static constexpr Fusion kSetp{"", "", "SETP", kAlu};
        if (first.guarded() || !second.machine.empty() || !is_pure(first)) return nullptr;
        if (first_word(first.name) == "setp" && first.machine.empty() && joins_predicates(second)) {
            // One of 64 bits is a pair of operations; one that joins a predicate already is full.
            return first.name.ends_with("64") || first.op.modifier != 0 ? nullptr : &kSetp;
        }
        const std::span<const Fusion> rows = first.machine.empty()
                                                 ? std::span<const Fusion>(kFusions)
                                                 : std::span<const Fusion>(kTriples);
        const std::string_view name = first.machine.empty() ? first.name : first.machine;
        for (const Fusion& row : rows) {
            if (row.first != name || row.second != second.name) continue;
            return fits(first, second, id, row) ? &row : nullptr;
        }
        return nullptr;
    }

    /// At most one immediate or constant bank operand, and the intermediate at the right place.
    bool fits(const CodeOp& first, const CodeOp& second, isa::RegisterId id,
              const Fusion& row) const {
        int immediates = 0;
        for (const CodeOp* op : {&first, &second}) {
            for (const CodeOperand& operand : op->operands) {
                if (operand.is_constant() && code_.constant(operand) != 0) ++immediates;
            }
        }
        // A shift amount is part of the operation, as is a wide product by a power of two.
        const bool shifts_first = row.first.starts_with("sh");
        if (shifts_first || row.second.starts_with("sh")) {
            const CodeOp& op = shifts_first ? first : second;
            const bool constant = op.operands.size() == 3 && op.operands[2].is_constant();
            if (!shifts_first || !constant) return constant;
            --immediates;
        }
        // Of a sum of two, one is the intermediate; it must not be both.
        const auto reads = std::count_if(second.operands.begin(), second.operands.end(),
                                         [id](const CodeOperand& o) { return o.reads(id); });
        return reads == 1 && immediates <= 1;
    }

    bool may_move(const CodeBlock& block, std::size_t from, std::size_t to) const {
        for (std::size_t i = from + 1; i < to; ++i) {
            for (const isa::RegisterId id : block.ops[i].writes) {
                const auto& reads = block.ops[from].reads;
                if (std::find(reads.begin(), reads.end(), id) != reads.end()) return false;
            }
        }
        return true;
    }

    static std::vector<CodePart> parts_of(const CodeOp& op) {
        return op.parts.empty() ? std::vector<CodePart>{op} : op.parts;
    }

    static void fuse(CodeBlock& block, std::size_t from, std::size_t to, isa::RegisterId id,
                     const Fusion& fusion) {
        const CodeOp first = block.ops[from];
        CodeOp& second = block.ops[to];
        std::vector<CodePart> parts = parts_of(first);
        for (const CodePart& part : parts_of(second)) parts.push_back(part);
        second.parts = std::move(parts);
        std::erase(second.reads, id);
        for (const isa::RegisterId read : first.reads) add_once(second.reads, read);
        second.text = first.text + "+" + second.text;
        second.machine = fusion.machine == "SETP"
                             ? std::string(first.name.ends_with("f32") ? "FSETP" : "ISETP")
                             : std::string(fusion.machine);
        second.instruction.operation = fusion.operation;
        second.op.exactness = std::max(first.op.exactness, second.op.exactness);
        block.ops.erase(block.ops.begin() + static_cast<std::ptrdiff_t>(from));
    }

    Code& code_;
    Uses uses_;
};

/// Neighbouring moves of zero: one CS2R writes a pair.
void pair_zeros(Code& code) {
    const auto zero = [&](const CodeOp& op) {
        return first_word(op.name) == "mov" && op.machine.empty() && !op.guarded() &&
               op.operands.size() == 2 && op.operands[0].role.width == Width::k32 &&
               op.operands[1].is_constant() && code.constant(op.operands[1]) == 0;
    };
    for (CodeBlock& block : code.blocks) {
        for (std::size_t i = 0; i + 1 < block.ops.size(); ++i) {
            CodeOp& first = block.ops[i];
            CodeOp& second = block.ops[i + 1];
            if (!zero(first) || !zero(second) || first.writes == second.writes) continue;
            second.parts = {first, second};
            second.writes.insert(second.writes.begin(), first.writes.begin(), first.writes.end());
            second.text = first.text + "+" + second.text;
            second.machine = "CS2R";
            block.ops.erase(block.ops.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
}

/// "cvt.u32.u64" and the like.
bool takes_low_half(const CodeOp& op) {
    const std::optional<ptx::Conversion> conversion = conversion_of(op);
    return conversion && !conversion->saturate && conversion->target().format == nullptr &&
           conversion->source().format == nullptr && conversion->target().bits == 32 &&
           conversion->source().bits == 64;
}

/// The low half of a 64-bit result stands in a register already.
void take_low_halves(Code& code) {
    const Uses uses(code);
    for (std::uint32_t b = 0; b < code.blocks.size(); ++b) {
        std::vector<CodeOp>& ops = code.blocks[b].ops;
        for (std::size_t i = 0; i < ops.size();) {
            const CodeOp low = ops[i];
            const bool takes_low = !low.guarded() && low.parts.empty() && takes_low_half(low) &&
                                   low.operands[0].role.width == Width::k32 &&
                                   low.operands[1].is_register() &&
                                   uses.writers[low.writes[0]].size() == 1;
            std::size_t at = i;
            while (takes_low && at-- > 0) {
                const auto& writes = ops[at].writes;
                if (std::find(writes.begin(), writes.end(), low.reads[0]) != writes.end()) break;
            }
            if (!takes_low || at >= i || ops[at].guarded() || !is_pure(ops[at]) ||
                uses.writers[low.reads[0]].size() != 1) {
                ++i;
                continue;
            }
            CodeOp& whole = ops[at];
            if (whole.parts.empty()) whole.parts = {whole};
            whole.parts.push_back(low);
            whole.writes.push_back(low.writes[0]);
            ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }
}

}  // namespace

void fuse_operations(Code& code) {
    Fuser(code).run();
    take_low_halves(code);
    pair_zeros(code);
}

}  // namespace sptc::lowering
