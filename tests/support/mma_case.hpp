#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "models/base/random.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/fragment_map.hpp"
#include "models/isa/instruction.hpp"
#include "models/isa/mma.hpp"
#include "models/numeric/mma_arithmetic.hpp"
#include "models/reference/mma.hpp"
#include "models/tensor_core/tensor_core.hpp"

namespace sptc::test {

inline constexpr std::array<std::uint8_t, 6> kOrderedCodes{0x4, 0x8, 0x9, 0xC, 0xD, 0xE};

inline const isa::MmaForm& f16_form(bool sparse, int k_logical, types::DataType d) {
    return *isa::find_form(sparse, 16, 8, k_logical, d, types::DataType::kF16,
                           types::DataType::kF16, d);
}

/// How a case is computed.
struct Machine {
    std::string_view arch = "sm_80";
    isa::Partition partition = isa::kDefaultPartition;

    [[nodiscard]] const isa::Architecture& architecture() const {
        return isa::find_architecture(arch);
    }
};

/// Element `index` of a packed array, low bits first.
inline std::uint64_t packed_element(const std::vector<std::byte>& bytes, std::size_t index,
                                    int bits) {
    std::uint64_t value = 0;
    if (bits >= 8) {
        const auto width = static_cast<std::size_t>(bits / 8);
        std::memcpy(&value, bytes.data() + index * width, width);
        return value;
    }
    const std::size_t at = index * static_cast<std::size_t>(bits);
    return (std::to_integer<std::uint64_t>(bytes[at / 8]) >> (at % 8)) & ((1u << bits) - 1);
}

inline std::vector<std::byte> pack_elements(const std::vector<std::uint64_t>& elements, int bits) {
    std::vector<std::byte> bytes(elements.size() * static_cast<std::size_t>(bits) / 8);
    for (std::size_t i = 0; i < elements.size(); ++i) {
        const std::size_t at = i * static_cast<std::size_t>(bits);
        if (bits >= 8) {
            std::memcpy(bytes.data() + at / 8, &elements[i], static_cast<std::size_t>(bits / 8));
        } else {
            bytes[at / 8] |= static_cast<std::byte>((elements[i] & ((1u << bits) - 1)) << (at % 8));
        }
    }
    return bytes;
}

inline std::vector<std::uint64_t> unpack_elements(const std::vector<std::byte>& bytes, int bits) {
    std::vector<std::uint64_t> elements(bytes.size() * 8 / static_cast<std::size_t>(bits));
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = packed_element(bytes, i, bits);
    return elements;
}

/// The matrices of one instruction as raw bits, row-major; all matrices of m8n8k4 f16 one after
/// another.
struct MmaCase {
    explicit MmaCase(const isa::MmaForm& mma)
        : form(&mma),
          a(static_cast<std::size_t>(mma.matrices() * mma.m * mma.k_stored)),
          b(static_cast<std::size_t>(mma.matrices() * mma.k_logical * mma.n)),
          c(static_cast<std::size_t>(mma.matrices() * mma.m * mma.n)) {
        if (mma.sparse()) {
            codes.assign(static_cast<std::size_t>(mma.m * mma.chunks()), kOrderedCodes[0]);
        }
    }

    std::uint64_t& at_a(int row, int stored) { return a[index(row, stored, form->k_stored)]; }
    std::uint64_t& at_b(int k, int column) { return b[index(k, column, form->n)]; }
    std::uint64_t& at_c(int row, int column) { return c[index(row, column, form->n)]; }
    std::uint64_t& code(int row, int chunk) { return codes[index(row, chunk, form->chunks())]; }

    /// The row of B that a stored element meets (PTX ISA: first index in the low two bits).
    int k_of(int row, int stored) {
        if (!form->sparse()) return stored;
        const isa::MetadataFormat& format = *form->metadata;
        const int chunk = stored / format.stored_elements;
        const int within = stored % format.stored_elements;
        const int unit = format.select(static_cast<std::uint32_t>(code(row, chunk)),
                                       within / format.unit_elements);
        return chunk * format.chunk_elements + unit * format.unit_elements +
               within % format.unit_elements;
    }

