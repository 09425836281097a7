// mov between one register and the parts of a vector: {lo, hi}, {a, b, c, d}.
#include "traces/ptx/decoder.hpp"
#include "traces/ptx/fundamental_type.hpp"

namespace sptc::ptx {
namespace {

constexpr std::array<std::string_view, 3> kForms{
    "mov.b32 d, {lo, hi} of 16 bits", "mov.b64 d, {lo, hi} of 32 bits",
    "mov.b64 d, {a, b, c, d} of 16 bits, and each the other way, where _ drops a part"};

/// d = {a, b, ...}: kParts registers whose low bits fill one of type Whole.
template <class Whole, std::size_t kParts>
void pack(Execution& e) {
    constexpr int kBits = static_cast<int>(8 * sizeof(Whole) / kParts);
    constexpr Whole kMask = static_cast<Whole>(~Whole{0}) >> (8 * sizeof(Whole) - kBits);
    Lanes<Whole> out{};
    for (std::size_t part = 0; part < kParts; ++part) {
        const isa::LaneRegister& source = e.registers32[e.operands[1 + part]];
        const int shift = static_cast<int>(part) * kBits;
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            out[lane] |= (source[lane] & kMask) << shift;
        }
    }
    write_lanes(register_lanes<Whole>(e, e.operands[0]), out, e.mask);
}

/// {a, b, ...} = s; a part without a register (-1) is dropped.
template <class Whole, std::size_t kParts>
void unpack(Execution& e) {
    constexpr int kBits = static_cast<int>(8 * sizeof(Whole) / kParts);
    constexpr Whole kMask = static_cast<Whole>(~Whole{0}) >> (8 * sizeof(Whole) - kBits);
    const Lanes<Whole> source = register_lanes<Whole>(e, e.operands[kParts]);
    for (std::size_t part = 0; part < kParts; ++part) {
        if (e.operands[part] < 0) continue;
        const int shift = static_cast<int>(part) * kBits;
        isa::LaneRegister out;
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            out[lane] = static_cast<std::uint32_t>((source[lane] >> shift) & kMask);
        }
        write_lanes(e.registers32[e.operands[part]], out, e.mask);
    }
}

struct Form {
    std::string_view type;
    std::size_t parts;
    Slot write_whole;
    Slot read_whole;
    Slot write_part;
    Slot read_part;
    Handler pack;
    Handler unpack;
};
constexpr Form kTable[] = {
    {"b32", 2, Slot::kWrite32, Slot::kRead32, Slot::kWrite16, Slot::kRead16, pack<std::uint32_t, 2>,
     unpack<std::uint32_t, 2>},
    {"b64", 2, Slot::kWrite64, Slot::kRead64, Slot::kWrite32, Slot::kRead32, pack<std::uint64_t, 2>,
     unpack<std::uint64_t, 2>},
    {"b64", 4, Slot::kWrite64, Slot::kRead64, Slot::kWrite16, Slot::kRead16, pack<std::uint64_t, 4>,
     unpack<std::uint64_t, 4>},
};

}  // namespace

void decode_packed_mov(Decoder& decoder) {
    const bool packs = decoder.operand(1).kind == OperandKind::kVector;
    const auto parts = Decoder::elements(decoder.operand(packs ? 1 : 0));
    for (const Form& form : kTable) {
        if (form.type != decoder.words().back() || form.parts != parts.size()) continue;
        decoder.op.handler = packs ? form.pack : form.unpack;
        if (packs) {
            decoder.emit_operand(decoder.write(decoder.operand(0), form.write_whole));
            for (const OperandNode& part : parts) {
                decoder.emit_operand(decoder.read(part, form.read_part));
            }
        } else {
            for (const OperandNode& part : parts) {
                decoder.emit_operand(part.text == "_" ? -1 : decoder.write(part, form.write_part));
            }
            decoder.emit_operand(decoder.read(decoder.operand(1), form.read_whole));
        }
        return decoder.commit();
    }
    decoder.unsupported(kForms);
}

}  // namespace sptc::ptx
