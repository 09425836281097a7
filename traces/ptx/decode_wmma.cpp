// wmma.load, wmma.store and wmma.mma as the operations that ptxas 13 makes of them for sm_80: loads
// and stores of fragments, and mma. What computes addresses is left out.
#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/mma_operands.hpp"
#include "traces/ptx/warp_handlers.hpp"
#include "traces/ptx/wmma_handlers.hpp"
#include "traces/ptx/wmma_layout.hpp"
#include "traces/ptx/wmma_name.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;
using types::DataType;

/// A load or store on its way to operations.
class FragmentAccess {
  public:
    FragmentAccess(Decoder& decoder, const WmmaName& name, const WmmaLayout& layout, bool stores)
        : decoder_(decoder),
          name_(name),
          layout_(layout),
          stores_(stores),
          registers_(Decoder::elements(decoder.operand(stores ? 1 : 0))),
          wide_(layout.element_bits() == 64) {}

    void decode() {
        const int expected = layout_.registers() * layout_.copies();
        if (registers_.size() != static_cast<std::size_t>(expected)) {
            decoder_.fail_at(decoder_.operand(stores_ ? 1 : 0),
                             fmt::format("{} registers, expected {}", registers_.size(), expected));
        }
        if (!stores_ && tiles_fit()) return load_tiles();
        if (layout_.contiguous()) return move_words();
        if (layout_.element_bits() == 16) return move_transposed();
        load_bytes();
    }

  private:
    /// ldmatrix reads what has up to 16 bits; it transposes 16 bits only.
    [[nodiscard]] bool tiles_fit() const {
        const int bits = layout_.element_bits();
        return name_.shared && name_.matrix != 'c' && bits <= 16 &&
               (bits == 16 || layout_.contiguous());
    }

    [[nodiscard]] const OperandNode& register_node(int reg, int copy = 0) const {
        return registers_[static_cast<std::size_t>(copy * layout_.registers() + reg)];
    }

    /// Address and stride; what the SM sees of the access.
    void begin(Operation operation, int bytes_per_lane) {
        decoder_.op.address = decoder_.address(decoder_.operand(stores_ ? 0 : 1));
        decoder_.op.space = name_.shared ? Space::kShared : Space::kGlobal;
        decoder_.op.bytes = static_cast<std::uint8_t>(bytes_per_lane);
        decoder_.instruction.operation = operation;
        decoder_.instruction.bytes_per_lane = decoder_.op.bytes;
        decoder_.emit_operand(
            decoder_.operand_count() == 3
                ? decoder_.read_for_address(decoder_.operand(2))
                : decoder_.constant32(static_cast<std::uint32_t>(layout_.default_stride())));
        decoder_.emit_number(layout_.element_bits());
    }

    void begin_words(int bytes_per_lane) {
        const Operation operation =
            stores_ ? (name_.shared ? Operation::kStoreShared : Operation::kStoreGlobal)
                    : (name_.shared ? Operation::kLoadShared : Operation::kLoadGlobal);
        begin(operation, bytes_per_lane);
        decoder_.op.handler =
            stores_ ? (wide_ ? wmma_store64 : wmma_store32) : (wide_ ? wmma_load64 : wmma_load32);
        decoder_.op.skip_handler =
            stores_ && !name_.shared ? wmma_store_without_values : wmma_addresses;
    }

    void emit_place(MemoryPlace first, MemoryPlace per_g, MemoryPlace per_t) {
        for (const MemoryPlace& place : {first, per_g, per_t}) {
            decoder_.emit_number(place.line);
            decoder_.emit_number(place.offset);
        }
    }

    /// Where lane (g, t) has an element of a register.
    void emit_element_place(int reg, int element) {
        const MemoryPlace first = layout_.place(0, reg, element);
        const MemoryPlace g = layout_.place(4, reg, element);
        const MemoryPlace t = layout_.place(1, reg, element);
        emit_place(first, {g.line - first.line, g.offset - first.offset},
                   {t.line - first.line, t.offset - first.offset});
    }

    void emit_registers(int first, int count) {
        for (int copy = 0; copy < layout_.copies(); ++copy) {
            for (int reg = first; reg < first + count; ++reg) {
                const OperandNode& node = register_node(reg, copy);
                decoder_.emit_operand(
                    stores_ ? decoder_.read(node, wide_ ? Slot::kRead64 : Slot::kRead32)
                            : decoder_.write(node, wide_ ? Slot::kWrite64 : Slot::kWrite32));
            }
        }
        decoder_.op.elements = static_cast<std::uint8_t>(count);
        decoder_.op.modifier |= static_cast<std::uint8_t>(layout_.copies() - 1);
    }

