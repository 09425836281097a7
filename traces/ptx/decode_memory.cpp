// cp.async and ldmatrix: PTX ISA 9.1, "Data Movement and Conversion Instructions".
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/decode_mbarrier.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/fundamental_type.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/qualifiers.hpp"
#include "traces/ptx/refusals.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 5> kCopyForms{
    "cp.async.{ca,cg}.shared.global[.L2::...] [dst], [src], size{, src_size | ignore_src}"
    "{, cache_policy}",
    "cp.async.commit_group", "cp.async.wait_group N", "cp.async.wait_all",
    "cp.async.mbarrier.arrive[.noinc].shared.b64 [a]"};
constexpr std::array<std::string_view, 1> kMatrixForms{
    "ldmatrix.sync.aligned.m8n8.{x1,x2,x4}[.trans].shared.b16 {r...}, [a]"};

std::span<const OperandNode> data_elements(const Decoder& decoder, std::size_t index,
                                           std::size_t expected) {
    const auto elements = Decoder::elements(decoder.operand(index));
    if (elements.size() != expected) {
        decoder.fail_at(decoder.operand(index),
                        fmt::format("{} registers, expected {}", elements.size(), expected));
    }
    return elements;
}

/// cp.async.{ca,cg}.shared.global [dst], [src], size{, src_size | ignore_src}{, cache_policy}
void decode_async_copy(Decoder& decoder) {
    Qualifiers words(decoder.words());
    const int level = words.take_one_of({"ca", "cg"});
    const bool known =
        words.take_all({"async", "global"}) && words.take_one_of({"shared", "shared::cta"}) >= 0;
    (void)words.take_one_of({"L2::64B", "L2::128B", "L2::256B"});
    const std::size_t hints = words.take("L2::cache_hint") ? 1 : 0;
    if (level < 0 || !known || !words.empty()) decoder.unsupported(kCopyForms);
    decoder.expect_operands(3 + hints, 4 + hints);
    const bool all_levels = level == 0;
    const OperandNode& size = decoder.operand(2);
    const std::uint64_t bytes = decoder.immediate(size, 0, UINT64_MAX);
    if (bytes != 16 && !(all_levels && (bytes == 4 || bytes == 8))) {
        decoder.fail_at(size, fmt::format("copy size {}, expected {}", bytes,
                                          all_levels ? "4, 8 or 16" : "16"));
    }
    decoder.op.bytes = static_cast<std::uint8_t>(bytes);
    decoder.op.destination = decoder.address(decoder.operand(0));
    decoder.op.address = decoder.address(decoder.operand(1));
    std::int32_t source_bytes = -1;
    std::int32_t ignore = -1;
    if (decoder.operand_count() == 4 + hints) {
        const OperandNode& last = decoder.operand(3);
        const RegisterInfo* reg = decoder.find_register(last);
        if (reg != nullptr && reg->width == Width::kPredicate) {
            ignore = decoder.read(last, Slot::kReadPredicate);
        } else {
            source_bytes = decoder.read(last, Slot::kRead32);
        }
    }
    if (hints != 0) {
        decoder.read_hint(decoder.operand(decoder.operand_count() - 1));
    }
    decoder.emit_operand(source_bytes);
    decoder.emit_operand(ignore);
    decoder.op.handler = async_copy;
    decoder.op.skip_handler = async_copy_without_values;
    decoder.instruction.operation = Operation::kAsyncCopy;
    decoder.instruction.bytes_per_lane = decoder.op.bytes;
    decoder.instruction.cache = all_levels ? isa::CachePolicy::kAllLevels : isa::CachePolicy::kL2;
    decoder.commit();
}

}  // namespace

void decode_cp(Decoder& decoder) {
    const auto& words = decoder.words();
    if (std::find(words.begin(), words.end(), "bulk") != words.end()) {
        refuse_newer(decoder, "sm_90", kCopyForms[0]);
    }
    if (words.size() < 3 || words[1] != "async") decoder.unsupported(kCopyForms);
    if (words[2] == "mbarrier") return decode_copy_arrival(decoder);
    if (words.size() > 3) return decode_async_copy(decoder);
    if (words[2] == "commit_group") {
        decoder.expect_operands(0, 0);
        decoder.instruction.operation = Operation::kAsyncCommit;
    } else if (words[2] == "wait_group") {
        decoder.expect_operands(1, 1);
        decoder.instruction.pending_groups =
            static_cast<std::uint8_t>(decoder.immediate(decoder.operand(0), 0, 255));
        decoder.instruction.operation = Operation::kAsyncWait;
    } else if (words[2] == "wait_all") {
        // PTX ISA: the same as commit_group followed by wait_group 0.
        decoder.expect_operands(0, 0);
        decoder.instruction.operation = Operation::kAsyncCommit;
        decoder.commit();
        decoder.instruction.operation = Operation::kAsyncWait;
    } else {
        decoder.unsupported(kCopyForms);
    }
    decoder.commit();
}

void decode_ldmatrix(Decoder& decoder) {
    Qualifiers words(decoder.words());
    if (words.has("b8") || words.has("m16n16") || words.has("m8n16")) {
        refuse_newer(decoder, "sm_100", kMatrixForms[0]);
    }
    const int size = words.take_one_of({"x1", "x2", "x4"});
    const bool known = words.take_all({"sync", "aligned", "m8n8", "b16"}) &&
                       words.take_one_of({"shared", "shared::cta"}) >= 0;
    if (words.take("trans")) decoder.op.modifier = 1;
    if (size < 0 || !known || !words.empty()) decoder.unsupported(kMatrixForms);
    const auto matrices = static_cast<std::uint8_t>(1 << size);
    decoder.expect_operands(2, 2);
    for (const OperandNode& node : data_elements(decoder, 0, matrices)) {
        decoder.emit_operand(decoder.write(node, Slot::kWrite32));
    }
    decoder.op.address = decoder.address(decoder.operand(1));
    decoder.op.space = Space::kShared;
    decoder.op.bytes = 16;
    decoder.op.elements = matrices;
    decoder.op.handler = load_matrix;
    decoder.op.skip_handler = load_matrix_addresses;
    decoder.instruction.operation = Operation::kLoadMatrix;
    decoder.instruction.bytes_per_lane = 16;
    decoder.instruction.matrices = matrices;
    decoder.commit();
}

}  // namespace sptc::ptx
