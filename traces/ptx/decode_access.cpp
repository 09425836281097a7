// ld, ldu, st and what only gives hints to caches: PTX ISA 9.1, "Data Movement and Conversion
// Instructions".
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/address_map.hpp"
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/fundamental_type.hpp"
#include "traces/ptx/memory_handlers.hpp"
#include "traces/ptx/qualifiers.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

constexpr std::array<std::string_view, 3> kLoadForms{
    "ld[.weak|.volatile|.relaxed|.acquire][.cta|.gpu|.sys][.global|.shared|.local|.const|.param]"
    "[.nc][.ca|.cg|.cs|.lu|.cv][.L1::...][.L2::...][.v2|.v4].type d, [a]{, policy}",
    "ldu[.global][.v2|.v4].type d, [a]",
    "type is one of b8 u8 s8 b16 u16 s16 b32 u32 s32 f32 b64 u64 s64 f64"};
constexpr std::array<std::string_view, 2> kStoreForms{
    "st[.weak|.volatile|.relaxed|.release][.cta|.gpu|.sys][.global|.shared|.local|.param]"
    "[.wb|.cg|.cs|.wt][.L1::...][.L2::...][.v2|.v4].type [a], b{, policy}",
    "type is one of b8 u8 s8 b16 u16 s16 b32 u32 s32 f32 b64 u64 s64 f64"};
constexpr std::array<std::string_view, 4> kHintForms{
    "prefetch[.global|.local].{L1,L2} [a]", "prefetchu.L1 [a]",
    "applypriority[.global].L2::evict_normal [a], 128", "discard[.global].L2 [a], 128"};
constexpr std::array<std::string_view, 2> kPolicyForms{
    "createpolicy.fractional.L2::....b64 policy{, fraction}",
    "createpolicy.cvt.L2.b64 policy, property"};

constexpr std::uint64_t kMaximumAccessBytes = 16;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> legal) {
    return std::find(legal.begin(), legal.end(), word) != legal.end();
}

/// Qualifiers that change no values. Those that choose caches are read by cache_policy().
bool is_access_hint(std::string_view word) {
    return is_one_of(word, {"weak",
                            "volatile",
                            "relaxed",
                            "acquire",
                            "release",
                            "mmio",
                            "cta",
                            "cluster",
                            "gpu",
                            "sys",
                            "nc",
                            "ca",
                            "cg",
                            "cs",
                            "lu",
                            "cv",
                            "wb",
                            "wt",
                            "L1::evict_normal",
                            "L1::evict_unchanged",
                            "L1::evict_first",
                            "L1::evict_last",
                            "L1::no_allocate",
                            "L2::evict_normal",
                            "L2::evict_first",
                            "L2::evict_last",
                            "L2::64B",
                            "L2::128B",
                            "L2::256B"});
}

/// What a load's qualifiers say about the L1, which other SMs' writes do not reach.
isa::CachePolicy cache_policy(const Qualifiers& words) {
    const bool past_l1 = words.has("cg") || words.has("cv") || words.has("L1::no_allocate");
    const bool strong =
        words.has("volatile") || words.has("mmio") || words.has("relaxed") || words.has("acquire");
    if (past_l1 || (strong && !words.has("cta"))) return isa::CachePolicy::kL2;
    const bool once = words.has("cs") || words.has("lu") || words.has("L1::evict_first");
    return once ? isa::CachePolicy::kEvictFirst : isa::CachePolicy::kAllLevels;
}

struct SpaceWord {
    std::string_view word;
    Space space;
};
/// Parameters stand here as kParameter, also those of functions.
constexpr SpaceWord kSpaceWords[] = {
    {"global", Space::kGlobal},          {"shared", Space::kShared},
    {"shared::cta", Space::kShared},     {"local", Space::kLocal},
    {"const", Space::kConstant},         {"param", Space::kParameter},
    {"param::entry", Space::kParameter}, {"param::func", Space::kParameter}};

/// The qualifiers of ld and st, in any order.
struct AccessWords {
    Space space = Space::kGeneric;
    std::string_view type;
    std::uint8_t elements = 1;
    bool policy = false;  ///< a cache policy follows the other operands
};

