// ld, st, cp.async and ldmatrix: PTX ISA 9.1, "Data Movement and Conversion Instructions".
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

constexpr std::array<std::string_view, 3> kLoadForms{
    "ld.{global,shared}[.nc|.ca|.cg|.cs|.lu|.cv][.L1::...|.L2::...][.v2|.v4].type d, [a]",
    "ld.param.type d, [parameter+offset]",
    "type is one of b8 u8 s8 b16 u16 s16 b32 u32 s32 f32 b64 u64 s64 f64 (generic addresses: use "
    "cvta.to.global)"};
constexpr std::array<std::string_view, 2> kStoreForms{
    "st.{global,shared}[.wb|.cg|.cs|.wt][.L1::...][.v2|.v4].type [a], b",
    "type is one of b8 u8 s8 b16 u16 s16 b32 u32 s32 f32 b64 u64 s64 f64"};
constexpr std::array<std::string_view, 5> kCopyForms{
    "cp.async.{ca,cg}.shared.global[.L2::...] [dst], [src], size{, src_size | ignore_src}"
    "{, cache_policy}",
    "cp.async.commit_group", "cp.async.wait_group N", "cp.async.wait_all",
    "cp.async.mbarrier.arrive[.noinc].shared.b64 [a]"};
constexpr std::array<std::string_view, 1> kMatrixForms{
    "ldmatrix.sync.aligned.m8n8.{x1,x2,x4}[.trans].shared.b16 {r...}, [a]"};

constexpr std::uint64_t kMaximumAccessBytes = 16;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> legal) {
    return std::find(legal.begin(), legal.end(), word) != legal.end();
}

/// The qualifiers of ld and st, in any order.
struct AccessWords {
    std::string_view space;
    std::string_view type;
    std::uint8_t elements = 1;
};

AccessWords parse_access(const Decoder& decoder, std::span<const std::string_view> forms) {
    AccessWords access;
    for (std::string_view word : std::span(decoder.words()).subspan(1)) {
        if (is_one_of(word, {"global", "shared", "shared::cta", "param"})) {
            access.space = word == "shared::cta" ? "shared" : word;
        } else if (word == "v2" || word == "v4") {
            access.elements = word == "v2" ? 2 : 4;
        } else if (find_memory_handlers(word) != nullptr) {
            access.type = word;
        } else if (!is_one_of(word,
                              {"weak", "volatile", "relaxed", "acquire", "release", "cta", "gpu",
                               "sys", "nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt"}) &&
                   !word.starts_with("L1::") &&
                   !is_one_of(word, {"L2::64B", "L2::128B", "L2::256B"})) {
            decoder.unsupported(forms);
        }
    }
    if (access.space.empty() || access.type.empty()) decoder.unsupported(forms);
    return access;
}

/// Chooses the handler for the width of the data registers, all of which must have the same.
Handler handler_of(const Decoder& decoder, const OperandNode& node, Width width, Handler narrow,
                   Handler wide, std::uint32_t bytes) {
    const std::uint32_t available = width == Width::k64 ? 8 : width == Width::k32 ? 4 : 2;
    if (available < bytes) {
        decoder.fail_at(node, fmt::format("'{}' has {} bits, but '{}' needs {}", node.text,
                                          8 * available, decoder.statement().opcode, 8 * bytes));
    }
    return width == Width::k64 ? wide : narrow;
}

std::span<const OperandNode> data_elements(const Decoder& decoder, std::size_t index,
                                           std::size_t expected) {
    const auto elements = Decoder::elements(decoder.operand(index));
    if (elements.size() != expected) {
        decoder.fail_at(decoder.operand(index),
                        fmt::format("{} registers, expected {}", elements.size(), expected));
    }
    return elements;
}

void set_access(Decoder& decoder, const AccessWords& access, std::size_t address_operand) {
    decoder.op.bytes = static_cast<std::uint8_t>(bytes_of_type(access.type));
    decoder.op.elements = access.elements;
    const std::uint64_t bytes = std::uint64_t{decoder.op.bytes} * access.elements;
    if (bytes > kMaximumAccessBytes) {
        decoder.fail_here(fmt::format("'{}' moves {} bytes per lane, expected at most {}",
                                      decoder.statement().opcode, bytes, kMaximumAccessBytes));
    }
    decoder.instruction.bytes_per_lane = static_cast<std::uint8_t>(bytes);
    if (access.space == "param") return;
    decoder.op.space = access.space == "shared" ? Space::kShared : Space::kGlobal;
    decoder.op.address = decoder.address(decoder.operand(address_operand));
}

