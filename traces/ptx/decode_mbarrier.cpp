// mbarrier and cp.async.mbarrier.arrive.
#include "traces/ptx/decode_mbarrier.hpp"

#include "traces/ptx/mbarrier.hpp"
#include "traces/ptx/qualifiers.hpp"
#include "traces/ptx/refusals.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 7> kForms{
    "mbarrier.init.shared.b64 [a], count",
    "mbarrier.{arrive,arrive_drop}[.release.cta].shared.b64 state, [a]",
    "mbarrier.{arrive,arrive_drop}.noComplete[.release.cta].shared.b64 state, [a], count",
    "mbarrier.test_wait[.acquire.cta].shared.b64 p, [a], state",
    "mbarrier.test_wait.parity[.acquire.cta].shared.b64 p, [a], parity",
    "mbarrier.inval.shared.b64 [a]",
    "mbarrier.pending_count.b64 count, state"};
constexpr std::array<std::string_view, 1> kCopyForms{
    "cp.async.mbarrier.arrive[.noinc].shared.b64 [a]"};

bool take_shared(Qualifiers& words) { return words.take_one_of({"shared", "shared::cta"}) >= 0; }

/// An object in shared memory: the address and what the SM sees of it.
void set_object(Decoder& decoder, const OperandNode& address, Operation operation) {
    decoder.op.space = Space::kShared;
    decoder.op.bytes = sizeof(std::uint64_t);
    decoder.op.address = decoder.address(address);
    decoder.op.skip_handler = mbarrier_addresses;
    decoder.instruction.bytes_per_lane = decoder.op.bytes;
    decoder.instruction.operation = operation;
}

void decode_init(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    set_object(decoder, decoder.operand(0), Operation::kStoreShared);
    decoder.emit_operand(decoder.read(decoder.operand(1), Slot::kRead32));
    decoder.op.handler = mbarrier_init;
    decoder.commit();
}

void decode_inval(Decoder& decoder) {
    decoder.expect_operands(1, 1);
    set_object(decoder, decoder.operand(0), Operation::kStoreShared);
    decoder.op.handler = mbarrier_invalidate;
    decoder.commit();
}

void decode_arrive(Decoder& decoder, bool drop, bool no_complete) {
    if (!no_complete && decoder.operand_count() == 3) refuse_newer(decoder, "sm_90", kForms[2]);
    const std::size_t count = no_complete ? 3 : 2;
    decoder.expect_operands(count, count);
    set_object(decoder, decoder.operand(1), Operation::kAtomicShared);
    const bool keeps = decoder.operand(0).text != "_";
    decoder.emit_operand(keeps ? decoder.write(decoder.operand(0), Slot::kWrite64) : -1);
    decoder.emit_operand(no_complete ? decoder.read(decoder.operand(2), Slot::kRead32) : -1);
    decoder.op.handler = mbarrier_arrive;
    decoder.op.modifier = static_cast<std::uint8_t>(
        drop ? (no_complete ? MbarrierArrival::kDropNoComplete : MbarrierArrival::kDrop)
             : (no_complete ? MbarrierArrival::kNoComplete : MbarrierArrival::kPlain));
    decoder.commit();
}

void decode_test_wait(Decoder& decoder, bool parity) {
    decoder.expect_operands(3, 3);
    set_object(decoder, decoder.operand(1), Operation::kLoadShared);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWritePredicate));
    decoder.emit_operand(decoder.read(decoder.operand(2), parity ? Slot::kRead32 : Slot::kRead64));
    decoder.op.handler = parity ? mbarrier_test_parity : mbarrier_test_wait;
    decoder.commit();
}

void decode_pending_count(Decoder& decoder) {
    decoder.expect_operands(2, 2);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite32));
    decoder.emit_operand(decoder.read(decoder.operand(1), Slot::kRead64));
    decoder.op.handler = mbarrier_pending_count;
    decoder.instruction.operation = Operation::kIntegerAlu;
    decoder.commit();
}

}  // namespace

void decode_mbarrier(Decoder& decoder) {
    Qualifiers words(decoder.words());
    for (const std::string_view newer :
         {"try_wait", "expect_tx", "complete_tx", "cluster", "shared::cluster", "relaxed"}) {
        if (words.has(newer)) refuse_newer(decoder, "sm_90", kForms[3]);
    }
    const int action =
        words.take_one_of({"init", "inval", "arrive", "arrive_drop", "test_wait", "pending_count"});
    const bool typed = words.take("b64");
    if (action == 5) {
        if (!typed || !words.empty()) decoder.unsupported(kForms);
        return decode_pending_count(decoder);
    }
    const bool no_complete = (action == 2 || action == 3) && words.take("noComplete");
    const bool parity = action == 4 && words.take("parity");
    if (action >= 2) {
        (void)words.take(action == 4 ? "acquire" : "release");
        (void)words.take("cta");
    }
    if (action < 0 || !typed || !take_shared(words) || !words.empty()) {
        decoder.unsupported(kForms);
    }
    switch (action) {
        case 0:
            return decode_init(decoder);
        case 1:
            return decode_inval(decoder);
        case 4:
            return decode_test_wait(decoder, parity);
        default:
            return decode_arrive(decoder, action == 3, no_complete);
    }
}

void decode_copy_arrival(Decoder& decoder) {
    Qualifiers words(decoder.words());
    const bool known = words.take_all({"async", "mbarrier", "arrive", "b64"});
    const bool no_increment = words.take("noinc");
    if (!known || !take_shared(words) || !words.empty()) decoder.unsupported(kCopyForms);
    decoder.expect_operands(1, 1);
    set_object(decoder, decoder.operand(0), Operation::kAsyncArrive);
    decoder.op.handler = mbarrier_arrive_after_copies;
    decoder.op.modifier = no_increment ? 1 : 0;
    decoder.commit();
}

}  // namespace sptc::ptx