AccessWords parse_access(const Decoder& decoder, std::span<const std::string_view> forms) {
    AccessWords access;
    for (std::string_view word : std::span(decoder.words()).subspan(1)) {
        const auto space = std::find_if(std::begin(kSpaceWords), std::end(kSpaceWords),
                                        [&](const SpaceWord& row) { return row.word == word; });
        if (space != std::end(kSpaceWords)) {
            access.space = space->space;
        } else if (word == "v2" || word == "v4") {
            access.elements = word == "v2" ? 2 : 4;
        } else if (find_memory_handlers(word) != nullptr) {
            access.type = word;
        } else if (word == "L2::cache_hint") {
            access.policy = true;
        } else if (!is_access_hint(word)) {
            decoder.unsupported(forms);
        }
    }
    if (access.type.empty()) decoder.unsupported(forms);
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

/// Where an access goes, for the choice of handlers and of the operation that is timed.
enum class Place : std::uint8_t {
    kMemory,           ///< Op::space
    kKernelParameter,  ///< a parameter of the entry, by name
    kFrame             ///< a parameter or result of a function, by name: a register on a GPU
};

void check_inside(const Decoder& decoder, const OperandNode& node, std::uint64_t variable_bytes) {
    const std::int64_t bytes = std::int64_t{decoder.op.bytes} * decoder.op.elements;
    const std::int64_t offset = node.offset;
    if (offset < 0 || offset + bytes > static_cast<std::int64_t>(variable_bytes) ||
        offset % decoder.op.bytes != 0) {
        decoder.fail_at(node,
                        fmt::format("bytes {} to {} of parameter '{}', which has {}", offset,
                                    offset + bytes - 1, node.elements[0].text, variable_bytes));
    }
}

Place set_address(Decoder& decoder, const AccessWords& access, const OperandNode& node) {
    Space found = access.space;
    decoder.op.address = decoder.address(node, found);
    decoder.op.space = found;
    const Symbol* symbol = decoder.symbol(node.elements[0]);
    const bool in_function = decoder.symbols().function() != 0;
    if (access.space == Space::kParameter) {
        if (symbol == nullptr) {  // the address of a parameter
            if (in_function) decoder.op.space = Space::kLocal;
            return Place::kMemory;
        }
        if (symbol->space == Space::kParameter) {
            check_inside(decoder, node, symbol->bytes);
            decoder.op.address.offset += static_cast<std::int64_t>(symbol->address);
            return Place::kKernelParameter;
        }
        if (symbol->space == Space::kLocal) {
            check_inside(decoder, node, symbol->bytes);
            return Place::kFrame;
        }
    }
    if (access.space != Space::kGeneric && found != access.space) {
        decoder.fail_at(node, fmt::format("'{}' does not lie in the state space that '{}' names",
                                          node.elements[0].text, decoder.statement().opcode));
    }
    return Place::kMemory;
}

Place set_access(Decoder& decoder, const AccessWords& access, std::size_t address_operand) {
    decoder.op.bytes = static_cast<std::uint8_t>(bytes_of_type(access.type));
    decoder.op.elements = access.elements;
    const std::uint64_t bytes = std::uint64_t{decoder.op.bytes} * access.elements;
    if (bytes > kMaximumAccessBytes) {
        decoder.fail_here(fmt::format("'{}' moves {} bytes per lane, expected at most {}",
                                      decoder.statement().opcode, bytes, kMaximumAccessBytes));
    }
    decoder.instruction.bytes_per_lane = static_cast<std::uint8_t>(bytes);
    const Place place = set_address(decoder, access, decoder.operand(address_operand));
    if (place == Place::kMemory && decoder.op.space == Space::kGeneric) {
        decoder.op.detail = static_cast<std::uint32_t>(decoder.program().generic_twins.size());
        decoder.program().generic_twins.emplace_back();
    }
    if (access.policy) decoder.read_hint(decoder.operand(2));
    return place;
}

Operation load_operation(Space space) {
    switch (space) {
        case Space::kShared:
            return Operation::kLoadShared;
        case Space::kConstant:
        case Space::kParameter:
            return Operation::kLoadParameter;
        default:
            return Operation::kLoadGlobal;
    }
}

}  // namespace