    static std::size_t index(int row, int column, int columns) {
        return static_cast<std::size_t>(row * columns + column);
    }

    const isa::MmaForm* form;
    std::vector<std::uint64_t> a, b, c;
    std::vector<std::uint64_t> codes;  ///< [row][chunk] metadata nibbles
};

/// The registers of one warp for an instruction.
class Registers {
  public:
    explicit Registers(const isa::MmaForm& form) : form_(form) {}

    isa::MmaOperands operands() {
        isa::MmaOperands view;
        view.e = &e;
        if (form_.dot == isa::DotKind::kF64) {
            join(a, wide_a_, view.f64.a);
            join(b, wide_b_, view.f64.b);
            join(c, wide_c_, view.f64.c);
            for (std::size_t i = 0; i < wide_d_.size(); ++i) view.f64.d[i] = &wide_d_[i];
            return view;
        }
        for (std::size_t i = 0; i < view.a.size(); ++i) view.a[i] = &a[i];
        for (std::size_t i = 0; i < view.b.size(); ++i) view.b[i] = &b[i];
        for (std::size_t i = 0; i < view.c.size(); ++i) view.c[i] = &c[i];
        for (std::size_t i = 0; i < view.d.size(); ++i) view.d[i] = &d[i];
        return view;
    }

    /// D as matrices of bits, after the instruction has run.
    std::vector<std::uint64_t> unpack_d() {
        if (form_.dot == isa::DotKind::kF64) {
            for (std::size_t i = 0; i < 2 * wide_d_.size(); ++i) {
                for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
                    d[i][lane] = static_cast<std::uint32_t>(wide_d_[i / 2][lane] >> (32 * (i % 2)));
                }
            }
        }
        const isa::FragmentMap map(form_, isa::Operand::kD);
        std::vector<std::byte> bytes(map.bytes());
        map.to_matrices(d, bytes);
        return unpack_elements(bytes, types::bits(form_.d));
    }

    std::array<isa::LaneRegister, isa::kMaxOperandRegisters> a{}, b{}, c{}, d{};
    isa::LaneRegister e{};

  private:
    template <std::size_t kCount>
    static void join(const std::array<isa::LaneRegister, isa::kMaxOperandRegisters>& halves,
                     std::array<isa::LaneRegister64, kCount>& wide,
                     std::array<const isa::LaneRegister64*, kCount>& view) {
        for (std::size_t i = 0; i < kCount; ++i) {
            view[i] = &wide[i];
            for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
                wide[i][lane] = halves[2 * i][lane] | std::uint64_t{halves[2 * i + 1][lane]} << 32;
            }
        }
    }

    const isa::MmaForm& form_;
    std::array<isa::LaneRegister64, 8> wide_a_{};
    std::array<isa::LaneRegister64, 4> wide_b_{}, wide_c_{}, wide_d_{};
};

inline std::vector<std::byte> packed_codes(const MmaCase& mma) {
    return pack_elements(mma.codes, 4);
}

/// Puts the matrices where the PTX fragment figures put them.
inline Registers pack(const MmaCase& mma, int selector = 0) {
    const isa::MmaForm& form = *mma.form;
    Registers registers(form);
    const auto place = [&form](isa::Operand operand, const std::vector<std::uint64_t>& elements,
                               types::DataType type, auto& fragment) {
        isa::FragmentMap(form, operand)
            .to_registers(pack_elements(elements, types::bits(type)), fragment);
    };
    place(isa::Operand::kA, mma.a, form.a, registers.a);
    place(isa::Operand::kB, mma.b, form.b, registers.b);
    place(isa::Operand::kC, mma.c, form.c, registers.c);
    registers.e.fill(0xffffffffu);  // lanes that the selector does not name hold no metadata
    if (form.sparse()) {
        isa::metadata_to_register(form, selector, packed_codes(mma), registers.e);
    }
    return registers;
}

