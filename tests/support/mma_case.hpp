#pragma once
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/random.hpp"
#include "models/isa/fragment.hpp"
#include "models/isa/instruction.hpp"
#include "models/isa/mma.hpp"
#include "models/numeric/mma_arithmetic.hpp"
#include "models/tensor_core/tensor_core.hpp"

namespace sptc::test {

inline constexpr std::array<std::uint32_t, 6> kOrderedCodes{0x4, 0x8, 0x9, 0xC, 0xD, 0xE};

inline const isa::MmaForm& f16_form(bool sparse, int k_logical, types::DataType d) {
    return *isa::find_form(sparse, 16, 8, k_logical, d, types::DataType::kF16,
                           types::DataType::kF16, d);
}

/// The matrices of one instruction as raw bits, row-major.
struct MmaCase {
    explicit MmaCase(const isa::MmaForm& mma)
        : form(&mma),
          a(static_cast<std::size_t>(mma.m * mma.k_stored)),
          b(static_cast<std::size_t>(mma.k_logical * mma.n)),
          c(static_cast<std::size_t>(mma.m * mma.n)),
          codes(static_cast<std::size_t>(mma.sparse() ? mma.m * mma.k_logical / 4 : 0),
                kOrderedCodes[0]) {}

    std::uint32_t& at_a(int row, int slot) { return a[index(row, slot, form->k_stored)]; }
    std::uint32_t& at_b(int k, int column) { return b[index(k, column, form->n)]; }
    std::uint32_t& at_c(int row, int column) { return c[index(row, column, form->n)]; }
    std::uint32_t& code(int row, int chunk) {
        return codes[index(row, chunk, form->k_logical / 4)];
    }

    /// The row of B that a stored slot meets: first index in the low two bits of its chunk's code.
    int k_of(int row, int slot) {
        if (!form->sparse()) return slot;
        return 4 * (slot / 2) + static_cast<int>((code(row, slot / 2) >> (slot % 2 * 2)) & 3);
    }

    static std::size_t index(int row, int column, int columns) {
        return static_cast<std::size_t>(row * columns + column);
    }

    const isa::MmaForm* form;
    std::vector<std::uint32_t> a, b, c;
    std::vector<std::uint32_t> codes;  ///< [row][chunk] metadata nibbles
};

/// The registers of one warp for an instruction.
struct Registers {
    std::array<isa::LaneRegister, 4> a{}, b{}, c{}, d{};
    isa::LaneRegister e{};

    isa::MmaOperands operands() {
        isa::MmaOperands view;
        for (std::size_t i = 0; i < 4; ++i) {
            view.a[i] = &a[i];
            view.b[i] = &b[i];
            view.c[i] = &c[i];
            view.d[i] = &d[i];
        }
        view.e = &e;
        return view;
    }
};

/// Calls use(row, column, register word, bit shift) for each element of D.
template <class Use>
void for_each_d(const isa::MmaForm& form, std::array<isa::LaneRegister, 4>& d, Use use) {
    const int per_register = 32 / types::bits(form.d);
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        for (int element = 0; element < 4; ++element) {
            const isa::Coordinate at = isa::c_coordinate(lane, element);
            use(at.row, at.column,
                d[static_cast<std::size_t>(element / per_register)][static_cast<std::size_t>(lane)],
                element % per_register * types::bits(form.d));
        }
    }
}

/// Puts the matrices where the PTX fragment figures put them.
inline Registers pack(MmaCase& mma, int selector = 0) {
    const isa::MmaForm& form = *mma.form;
    Registers registers;
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        const auto l = static_cast<std::size_t>(lane);
        for (int element = 0; element < 2 * form.a_registers(); ++element) {
            const isa::Coordinate at = isa::a_coordinate(form, lane, element);
            registers.a[static_cast<std::size_t>(element / 2)][l] |= mma.at_a(at.row, at.column)
                                                                     << (element % 2 * 16);
        }
        for (int element = 0; element < 2 * form.b_registers(); ++element) {
            const isa::Coordinate at = isa::b_coordinate(form, lane, element);
            registers.b[static_cast<std::size_t>(element / 2)][l] |= mma.at_b(at.row, at.column)
                                                                     << (element % 2 * 16);
        }
    }
    for_each_d(form, registers.c, [&](int row, int column, std::uint32_t& word, int shift) {
        word |= mma.at_c(row, column) << shift;
    });
    if (!form.sparse()) return registers;
    registers.e.fill(0xffffffffu);  // lanes that the selector does not name hold no metadata
    for (int row = 0; row < form.m; ++row) {
        for (int chunk = 0; chunk < form.k_logical / 4; ++chunk) {
            const int lane = isa::metadata_lane(form, selector, row, chunk / 4);
            std::uint32_t& word = registers.e[static_cast<std::size_t>(lane)];
            const int shift = 16 * (row / 8) + 4 * (chunk % 4);
            word = (word & ~(0xfu << shift)) | (mma.code(row, chunk) << shift);
        }
    }
    return registers;
}