void decode_ld(Decoder& decoder) {
    const AccessWords access = parse_access(decoder, kLoadForms);
    const std::size_t operands = access.policy ? 3 : 2;
    decoder.expect_operands(operands, operands);
    const Place place = set_access(decoder, access, 1);
    const MemoryHandlers& handlers = *find_memory_handlers(access.type);
    const bool parameter = place == Place::kKernelParameter;
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
    if (place == Place::kFrame) {
        decoder.instruction.operation = Operation::kIntegerAlu;
    } else {
        decoder.instruction.operation = load_operation(decoder.op.space);
        if (decoder.instruction.operation == Operation::kLoadGlobal) {
            decoder.instruction.cache = cache_policy(Qualifiers(decoder.words()));
        }
        if (parameter) decoder.op.modifier = access.type.front() == 's' ? 1 : 0;
        if (isa::is_memory(decoder.instruction.operation)) decoder.op.skip_handler = address_only;
    }
    decoder.commit();
}

void decode_st(Decoder& decoder) {
    const AccessWords access = parse_access(decoder, kStoreForms);
    const std::size_t operands = access.policy ? 3 : 2;
    decoder.expect_operands(operands, operands);
    const Qualifiers words(decoder.words());
    if (words.has("release") && !words.has("cta")) {
        // What the warp has written before must have reached the L2.
        decoder.instruction.operation = Operation::kMemoryFence;
        decoder.commit();
    }
    const Place place = set_access(decoder, access, 0);
    const Space space = decoder.op.space;
    if (space == Space::kConstant || space == Space::kParameter) {
        decoder.fail_at(decoder.operand(0),
                        "constant memory and the parameters of an entry cannot be written");
    }
    const MemoryHandlers& handlers = *find_memory_handlers(access.type);
    // A number takes the width that the type has.
    const Slot number = access.type == "f64"    ? Slot::kReadF64
                        : decoder.op.bytes == 8 ? Slot::kRead64
                        : access.type == "f32"  ? Slot::kReadF32
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
        decoder.op.modifier = width == Width::k64 ? kWideStore : 0;
    }
    decoder.op.handler = chosen;
    if (place == Place::kFrame) {
        decoder.instruction.operation = Operation::kIntegerAlu;
    } else {
        const bool own = space == Space::kShared || space == Space::kLocal;
        decoder.op.skip_handler = own ? address_only : store_without_values;
        decoder.instruction.operation =
            space == Space::kShared ? Operation::kStoreShared : Operation::kStoreGlobal;
    }
    decoder.commit();
}

void decode_hint(Decoder& decoder) {
    for (std::string_view word : std::span(decoder.words()).subspan(1)) {
        if (!is_one_of(word, {"global", "local", "L1", "L2", "L2::evict_normal", "L2::evict_last"}))
            decoder.unsupported(kHintForms);
    }
    if (decoder.words().size() < 2) decoder.unsupported(kHintForms);
    decoder.expect_operands(1, 2);
    Space space = Space::kGeneric;
    (void)decoder.address(decoder.operand(0), space);
    if (decoder.operand_count() == 2) (void)decoder.immediate(decoder.operand(1), 0, UINT32_MAX);
    decoder.instruction.operation = Operation::kIntegerAlu;
    decoder.commit();
}

void decode_createpolicy(Decoder& decoder) {
    const auto& words = decoder.words();
    const bool known = words.size() >= 4 && words.back() == "b64" &&
                       (words[1] == "fractional" || words[1] == "cvt");
    if (!known) decoder.unsupported(kPolicyForms);
    decoder.expect_operands(1, 2);
    decoder.emit_operand(decoder.write(decoder.operand(0), Slot::kWrite64));
    decoder.emit_operand(decoder.constant64(0));  // nothing looks at a policy
    if (decoder.operand_count() == 2 && words[1] == "cvt") {
        (void)decoder.read(decoder.operand(1), Slot::kRead64);
    }
    decoder.op.handler = copy_register64;
    decoder.commit();
}

}  // namespace sptc::ptx