void set_parameter_address(Decoder& decoder) {
    const OperandNode& node = decoder.operand(1);
    const bool is_address = node.kind == OperandKind::kAddress;
    const Parameter* parameter = is_address ? decoder.parameter(node.elements[0]) : nullptr;
    if (parameter == nullptr) {
        decoder.fail_at(node, fmt::format("'{}': expected a parameter such as [name+8]",
                                          is_address ? node.elements[0].text : node.text));
    }
    const std::int64_t bytes = std::int64_t{decoder.op.bytes} * decoder.op.elements;
    const std::int64_t offset = node.offset;
    if (offset < 0 || offset + bytes > parameter->bytes || offset % decoder.op.bytes != 0) {
        decoder.fail_at(node, fmt::format("bytes {} to {} of parameter '{}', which has {}", offset,
                                          offset + bytes - 1, parameter->name, parameter->bytes));
    }
    decoder.op.address.offset = parameter->offset + offset;
}

}  // namespace

void decode_ld(Decoder& decoder) {
    const AccessWords access = parse_access(decoder, kLoadForms);
    decoder.expect_operands(2, 2);
    set_access(decoder, access, 1);
    const MemoryHandlers& handlers = *find_memory_handlers(access.type);
    const bool parameter = access.space == "param";
    Handler chosen = nullptr;
    for (const OperandNode& node : data_elements(decoder, 0, access.elements)) {
        Width width{};
        decoder.emit_operand(decoder.write_any(node, width));
        const Handler handler =
            handler_of(decoder, node, width, parameter ? load_parameter32 : handlers.load32,
                       parameter ? load_parameter64 : handlers.load64, decoder.op.bytes);
        if (chosen != nullptr && chosen != handler) {
            decoder.fail_at(node, "all registers of a vector must have the same size");
        }
        chosen = handler;
    }
    decoder.op.handler = chosen;
    if (parameter) {
        set_parameter_address(decoder);
        decoder.op.modifier = access.type.front() == 's' ? 1 : 0;
        decoder.instruction.operation = Operation::kLoadParameter;
    } else {
        decoder.op.skip_handler = address_only;
        decoder.instruction.operation =
            access.space == "shared" ? Operation::kLoadShared : Operation::kLoadGlobal;
    }
    decoder.commit();
}

void decode_st(Decoder& decoder) {
    const AccessWords access = parse_access(decoder, kStoreForms);
    if (access.space == "param") decoder.unsupported(kStoreForms);
    decoder.expect_operands(2, 2);
    const Qualifiers words(decoder.words());
    if (words.has("release") && !words.has("cta")) {
        // What the warp has written before must have reached the L2.
        decoder.instruction.operation = Operation::kMemoryFence;
        decoder.commit();
    }
    set_access(decoder, access, 0);
    const MemoryHandlers& handlers = *find_memory_handlers(access.type);
    // A number takes the width that the type has.
    const Slot number = decoder.op.bytes == 8  ? Slot::kRead64
                        : access.type == "f32" ? Slot::kReadF32
                                               : Slot::kRead32;
    Handler chosen = nullptr;
    for (const OperandNode& node : data_elements(decoder, 1, access.elements)) {
        Width width = decoder.op.bytes == 8 ? Width::k64 : Width::k32;
        if (node.kind == OperandKind::kName) {
            decoder.emit_operand(decoder.read_any(node, width));
        } else {
            decoder.emit_operand(decoder.read(node, number));
        }
        const Handler handler =
            handler_of(decoder, node, width, handlers.store32, handlers.store64, decoder.op.bytes);
        if (chosen != nullptr && chosen != handler) {
            decoder.fail_at(node, "all registers of a vector must have the same size");
        }
        chosen = handler;
    }
    decoder.op.handler = chosen;
    decoder.op.skip_handler = access.space == "shared" ? address_only : store_without_values;
    decoder.instruction.operation =
        access.space == "shared" ? Operation::kStoreShared : Operation::kStoreGlobal;
    decoder.commit();
}

namespace {

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
        (void)decoder.read(decoder.operand(decoder.operand_count() - 1), Slot::kRead64);
    }
    decoder.emit_operand(source_bytes);
    decoder.emit_operand(ignore);
    decoder.op.handler = async_copy;
    decoder.op.skip_handler = async_copy_without_values;
    decoder.instruction.operation = Operation::kAsyncCopy;
    decoder.instruction.bytes_per_lane = decoder.op.bytes;
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
