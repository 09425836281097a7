#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/isa/fragment.hpp"
#include "models/isa/instruction.hpp"
#include "models/isa/mma.hpp"
#include "models/types/data_type.hpp"

namespace sptc::test {

/// One f16 mma in double arithmetic: exact, in any order, while all sums are small integers. Throws
/// std::runtime_error for metadata that mma.sp::ordered_metadata leaves undefined, and for a result
/// that D cannot hold exactly.
class ExactMma {
  public:
    void operator()(const isa::Instruction& instruction, const isa::MmaOperands& operands) const {
        const isa::MmaForm& form = *instruction.mma;
        std::array<std::array<double, 32>, 16> a{};  // expanded to logical columns
        std::array<std::array<double, 8>, 32> b{};
        for (int lane = 0; lane < isa::kLanes; ++lane) {
            for (int i = 0; i < 2 * form.b_registers(); ++i) {
                const isa::Coordinate at = isa::b_coordinate(form, lane, i);
                b[index(at.row)][index(at.column)] = half(operands.b, lane, i);
            }
            for (int i = 0; i < 2 * form.a_registers(); ++i) {
                const isa::Coordinate at = isa::a_coordinate(form, lane, i);
                const int column =
                    form.sparse() ? logical_column(form, instruction, operands, at) : at.column;
                a[index(at.row)][index(column)] = half(operands.a, lane, i);
            }
        }
        for (int lane = 0; lane < isa::kLanes; ++lane) {
            for (int i = 0; i < 4; ++i) {
                const isa::Coordinate at = isa::c_coordinate(form, form.d, lane, i);
                double sum = accumulator(form, operands, lane, i);
                for (int k = 0; k < form.k_logical; ++k) {
                    sum += a[index(at.row)][index(k)] * b[index(k)][index(at.column)];
                }
                store(form, operands, lane, i, sum);
            }
        }
    }

  private:
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }

    template <class Registers>
    static double half(const Registers& registers, int lane, int element) {
        const std::uint32_t word = (*registers[index(element / 2)])[index(lane)];
        return types::f16_to_f64(static_cast<std::uint16_t>(word >> 16 * (element % 2)));
    }

    static int logical_column(const isa::MmaForm& form, const isa::Instruction& instruction,
                              const isa::MmaOperands& operands, isa::Coordinate stored) {
        const int chunk = stored.column / 2;
        const isa::MetadataPlace place =
            isa::metadata_place(form, instruction.selector, stored.row, chunk);
        const int code = static_cast<int>((*operands.e)[index(place.lane)] >> place.shift) & 15;
        const int first = code & 3;
        const int second = code >> 2;
        if (first >= second) {
            throw std::runtime_error("undefined metadata code " + std::to_string(code) +
                                     " at PTX line " + std::to_string(instruction.line));
        }
        return 4 * chunk + (stored.column % 2 == 0 ? first : second);
    }

    static double accumulator(const isa::MmaForm& form, const isa::MmaOperands& operands, int lane,
                              int element) {
        if (form.c == types::DataType::kF16) return half(operands.c, lane, element);
        return std::bit_cast<float>((*operands.c[index(element)])[index(lane)]);
    }

    static void store(const isa::MmaForm& form, const isa::MmaOperands& operands, int lane,
                      int element, double value) {
        if (form.d == types::DataType::kF32) {
            (*operands.d[index(element)])[index(lane)] =
                std::bit_cast<std::uint32_t>(static_cast<float>(value));
            return;
        }
        const std::uint16_t bits = types::f64_to_f16(value);
        if (types::f16_to_f64(bits) != value) throw std::runtime_error("inexact f16 result");
        std::uint32_t& word = (*operands.d[index(element / 2)])[index(lane)];
        const int shift = 16 * (element % 2);
        word = (word & ~(0xffffu << shift)) | static_cast<std::uint32_t>(bits) << shift;
    }
};

}  // namespace sptc::test
