#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/fragment.hpp"
#include "models/isa/instruction.hpp"
#include "models/reference/mma.hpp"

namespace sptc::test {

/// Executes an mma on registers by the reference: for forms of 32-bit registers (all but f64).
class ReferenceMma {
  public:
    explicit ReferenceMma(const isa::Architecture& architecture,
                          isa::Partition partition = isa::kDefaultPartition)
        : architecture_(architecture), partition_(partition) {}

    void operator()(const isa::Instruction& instruction, const isa::MmaOperands& operands) const {
        const isa::MmaForm& form = *instruction.mma;
        const auto a = gather(form.a, operands.a, form.a_registers(), form.k_stored, form.m,
                              [&](int lane, int i) { return isa::a_coordinate(form, lane, i); });
        const auto b = gather(form.b, operands.b, form.b_registers(), form.n, form.k_logical,
                              [&](int lane, int i) { return isa::b_coordinate(form, lane, i); });
        const auto c =
            gather(form.c, operands.c, form.c_registers(), form.n, form.m,
                   [&](int lane, int i) { return isa::c_coordinate(form, form.c, lane, i); });
        const auto e = metadata(form, instruction.selector, operands.e);
        const auto d =
            reference::mma(form, architecture_, {.a = a, .b = b, .c = c, .e = e}, partition_);
        scatter(form, d, operands);
    }

  private:
    using Bytes = std::vector<std::byte>;

    static std::uint32_t get(const Bytes& bytes, int bits, int index) {
        std::uint32_t value = 0;
        for (int bit = 0; bit < bits; ++bit) {
            const int at = index * bits + bit;
            const auto byte =
                std::to_integer<std::uint32_t>(bytes[static_cast<std::size_t>(at / 8)]);
            value |= (byte >> (at % 8) & 1) << bit;
        }
        return value;
    }
    static void put(Bytes& bytes, int bits, int index, std::uint32_t value) {
        for (int bit = 0; bit < bits; ++bit) {
            const int at = index * bits + bit;
            bytes[static_cast<std::size_t>(at / 8)] |=
                static_cast<std::byte>((value >> bit & 1) << (at % 8));
        }
    }

    template <class Registers, class Place>
    static Bytes gather(types::DataType type, const Registers& registers, int count, int columns,
                        int rows, Place place) {
        const int bits = types::bits(type);
        const int in_register = 32 / bits;
        Bytes bytes(static_cast<std::size_t>(count * 4 * isa::kLanes));
        for (int lane = 0; lane < isa::kLanes; ++lane) {
            for (int i = 0; i < count * in_register; ++i) {
                const isa::Coordinate at = place(lane, i);
                const std::uint32_t word = (*registers[static_cast<std::size_t>(
                    i / in_register)])[static_cast<std::size_t>(lane)];
                const std::uint32_t value =
                    word >> (i % in_register * bits) & (bits == 32 ? ~0u : (1u << bits) - 1);
                put(bytes, bits, (at.matrix * rows + at.row) * columns + at.column, value);
            }
        }
        return bytes;
    }

    static Bytes metadata(const isa::MmaForm& form, int selector, const isa::LaneRegister* e) {
        constexpr int kCodeBits = 4;
        if (!form.sparse()) return {};
        Bytes bytes(static_cast<std::size_t>(form.m * form.metadata_bytes_per_row()));
        for (int row = 0; row < form.m; ++row) {
            for (int chunk = 0; chunk < form.chunks(); ++chunk) {
                const isa::MetadataPlace place = isa::metadata_place(form, selector, row, chunk);
                const std::uint32_t word = (*e)[static_cast<std::size_t>(place.lane)];
                put(bytes, kCodeBits, row * form.chunks() + chunk, word >> place.shift & 0xf);
            }
        }
        return bytes;
    }

    static void scatter(const isa::MmaForm& form, const Bytes& d,
                        const isa::MmaOperands& operands) {
        const int bits = types::bits(form.d);
        const int in_register = 32 / bits;
        for (int lane = 0; lane < isa::kLanes; ++lane) {
            for (int r = 0; r < form.d_registers(); ++r) {
                std::uint32_t word = 0;
                for (int i = 0; i < in_register; ++i) {
                    const isa::Coordinate at =
                        isa::c_coordinate(form, form.d, lane, r * in_register + i);
                    const int index = (at.matrix * form.m + at.row) * form.n + at.column;
                    word |= get(d, bits, index) << (i * bits);
                }
                (*operands.d[static_cast<std::size_t>(r)])[static_cast<std::size_t>(lane)] = word;
            }
        }
    }

    const isa::Architecture& architecture_;
    isa::Partition partition_;
};

}  // namespace sptc::test
