#include "models/tensor_core/operand_registers.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "models/isa/fragment.hpp"

namespace sptc::tensor_core {
namespace {

using isa::Coordinate;
using isa::LaneRegister;
using isa::LaneRegister64;
using numeric::ElementPlace;
using numeric::OperandFragment;

bool is_f64(const isa::MmaForm& form) { return form.dot == isa::DotKind::kF64; }

template <std::size_t kCount>
void copy(const std::array<const LaneRegister*, kCount>& registers, int count,
          OperandFragment& fragment) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        fragment.registers[i] = *registers[i];
    }
}

template <std::size_t kCount>
void split(const std::array<const LaneRegister64*, kCount>& registers, int words,
           OperandFragment& fragment) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(words / 2); ++i) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            const std::uint64_t value = (*registers[i])[lane];
            fragment.registers[2 * i][lane] = static_cast<std::uint32_t>(value);
            fragment.registers[2 * i + 1][lane] = static_cast<std::uint32_t>(value >> 32);
        }
    }
}

/// One piece of an operand of m8n8k4 f16: a place in the warp's registers, and one in the buffer of
/// its matrix.
struct Move {
    std::uint8_t reg, lane, shift;
    std::uint8_t matrix;
    ElementPlace place;
    int bits;
};

/// The moves of one operand, whole registers where the halves of one stay together.
template <class CoordinateOf, class PlaceOf>
std::vector<Move> moves_of(int registers, int element_bits, CoordinateOf coordinate_of,
                           PlaceOf place_of) {
    std::vector<Move> moves;
    const int per_register = 32 / element_bits;
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        for (int element = 0; element < registers * per_register; ++element) {
            const Coordinate at = coordinate_of(lane, element);
            const Move move{static_cast<std::uint8_t>(element / per_register),
                            static_cast<std::uint8_t>(lane),
                            static_cast<std::uint8_t>(element % per_register * element_bits),
                            static_cast<std::uint8_t>(at.matrix),
                            place_of(at),
                            element_bits};
            const bool joins = move.shift == 16 && move.place.shift == 16 &&
                               moves.back().place.reg == move.place.reg &&
                               moves.back().place.lane == move.place.lane;
            if (joins) {
                moves.back().bits = 32;
            } else {
                moves.push_back(move);
            }
        }
    }
    return moves;
}

/// The moves of all operands of one form.
struct QuadPairMoves {
    explicit QuadPairMoves(const isa::MmaForm& form)
        : a(moves_of(
              form.a_registers(), types::bits(form.a),
              [&](int lane, int i) { return isa::a_coordinate(form, lane, i); },
              [&](const Coordinate& at) {
                  return numeric::a_place(form.m, types::bits(form.a), at.row, at.column);
              })),
          b(moves_of(
              form.b_registers(), types::bits(form.b),
              [&](int lane, int i) { return isa::b_coordinate(form, lane, i); },
              [&](const Coordinate& at) {
                  return numeric::b_place(types::bits(form.b), at.row, at.column);
              })),
          c(accumulator_moves(form, form.c, form.c_registers())),
          d(accumulator_moves(form, form.d, form.d_registers())) {}

    static std::vector<Move> accumulator_moves(const isa::MmaForm& form, types::DataType type,
                                               int registers) {
        return moves_of(
            registers, types::bits(type),
            [&](int lane, int i) { return isa::c_coordinate(form, type, lane, i); },
            [&](const Coordinate& at) {
                return numeric::c_place(types::bits(type), at.row, at.column);
            });
    }

    std::vector<Move> a, b, c, d;
};

const QuadPairMoves& quad_pair_moves(const isa::MmaForm& form) {
    static const std::vector<std::optional<QuadPairMoves>> table = [] {
        std::vector<std::optional<QuadPairMoves>> moves(isa::mma_forms().size());
        for (std::size_t i = 0; i < moves.size(); ++i) {
            if (isa::mma_forms()[i].matrices() > 1) moves[i].emplace(isa::mma_forms()[i]);
        }
        return moves;
    }();
    return *table[static_cast<std::size_t>(&form - isa::mma_forms().data())];
}

/// Parts the four matrices.
template <std::size_t kCount>
void part(const std::array<const LaneRegister*, kCount>& registers, const std::vector<Move>& moves,
          OperandMatrices& matrices) {
    for (const Move& move : moves) {
        numeric::set_element(matrices[move.matrix], move.place, move.bits,
                             (*registers[move.reg])[move.lane] >> move.shift);
    }
}

}  // namespace

void load_a(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& a) {
    if (is_f64(form)) return split(operands.f64.a, form.a_registers(), a[0]);
    if (form.matrices() == 1) return copy(operands.a, form.a_registers(), a[0]);
    part(operands.a, quad_pair_moves(form).a, a);
}

void load_b(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& b) {
    if (is_f64(form)) return split(operands.f64.b, form.b_registers(), b[0]);
    if (form.matrices() == 1) return copy(operands.b, form.b_registers(), b[0]);
    part(operands.b, quad_pair_moves(form).b, b);
}

void load_c(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& c) {
    if (is_f64(form)) return split(operands.f64.c, form.c_registers(), c[0]);
    if (form.matrices() == 1) return copy(operands.c, form.c_registers(), c[0]);
    part(operands.c, quad_pair_moves(form).c, c);
}

void load_wide(const LaneRegister* file, const std::int32_t* ids, int count,
               std::vector<LaneRegister>& registers) {
    registers.clear();
    for (int i = 0; i < count; ++i) registers.push_back(file[ids[i]]);
}

void store_d(const isa::MmaForm& form, const OperandMatrices& d, const isa::MmaOperands& operands) {
    const auto registers = static_cast<std::size_t>(form.d_registers());
    if (is_f64(form)) {
        for (std::size_t i = 0; i < registers / 2; ++i) {
            for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
                (*operands.f64.d[i])[lane] = d[0].registers[2 * i][lane] |
                                             std::uint64_t{d[0].registers[2 * i + 1][lane]} << 32;
            }
        }
        return;
    }
    if (form.matrices() == 1) {
        for (std::size_t i = 0; i < registers; ++i) *operands.d[i] = d[0].registers[i];
        return;
    }
    // Every register is written whole: with 16-bit elements both halves come in one move.
    for (const Move& move : quad_pair_moves(form).d) {
        const auto value =
            static_cast<std::uint32_t>(numeric::element(d[move.matrix], move.place, move.bits));
        (*operands.d[move.reg])[move.lane] = value;
    }
}

}  // namespace sptc::tensor_core
