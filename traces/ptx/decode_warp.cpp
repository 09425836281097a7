// shfl, vote, match, activemask, redux and movmatrix: PTX ISA 9.1, "Data Movement" and "Parallel
// Synchronization and Communication Instructions".
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/qualifiers.hpp"
#include "traces/ptx/warp_handlers.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 1> kShuffleForms{
    "shfl.sync.{up,down,bfly,idx}.b32 d[|p], a, b, c, membermask (shfl without .sync is gone since "
    "sm_70)"};
constexpr std::array<std::string_view, 3> kVoteForms{
    "vote.sync.{all,any,uni}.pred p, {!}a, membermask", "vote.sync.ballot.b32 d, {!}a, membermask",
    "activemask.b32 d (vote without .sync is gone since sm_70)"};
constexpr std::array<std::string_view, 2> kMatchForms{
    "match.any.sync.{b32,b64} d, a, membermask", "match.all.sync.{b32,b64} d[|p], a, membermask"};
constexpr std::array<std::string_view, 2> kReduceForms{
    "redux.sync.{add,min,max}.{u32,s32} d, a, membermask",
    "redux.sync.{and,or,xor}.b32 d, a, membermask"};
constexpr std::array<std::string_view, 1> kMoveMatrixForms{
    "movmatrix.sync.aligned.m8n8.trans.b16 d, a"};

/// Emits d and p of "d|p", or d and -1.
void emit_destinations(Decoder& decoder, const OperandNode& node) {
    const bool pair = node.kind == OperandKind::kPair;
    decoder.emit_operand(decoder.write(pair ? node.elements[0] : node, Slot::kWrite32));
    decoder.emit_operand(pair ? decoder.write(node.elements[1], Slot::kWritePredicate) : -1);
}

}  // namespace

void decode_shfl(Decoder& decoder) {
    Qualifiers words(decoder.words());
    const int mode = words.take_one_of({"up", "down", "bfly", "idx"});
    if (mode < 0 || !words.take_all({"sync", "b32"}) || !words.empty()) {
        decoder.unsupported(kShuffleForms);
    }
    decoder.expect_operands(5, 5);
    emit_destinations(decoder, decoder.operand(0));
    for (std::size_t i = 1; i < 5; ++i) {
        decoder.emit_operand(decoder.read(decoder.operand(i), Slot::kRead32));
    }
    decoder.op.handler = shuffle;
    decoder.op.modifier = static_cast<std::uint8_t>(mode);
    decoder.instruction.operation = Operation::kShuffle;
    decoder.instruction.bytes_per_lane = sizeof(std::uint32_t);
    decoder.commit();
}

void decode_vote(Decoder& decoder) {
    Qualifiers words(decoder.words());
    const int mode = words.take_one_of({"all", "any", "uni", "ballot"});
    const bool ballot = mode == static_cast<int>(VoteMode::kBallot);
    if (mode < 0 || !words.take_all({"sync", ballot ? "b32" : "pred"}) || !words.empty()) {
        decoder.unsupported(kVoteForms);
    }
    decoder.expect_operands(3, 3);
    decoder.emit_operand(
        decoder.write(decoder.operand(0), ballot ? Slot::kWrite32 : Slot::kWritePredicate));
    OperandNode source = decoder.operand(1);
    decoder.op.modifier = static_cast<std::uint8_t>(mode | (source.negated ? kNegatedVote : 0));
    source.negated = false;
    decoder.emit_operand(decoder.read(source, Slot::kReadPredicate));
    decoder.emit_operand(decoder.read(decoder.operand(2), Slot::kRead32));
    decoder.op.handler = vote;
    decoder.instruction.operation = Operation::kVote;
    decoder.commit();
}

void decode_activemask(Decoder& decoder) {
    if (decoder.statement().opcode != "activemask.b32") decoder.unsupported(kVoteForms);
    decoder.expect_operands(1, 1);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite32));
    decoder.op.handler = active_mask;
    decoder.instruction.operation = Operation::kVote;
    decoder.commit();
}

void decode_match(Decoder& decoder) {
    Qualifiers words(decoder.words());
    const int mode = words.take_one_of({"any", "all"});
    const int type = words.take_one_of({"b32", "b64"});
    if (mode < 0 || type < 0 || !words.take("sync") || !words.empty()) {
        decoder.unsupported(kMatchForms);
    }
    decoder.expect_operands(3, 3);
    const bool wide = type == 1;
    if (mode == 0) {
        decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite32));
        decoder.op.handler = wide ? match_any64 : match_any32;
    } else {
        emit_destinations(decoder, decoder.operand(0));
        decoder.op.handler = wide ? match_all64 : match_all32;
    }
    decoder.emit_operand(decoder.read(decoder.operand(1), wide ? Slot::kRead64 : Slot::kRead32));
    decoder.emit_operand(decoder.read(decoder.operand(2), Slot::kRead32));
    decoder.instruction.operation = Operation::kMatch;
    decoder.commit();
}

void decode_redux(Decoder& decoder) {
    Qualifiers words(decoder.words());
    const int reduction = words.take_one_of({"add", "min", "max", "and", "or", "xor"});
    const int type = words.take_one_of({"u32", "s32", "b32"});
    const bool logic = reduction >= static_cast<int>(Reduction::kAnd);
    if (reduction < 0 || type < 0 || logic != (type == 2) || !words.take("sync") ||
        !words.empty()) {
        decoder.unsupported(kReduceForms);
    }
    decoder.expect_operands(3, 3);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite32));
    decoder.emit_operand(decoder.read(decoder.operand(1), Slot::kRead32));
    decoder.emit_operand(decoder.read(decoder.operand(2), Slot::kRead32));
    decoder.op.handler = type == 1 ? reduce_signed : reduce_unsigned;
    decoder.op.modifier = static_cast<std::uint8_t>(reduction);
    decoder.instruction.operation = Operation::kWarpReduce;
    decoder.commit();
}

void decode_movmatrix(Decoder& decoder) {
    Qualifiers words(decoder.words());
    if (!words.take_all({"sync", "aligned", "m8n8", "trans", "b16"}) || !words.empty()) {
        decoder.unsupported(kMoveMatrixForms);
    }
    decoder.expect_operands(2, 2);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite32));
    decoder.emit_operand(decoder.read(decoder.operand(1), Slot::kRead32));
    decoder.op.handler = transpose_matrix;
    decoder.instruction.operation = Operation::kShuffle;
    decoder.instruction.bytes_per_lane = sizeof(std::uint32_t);
    decoder.commit();
}

}  // namespace sptc::ptx
