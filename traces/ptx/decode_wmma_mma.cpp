// wmma.mma as the mma that ptxas 13 makes of it for sm_80: one or two for each 16 x 8 block.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/mma_operands.hpp"
#include "traces/ptx/wmma_handlers.hpp"
#include "traces/ptx/wmma_layout.hpp"
#include "traces/ptx/wmma_name.hpp"

namespace sptc::ptx {
namespace {

using isa::Major;
using isa::Operation;
using types::DataType;
using enum types::DataType;

/// The types of D, A, B and C.
struct WmmaTypes {
    DataType d, a, b, c;
};

WmmaTypes types_of(const Decoder& decoder, const WmmaName& name) {
    if (name.types.size() == 2) return {name.types[0], kF16, kF16, name.types[1]};
    if (name.types.size() != 4) unsupported_wmma(decoder);
    if (name.types[1] == kF16) unsupported_wmma(decoder);  // f16 is not spelled
    return {name.types[0], name.types[1], name.types[2], name.types[3]};
}

/// The mma of one block: half of k for tf32, which ptxas splits.
const isa::MmaForm* block_form(const WmmaName& name, const WmmaTypes& types,
                               const isa::MmaForm& layout, DataType sum) {
    const int k = types.a == kTf32 ? layout.k_logical / 2 : layout.k_logical;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        const bool same_sums = form.dot == isa::DotKind::kFloat ||
                               form.dot == isa::DotKind::kInteger || form.dot == name.bits ||
                               form.dot == isa::DotKind::kF64;
        if (!form.sparse() && form.m == layout.m && form.n == layout.n && form.k_logical == k &&
            form.a == types.a && form.b == types.b && form.c == sum && form.d == sum &&
            form.saturating == name.saturating && form.rounding == name.rounding && same_sums) {
            return &form;
        }
    }
    return nullptr;
}

/// The registers of a fragment that differ.
std::span<const OperandNode> fragment(Decoder& decoder, std::size_t index, const WmmaLayout& layout,
                                      std::string_view name) {
    const auto elements = Decoder::elements(decoder.operand(index));
    const auto expected = static_cast<std::size_t>(layout.registers() * layout.copies());
    if (elements.size() != expected) {
        decoder.fail_at(decoder.operand(index), fmt::format("{} has {} registers, expected {}",
                                                            name, elements.size(), expected));
    }
    return elements.first(static_cast<std::size_t>(layout.registers()));
}

/// Registers of a block by number, or temporaries.
struct Sums {
    std::span<const OperandNode> nodes;
    std::vector<isa::RegisterId> temporaries;  ///< used when there are any
};

/// When registers of D may be written.
enum class WriteBack : std::uint8_t { kAtOnce, kAtEnd };

/// Emits the operations of one wmma.mma.
class BlockProducts {
  public:
    BlockProducts(Decoder& decoder, const WmmaShape& shape, const isa::MmaForm& form)
        : decoder_(decoder), shape_(shape), form_(form), wide_(form.dot == isa::DotKind::kF64) {}

    /// `rows` and `columns`: what mma calls A and B. C and D in f16 beside sums in f32 are
    /// converted.
    void decode(std::span<const OperandNode> d, bool narrow_d, std::span<const OperandNode> rows,
                std::span<const OperandNode> columns, std::span<const OperandNode> c, bool narrow_c,
                WriteBack write_back) {
        std::vector<Sums> kept;
        const auto count = static_cast<std::size_t>(shape_.blocks());
        for (std::size_t block = 0; block < count; ++block) {
            const auto part = [block, count](std::span<const OperandNode> all, bool divided) {
                const std::size_t size = divided ? all.size() / count : all.size();
                return all.subspan(divided ? block * size : 0, size);
            };
            const Sums sums = narrow_c ? widened(part(c, true)) : Sums{part(c, true), {}};
            Sums results{part(d, true), {}};
            if (narrow_d) {
                results.temporaries = temporaries(2 * results.nodes.size());
            } else if (write_back == WriteBack::kAtEnd) {
                results.temporaries = temporaries(results.nodes.size());
            }
            multiply(results, part(rows, shape_.stacked()), part(columns, !shape_.stacked()), sums);
            if (!results.temporaries.empty()) kept.push_back(std::move(results));
            if (write_back == WriteBack::kAtOnce) finish(kept);
        }
        finish(kept);
    }

  private:
    std::vector<isa::RegisterId> temporaries(std::size_t count) {
        std::vector<isa::RegisterId> ids(count);
        for (isa::RegisterId& id : ids) id = decoder_.temporary32();
        return ids;
    }

    /// f16 sums as f32 ones: one operation for each element.
    Sums widened(std::span<const OperandNode> nodes) {
        Sums sums{nodes, temporaries(2 * nodes.size())};
        for (std::size_t i = 0; i < sums.temporaries.size(); ++i) {
            decoder_.emit_operand(decoder_.write_register(sums.temporaries[i]));
            decoder_.emit_operand(decoder_.read(nodes[i / 2], Slot::kRead32));
            decoder_.op.handler = widen_half;
            decoder_.op.modifier = i % 2;
            decoder_.instruction.operation = Operation::kFloat16;
            decoder_.commit();
        }
        return sums;
    }

    /// Brings D from temporaries to its registers.
    void finish(std::vector<Sums>& kept) {
        for (const Sums& results : kept) {
            if (results.temporaries.size() > results.nodes.size()) {
                narrow(results);
            } else {
                move(results);
            }
        }
        kept.clear();
    }

    void move(const Sums& results) {
        for (std::size_t i = 0; i < results.nodes.size(); ++i) {
            decoder_.emit_operand(decoder_.write(results.nodes[i], Slot::kWrite32));
            decoder_.emit_operand(decoder_.read_register(results.temporaries[i]));
            decoder_.emit_operand(decoder_.constant32(0));
            decoder_.op.handler = insert_bits;
            decoder_.commit();
        }
    }

