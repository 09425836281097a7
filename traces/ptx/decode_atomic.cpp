// atom and red.
#include "traces/ptx/address_map.hpp"
#include "traces/ptx/atomic_rows.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/lanes.hpp"
#include "traces/ptx/memory_access.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/qualifiers.hpp"
#include "traces/ptx/refusals.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 3> kAtomForms{
    "atom[.relaxed|.acquire|.release|.acq_rel][.cta|.gpu|.sys][.global|.shared].op"
    "[.L2::cache_hint].type d, [a], b{, c}",
    "op.type is one of add.{u32,s32,u64,f32,f64,noftz.f16,noftz.f16x2}, "
    "{min,max}.{u32,s32,u64,s64}, "
    "{and,or,xor}.{b32,b64}, exch.{b32,b64}, cas.{b16,b32,b64}, {inc,dec}.u32",
    "red, with the same but exch and cas: [a], b"};

/// What stands behind atom or red.
struct AtomicWords {
    const AtomicRow* row = nullptr;
    Space space = Space::kGeneric;
    bool fence_before = false;
    bool cache_hint = false;
};

const AtomicRow* take_row(Qualifiers& words) {
    for (const AtomicRow& row : atomic_rows()) {
        if (!words.has(row.operation) || !words.has(row.type)) continue;
        words.take(row.operation);
        words.take(row.type);
        return &row;
    }
    return nullptr;
}

AtomicWords parse_words(const Decoder& decoder) {
    Qualifiers words(decoder.words());
    const bool vector = words.has("v2") || words.has("v4") || words.has("v8");
    const bool brain = words.has("bf16") || words.has("bf16x2") || words.has("b128");
    if (vector || brain || words.has("cluster") || words.has("shared::cluster") ||
        words.has("async")) {
        refuse_newer(decoder, "sm_90", kAtomForms[1]);
    }
    AtomicWords result;
    const int order = words.take_one_of({"relaxed", "acquire", "release", "acq_rel"});
    const int scope = words.take_one_of({"cta", "gpu", "sys"});
    const int space = words.take_one_of({"global", "shared", "shared::cta"});
    result.cache_hint = words.take("L2::cache_hint");
    const bool noftz = words.take("noftz");
    result.row = take_row(words);
    if (result.row == nullptr || !words.empty() || result.row->noftz != noftz) {
        decoder.unsupported(kAtomForms);
    }
    if (space >= 0) result.space = space == 0 ? Space::kGlobal : Space::kShared;
    result.fence_before = order >= 2 && scope != 0;
    return result;
}

/// What a release orders before it must have reached the L2.
void commit_fence(Decoder& decoder) {
    decoder.instruction.operation = Operation::kMemoryFence;
    decoder.commit();
}

/// Sets Op::space; a generic address is looked at when it is known.
Address atomic_address(Decoder& decoder, const OperandNode& node, Space named) {
    Space found = named;
    const Address address = decoder.address(node, found);
    const bool reachable = found == Space::kGlobal || found == Space::kShared;
    if (found != named && (named != Space::kGeneric || !reachable)) {
        decoder.fail_at(node, "the variable does not lie in the state space of the atomic");
    }
    decoder.op.space = found;
    if (found == Space::kGeneric) {
        decoder.op.detail = static_cast<std::uint32_t>(decoder.program().generic_twins.size());
        decoder.program().generic_twins.emplace_back();
    }
    return address;
}

/// Op::modifier is the row. f32 sums keep subnormals in shared memory and flush them in global
/// memory; lanes that meet both in one instruction flush them.
void change_generic(Execution& e) {
    LaneAddresses addresses;
    compute_addresses(e, e.op.address, addresses);
    const std::uint32_t shared =
        collect([&](std::uint32_t lane) { return space_of(addresses[lane]) == Space::kShared; });
    const AtomicRow& row = atomic_rows()[e.op.modifier];
    return (shared & e.mask) == e.mask ? row.shared(e) : row.global(e);
}

void decode_atomic(Decoder& decoder, bool gives_old) {
    const AtomicWords words = parse_words(decoder);
    const AtomicRow& row = *words.row;
    const std::size_t first = gives_old ? 1 : 0;  // the address
    const std::size_t count = first + 1 + row.sources + (words.cache_hint ? 1 : 0);
    decoder.expect_operands(count, count);
    if (words.fence_before) commit_fence(decoder);
    const bool keeps = gives_old && decoder.operand(0).text != "_";
    decoder.emit_operand(keeps ? decoder.write(decoder.operand(0), row.write) : -1);
    decoder.op.bytes = row.bytes;
    decoder.op.address = atomic_address(decoder, decoder.operand(first), words.space);
    const bool shared = decoder.op.space == Space::kShared;
    decoder.emit_operand(decoder.read(decoder.operand(first + 1), row.read));
    decoder.emit_operand(row.sources == 2 ? decoder.read(decoder.operand(first + 2), row.read)
                                          : -1);
    if (words.cache_hint) decoder.read_hint(decoder.operand(count - 1));
    if (decoder.op.space == Space::kGeneric) {
        decoder.op.handler = change_generic;
        decoder.op.modifier = static_cast<std::uint8_t>(&row - atomic_rows().data());
    } else {
        decoder.op.handler = shared ? row.shared : row.global;
    }
    decoder.op.skip_handler = shared ? address_only : store_without_values;
    decoder.instruction.bytes_per_lane = row.bytes;
    decoder.instruction.operation = shared  ? Operation::kAtomicShared
                                    : keeps ? Operation::kAtomicGlobal
                                            : Operation::kReductionGlobal;
    decoder.commit();
}

}  // namespace

void decode_atom(Decoder& decoder) { decode_atomic(decoder, true); }

void decode_red(Decoder& decoder) {
    const Qualifiers words(decoder.words());
    if (words.has("exch") || words.has("cas")) decoder.unsupported(kAtomForms);
    decode_atomic(decoder, false);
}

}  // namespace sptc::ptx
