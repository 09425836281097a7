#include "models/tensor_core/operand_registers.hpp"

#include <cstdint>

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

/// Calls use(register, lane, bit shift, coordinate) for every element of an operand of m8n8k4 f16.
template <class CoordinateOf, class Use>
void for_each_element(int registers, int element_bits, CoordinateOf coordinate_of, Use use) {
    const int per_register = 32 / element_bits;
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        for (int element = 0; element < registers * per_register; ++element) {
            use(static_cast<std::size_t>(element / per_register), static_cast<std::size_t>(lane),
                element % per_register * element_bits, coordinate_of(lane, element));
        }
    }
}

/// Parts the four matrices; `place` says where an element lies in the buffer of its matrix.
template <std::size_t kCount, class CoordinateOf, class Place>
void part(const std::array<const LaneRegister*, kCount>& registers, int count, int element_bits,
          CoordinateOf coordinate_of, Place place, OperandMatrices& matrices) {
    for_each_element(count, element_bits, coordinate_of,
                     [&](std::size_t reg, std::size_t lane, int shift, const Coordinate& at) {
                         numeric::set_element(matrices[static_cast<std::size_t>(at.matrix)],
                                              place(at), element_bits,
                                              (*registers[reg])[lane] >> shift);
                     });
}

}  // namespace

void load_a(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& a) {
    if (is_f64(form)) return split(operands.f64.a, form.a_registers(), a[0]);
    if (form.matrices() == 1) return copy(operands.a, form.a_registers(), a[0]);
    const int bits = types::bits(form.a);
    part(
        operands.a, form.a_registers(), bits,
        [&](int lane, int element) { return isa::a_coordinate(form, lane, element); },
        [&](const Coordinate& at) { return numeric::a_place(form.m, bits, at.row, at.column); }, a);
}

void load_b(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& b) {
    if (is_f64(form)) return split(operands.f64.b, form.b_registers(), b[0]);
    if (form.matrices() == 1) return copy(operands.b, form.b_registers(), b[0]);
    const int bits = types::bits(form.b);
    part(
        operands.b, form.b_registers(), bits,
        [&](int lane, int element) { return isa::b_coordinate(form, lane, element); },
        [&](const Coordinate& at) { return numeric::b_place(bits, at.row, at.column); }, b);
}

void load_c(const isa::MmaForm& form, const isa::MmaOperands& operands, OperandMatrices& c) {
    if (is_f64(form)) return split(operands.f64.c, form.c_registers(), c[0]);
    if (form.matrices() == 1) return copy(operands.c, form.c_registers(), c[0]);
    const int bits = types::bits(form.c);
    part(
        operands.c, form.c_registers(), bits,
        [&](int lane, int element) { return isa::c_coordinate(form, form.c, lane, element); },
        [&](const Coordinate& at) { return numeric::c_place(bits, at.row, at.column); }, c);
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
    const int bits = types::bits(form.d);
    for_each_element(
        form.d_registers(), bits,
        [&](int lane, int element) { return isa::c_coordinate(form, form.d, lane, element); },
        [&](std::size_t reg, std::size_t lane, int shift, const Coordinate& at) {
            const auto value = static_cast<std::uint32_t>(
                numeric::element(d[static_cast<std::size_t>(at.matrix)],
                                 numeric::c_place(bits, at.row, at.column), bits));
            std::uint32_t& word = (*operands.d[reg])[lane];
            const std::uint32_t mask = (bits == 32 ? ~0u : (1u << bits) - 1) << shift;
            word = (word & ~mask) | value << shift;
        });
}

}  // namespace sptc::tensor_core