    void narrow(const Sums& results) {
        for (std::size_t i = 0; i < results.nodes.size(); ++i) {
            decoder_.emit_operand(decoder_.write(results.nodes[i], Slot::kWrite32));
            decoder_.emit_operand(decoder_.read_register(results.temporaries[2 * i]));
            decoder_.emit_operand(decoder_.read_register(results.temporaries[2 * i + 1]));
            decoder_.op.handler = narrow_to_halves;
            decoder_.instruction.operation = Operation::kConvert;
            decoder_.commit();
        }
    }

    /// One block; along k in as many steps as the form needs, D of one being C of the next.
    void multiply(const Sums& d, std::span<const OperandNode> a, std::span<const OperandNode> b,
                  const Sums& c) {
        const std::size_t words = wide_ ? 2 : 1;
        const std::size_t a_step = static_cast<std::size_t>(form_.a_registers()) / words;
        const std::size_t b_step = static_cast<std::size_t>(form_.b_registers()) / words;
        const std::size_t steps = a.size() / a_step;
        for (std::size_t step = 0; step < steps; ++step) {
            for (std::size_t i = 0; i < std::max(d.nodes.size(), d.temporaries.size()); ++i) {
                decoder_.emit_operand(write_sum(d, i));
            }
            read_all(a.subspan(step * a_step, a_step));
            read_all(b.subspan(step * b_step, b_step));
            const Sums& addend = step == 0 ? c : d;
            for (std::size_t i = 0; i < std::max(addend.nodes.size(), addend.temporaries.size());
                 ++i) {
                decoder_.emit_operand(read_sum(addend, i));
            }
            decoder_.op.handler = show_mma_operands;
            decoder_.op.skip_handler = check_whole_warp;
            decoder_.instruction.operation = Operation::kMma;
            decoder_.instruction.mma = &form_;
            decoder_.commit();
        }
    }

    void read_all(std::span<const OperandNode> nodes) {
        for (const OperandNode& node : nodes) {
            decoder_.emit_operand(decoder_.read(node, wide_ ? Slot::kRead64 : Slot::kRead32));
        }
    }
    std::int32_t write_sum(const Sums& sums, std::size_t i) {
        if (!sums.temporaries.empty()) return decoder_.write_register(sums.temporaries[i]);
        return decoder_.write(sums.nodes[i], wide_ ? Slot::kWrite64 : Slot::kWrite32);
    }
    std::int32_t read_sum(const Sums& sums, std::size_t i) {
        if (!sums.temporaries.empty()) return decoder_.read_register(sums.temporaries[i]);
        return decoder_.read(sums.nodes[i], wide_ ? Slot::kRead64 : Slot::kRead32);
    }

    Decoder& decoder_;
    const WmmaShape& shape_;
    const isa::MmaForm& form_;
    bool wide_;
};

/// Is a register of D also one of the sources? As C it may be, at the same place.
bool overlap(std::span<const OperandNode> d, std::span<const OperandNode> sources,
             bool same_place_allowed) {
    for (std::size_t i = 0; i < d.size(); ++i) {
        for (std::size_t j = 0; j < sources.size(); ++j) {
            if (d[i].text == sources[j].text && !(same_place_allowed && i == j)) return true;
        }
    }
    return false;
}

}  // namespace

void decode_wmma_mma(Decoder& decoder) {
    const WmmaName name = parse_wmma(decoder);
    if (name.matrix != 0 || name.layouts.size() != 2) unsupported_wmma(decoder);
    const WmmaTypes types = types_of(decoder, name);
    const WmmaShape& shape = *name.shape;
    const WmmaLayout a_layout(shape, 'a', types.a, name.layouts[0]);
    const WmmaLayout b_layout(shape, 'b', types.b, name.layouts[1]);
    const WmmaLayout c_layout(shape, 'c', types.c, Major::kRow);
    const WmmaLayout d_layout(shape, 'd', types.d, Major::kRow);
    for (const WmmaLayout* layout : {&a_layout, &b_layout, &c_layout, &d_layout}) {
        if (layout->form() == nullptr) unsupported_wmma(decoder);
    }
    if (types.a != types.b || (types.a == kB1) != name.bits.has_value() ||
        (types.a != kF16 && types.c != types.d)) {
        unsupported_wmma(decoder);
    }
    const bool by_k = name.layouts[0] == Major::kRow && name.layouts[1] == Major::kColumn;
    if (a_layout.element_bits() < 8 && !by_k) unsupported_wmma(decoder);
    const DataType sum = types.c == types.d ? types.c : kF32;
    const isa::MmaForm* form = block_form(name, types, *a_layout.form(), sum);
    if (form == nullptr) unsupported_wmma(decoder);

    decoder.expect_operands(4, 4);
    const auto d = fragment(decoder, 0, d_layout, "D");
    const auto a = fragment(decoder, 1, a_layout, "A");
    const auto b = fragment(decoder, 2, b_layout, "B");
    const auto c = fragment(decoder, 3, c_layout, "C");
    // D is written block by block: what a later block reads must not be gone by then.
    const bool late = shape.blocks() > 1 && (overlap(d, a, false) || overlap(d, b, false) ||
                                             overlap(d, c, types.c == types.d));
    const bool swapped = shape.swapped();
    BlockProducts(decoder, shape, *form)
        .decode(d, types.d != sum, swapped ? b : a, swapped ? a : b, c, types.c != sum,
                late ? WriteBack::kAtEnd : WriteBack::kAtOnce);
}

}  // namespace sptc::ptx