/// D by the reference.
inline std::vector<std::uint64_t> reference_d(const MmaCase& mma, const Machine& machine = {}) {
    const isa::MmaForm& form = *mma.form;
    const auto a = pack_elements(mma.a, types::bits(form.a));
    const auto b = pack_elements(mma.b, types::bits(form.b));
    const auto c = pack_elements(mma.c, types::bits(form.c));
    const auto e = packed_codes(mma);
    return unpack_elements(
        reference::mma(form, machine.architecture(), {a, b, c, e}, machine.partition),
        types::bits(form.d));
}

/// D by a fast kernel on fragments; forms of one matrix.
inline std::vector<std::uint64_t> kernel_d(MmaCase& mma, numeric::Simd simd,
                                           const Machine& machine = {}) {
    const isa::MmaForm& form = *mma.form;
    Registers registers = pack(mma);
    numeric::SelectedRows rows{};
    const int per_slot = form.k_stored / form.slots();  // elements
    for (int row = 0; row < form.m; ++row) {
        for (int slot = 0; slot < form.slots(); ++slot) {
            rows.row[static_cast<std::size_t>(row)][static_cast<std::size_t>(slot)] =
                static_cast<std::uint8_t>(mma.k_of(row, slot * per_slot) / per_slot);
        }
    }
    const numeric::MmaArithmetic arithmetic(machine.architecture(), form, machine.partition, simd);
    numeric::OperandFragment d{};
    arithmetic.instruction({registers.a}, {registers.b}, rows, {registers.c}, d);
    const isa::FragmentMap map(form, isa::Operand::kD);
    std::vector<std::byte> bytes(map.bytes());
    map.to_matrices(d.registers, bytes);
    return unpack_elements(bytes, types::bits(form.d));
}

/// Remembers what a tensor core reported.
struct RecordingListener : tensor_core::MmaListener {
    void mma_done(std::uint64_t token, base::Cycle ready_cycle) override {
        done.emplace_back(token, ready_cycle);
    }
    std::vector<std::pair<std::uint64_t, base::Cycle>> done;
};

/// Runs one instruction on an elaborated core, cycle after cycle, and gives its D.
inline std::vector<std::uint64_t> core_d(
    tensor_core::TensorCore& core, const MmaCase& mma, base::Cycle& now, int selector = 0,
    isa::MetadataOrdering ordering = isa::MetadataOrdering::kOrdered) {
    Registers registers = pack(mma, selector);
    isa::Instruction instruction;
    instruction.operation = isa::Operation::kMma;
    instruction.mma = mma.form;
    instruction.selector = static_cast<std::uint8_t>(selector);
    instruction.metadata_ordering = ordering;
    now = core.earliest(now);
    core.issue(instruction, registers.operands(), 0, now);
    for (++now; core.busy(); ++now) core.tick(now);
    return registers.unpack_d();
}

inline std::vector<numeric::Simd> supported_levels() {
    std::vector<numeric::Simd> levels;
    for (const auto level :
         {numeric::Simd::kPortable, numeric::Simd::kAvx2, numeric::Simd::kAvx512}) {
        if (numeric::supported(level)) levels.push_back(level);
    }
    return levels;
}

/// Legal codes, each as likely.
inline void randomise_codes(MmaCase& mma, base::Random& random,
                            isa::MetadataOrdering ordering = isa::MetadataOrdering::kOrdered) {
    if (!mma.form->sparse()) return;
    const auto codes = isa::legal_codes(*mma.form->metadata, ordering);
    for (std::uint64_t& code : mma.codes) {
        code = codes[random.below(static_cast<std::uint32_t>(codes.size()))];
    }
}

/// The forms that an architecture has.
inline std::vector<const isa::MmaForm*> forms_of(std::string_view arch) {
    std::vector<const isa::MmaForm*> forms;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (isa::has_form(isa::find_architecture(arch), form)) forms.push_back(&form);
    }
    return forms;
}

}  // namespace sptc::test