    /// Up to four tiles of 8 rows of 16 bytes; of bytes and less two (as ptxas does).
    void load_tiles() {
        const int most = layout_.element_bits() == 16 ? 4 : 2;
        const bool transposed = !layout_.contiguous();
        for (int reg = 0; reg < layout_.registers(); reg += most) {
            const int count = std::min(most, layout_.registers() - reg);
            begin(Operation::kLoadMatrix, 16);
            decoder_.instruction.matrices = static_cast<std::uint8_t>(count);
            for (int i = reg; i < reg + count; ++i) {
                const MemoryPlace first = layout_.place(0, i, 0);
                decoder_.emit_number(first.line);
                decoder_.emit_number(first.offset);
            }
            emit_registers(reg, count);
            if (transposed) decoder_.op.modifier |= kTransposedTiles;
            decoder_.op.handler = wmma_load_tiles;
            decoder_.op.skip_handler = wmma_tile_addresses;
            decoder_.commit();
        }
    }

    void move_words() {
        const int count = layout_.pairs() ? 2 : 1;
        for (int reg = 0; reg < layout_.registers(); reg += count) {
            begin_words(count * (wide_ ? 8 : 4));
            emit_element_place(reg, 0);
            emit_registers(reg, count);
            decoder_.commit();
        }
    }

    /// 16-bit elements across the lines: a word of the transposed tile, and movmatrix.
    void move_transposed() {
        for (int reg = 0; reg < layout_.registers(); ++reg) {
            const isa::RegisterId word = decoder_.temporary32();
            if (stores_) transpose(decoder_.read(register_node(reg), Slot::kRead32), word);
            begin_words(4);
            emit_place(layout_.place(0, reg, 0), {1, 0}, {0, 2});
            decoder_.op.elements = 1;
            decoder_.emit_operand(stores_ ? decoder_.read_register(word)
                                          : decoder_.write_register(word));
            decoder_.commit();
            for (int copy = 0; !stores_ && copy < layout_.copies(); ++copy) {
                decoder_.emit_operand(decoder_.write(register_node(reg, copy), Slot::kWrite32));
                decoder_.emit_operand(decoder_.read_register(word));
                commit_transpose();
            }
        }
    }

    void transpose(std::int32_t source, isa::RegisterId target) {
        decoder_.emit_operand(decoder_.write_register(target));
        decoder_.emit_operand(source);
        commit_transpose();
    }

    void commit_transpose() {
        decoder_.op.handler = transpose_matrix;
        decoder_.instruction.operation = Operation::kShuffle;
        decoder_.instruction.bytes_per_lane = sizeof(std::uint32_t);
        decoder_.commit();
    }

    /// Bytes across the lines: four loads for a register, then three operations that join them.
    void load_bytes() {
        for (int reg = 0; reg < layout_.registers(); ++reg) {
            std::array<isa::RegisterId, 4> bytes{};
            for (int i = 0; i < 4; ++i) {
                begin_words(1);
                emit_element_place(reg, i);
                bytes[static_cast<std::size_t>(i)] = decoder_.temporary32();
                decoder_.emit_operand(decoder_.write_register(bytes[static_cast<std::size_t>(i)]));
                decoder_.op.elements = 1;
                decoder_.commit();
            }
            join(decoder_.write_register(bytes[0]), bytes[0], bytes[1], 8);
            join(decoder_.write_register(bytes[2]), bytes[2], bytes[3], 8);
            join(decoder_.write(register_node(reg), Slot::kWrite32), bytes[0], bytes[2], 16);
        }
    }

    void join(std::int32_t target, isa::RegisterId low, isa::RegisterId high, std::uint8_t shift) {
        decoder_.emit_operand(target);
        decoder_.emit_operand(decoder_.read_register(low));
        decoder_.emit_operand(decoder_.read_register(high));
        decoder_.op.handler = insert_bits;
        decoder_.op.modifier = shift;
        decoder_.commit();
    }

    Decoder& decoder_;
    const WmmaName& name_;
    const WmmaLayout& layout_;
    bool stores_;
    std::span<const OperandNode> registers_;
    bool wide_;
};

void decode_access(Decoder& decoder, bool stores) {
    const WmmaName name = parse_wmma(decoder);
    const std::string_view matrices = stores ? "d" : "abc";
    const bool plain =
        !name.saturating && !name.bits && name.rounding == isa::Rounding::kNearestEven;
    if (matrices.find(name.matrix) == std::string_view::npos || name.layouts.size() != 1 ||
        name.types.size() != 1 || !plain) {
        unsupported_wmma(decoder);
    }
    const WmmaLayout layout(*name.shape, name.matrix, name.types[0], name.layouts[0]);
    if (layout.form() == nullptr || (layout.element_bits() < 8 && !layout.contiguous())) {
        unsupported_wmma(decoder);
    }
    decoder.expect_operands(2, 3);
    FragmentAccess(decoder, name, layout, stores).decode();
}

}  // namespace

void decode_wmma(Decoder& decoder) {
    const auto& words = decoder.words();
    const std::string_view action = words.size() > 1 ? words[1] : std::string_view{};
    if (action == "load") return decode_access(decoder, false);
    if (action == "store") return decode_access(decoder, true);
    if (action == "mma") return decode_wmma_mma(decoder);
    unsupported_wmma(decoder);
}

}  // namespace sptc::ptx