/// D as a row-major matrix of bits.
inline std::vector<std::uint32_t> unpack_d(const isa::MmaForm& form, Registers& registers) {
    std::vector<std::uint32_t> d(static_cast<std::size_t>(form.m * form.n));
    const std::uint32_t mask = types::bits(form.d) == 16 ? 0xffffu : 0xffffffffu;
    for_each_d(form, registers.d, [&](int row, int column, std::uint32_t word, int shift) {
        d[MmaCase::index(row, column, form.n)] = (word >> shift) & mask;
    });
    return d;
}

/// D by the scalar arithmetic, straight from the matrices: the expected value of the other ways.
inline std::vector<std::uint32_t> scalar_d(MmaCase& mma) {
    const isa::MmaForm& form = *mma.form;
    const isa::Arithmetic& arithmetic = isa::find_arithmetic("sm_80");
    const numeric::FdpaRule rule = numeric::fdpa_rule(arithmetic, form);
    const int products = isa::group_products(arithmetic, form);
    std::vector<std::uint32_t> d(mma.c);
    for (int row = 0; row < form.m; ++row) {
        for (int column = 0; column < form.n; ++column) {
            std::uint32_t& sum = d[MmaCase::index(row, column, form.n)];
            for (int first = 0; first < form.k_stored; first += products) {
                std::vector<std::uint32_t> a, b;
                for (int slot = first; slot < first + products; ++slot) {
                    a.push_back(mma.at_a(row, slot));
                    b.push_back(mma.at_b(mma.k_of(row, slot), column));
                }
                sum = numeric::fused_dot_product_add(rule, a, b, sum);
            }
        }
    }
    return d;
}

/// D by a fast kernel on fragments.
inline std::vector<std::uint32_t> kernel_d(MmaCase& mma, numeric::Simd simd) {
    Registers registers = pack(mma);
    numeric::SelectedRows rows{};
    for (int row = 0; row < mma.form->m; ++row) {
        for (int slot = 0; slot < mma.form->k_stored; ++slot) {
            rows.row[static_cast<std::size_t>(row)][static_cast<std::size_t>(slot)] =
                static_cast<std::uint8_t>(mma.k_of(row, slot));
        }
    }
    const numeric::MmaArithmetic arithmetic(isa::find_arithmetic("sm_80"), *mma.form, simd);
    numeric::OperandFragment d{};
    arithmetic.instruction({registers.a}, {registers.b}, rows, {registers.c}, d);
    registers.d = d.registers;
    return unpack_d(*mma.form, registers);
}

/// Remembers what a tensor core reported.
struct RecordingListener : tensor_core::MmaListener {
    void mma_done(std::uint64_t token, base::Cycle ready_cycle) override {
        done.emplace_back(token, ready_cycle);
    }
    std::vector<std::pair<std::uint64_t, base::Cycle>> done;
};

/// Runs one instruction on an elaborated core, cycle after cycle, and gives its D.
inline std::vector<std::uint32_t> core_d(tensor_core::TensorCore& core, MmaCase& mma,
                                         base::Cycle& now, int selector = 0) {
    Registers registers = pack(mma, selector);
    isa::Instruction instruction;
    instruction.operation = isa::Operation::kMma;
    instruction.mma = mma.form;
    instruction.selector = static_cast<std::uint8_t>(selector);
    now = core.earliest(now);
    core.issue(instruction, registers.operands(), 0, now);
    for (++now; core.busy(); ++now) core.tick(now);
    return unpack_d(*mma.form, registers);
}

inline std::vector<numeric::Simd> supported_levels() {
    std::vector<numeric::Simd> levels;
    for (const auto level :
         {numeric::Simd::kPortable, numeric::Simd::kAvx2, numeric::Simd::kAvx512}) {
        if (numeric::supported(level)) levels.push_back(level);
    }
    return levels;
}

inline void randomise_codes(MmaCase& mma, base::Random& random) {
    for (std::uint32_t& code : mma.codes) code = kOrderedCodes[random.below(6)];
}

}  // namespace sptc::test
