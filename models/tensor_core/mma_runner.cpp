#include "models/tensor_core/mma_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "models/base/error.hpp"
#include "models/isa/fragment.hpp"

namespace sptc::tensor_core {
namespace {

using isa::LaneRegister;
using isa::MmaForm;

constexpr int kSelector = 0;
constexpr int kMetadataWordBytes = 2;

/// Bytes of one item's matrices.
struct ItemBytes {
    explicit ItemBytes(const MmaForm& form)
        : a(bytes(form.m * form.k_stored, form.a)),
          b(bytes(form.k_logical * form.n, form.b)),
          c(bytes(form.m * form.n, form.c)),
          d(bytes(form.m * form.n, form.d)),
          e(static_cast<std::size_t>(form.m * form.metadata_words_per_row() * kMetadataWordBytes)) {
    }

    static std::size_t bytes(int elements, types::DataType type) {
        return static_cast<std::size_t>(elements * types::bits(type) / 8);
    }

    std::size_t a, b, c, d, e;
};

void require_size(std::string_view matrix, std::size_t found, std::size_t count, std::size_t item) {
    if (found == count * item) return;
    throw base::ConfigError(fmt::format("{} has {} bytes: expected {} ({} items of {} bytes)",
                                        matrix, found, count * item, count, item));
}

/// The registers of one instruction.
struct Registers {
    std::array<LaneRegister, 4> a{}, b{}, c{}, d{};
    LaneRegister e{};

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

using Place = isa::Coordinate (*)(const MmaForm&, int lane, int element);

isa::Coordinate place_c(const MmaForm&, int lane, int element) {
    return isa::c_coordinate(lane, element);
}

/// Calls use(register, lane, bit shift, byte offset in the row-major matrix) for every element of a
/// fragment.
template <class Use>
void for_each_element(const MmaForm& form, Place place, int registers, int columns,
                      int element_bits, Use use) {
    const int per_register = 32 / element_bits;
    for (int lane = 0; lane < isa::kLanes; ++lane) {
        for (int element = 0; element < registers * per_register; ++element) {
            const isa::Coordinate at = place(form, lane, element);
            use(static_cast<std::size_t>(element / per_register), static_cast<std::size_t>(lane),
                element % per_register * element_bits,
                static_cast<std::size_t>((at.row * columns + at.column) * element_bits / 8));
        }
    }
}

void pack(const MmaForm& form, Place place, int registers, int columns, int element_bits,
          std::span<const std::byte> matrix, std::array<LaneRegister, 4>& fragment) {
    fragment = {};
    for_each_element(form, place, registers, columns, element_bits,
                     [&](std::size_t reg, std::size_t lane, int shift, std::size_t offset) {
                         std::uint32_t value = 0;
                         std::memcpy(&value, matrix.data() + offset,
                                     static_cast<std::size_t>(element_bits / 8));
                         fragment[reg][lane] |= value << shift;
                     });
}

void unpack(const MmaForm& form, Place place, int registers, int columns, int element_bits,
            const std::array<LaneRegister, 4>& fragment, std::span<std::byte> matrix) {
    for_each_element(form, place, registers, columns, element_bits,
                     [&](std::size_t reg, std::size_t lane, int shift, std::size_t offset) {
                         const std::uint32_t value = fragment[reg][lane] >> shift;
                         std::memcpy(matrix.data() + offset, &value,
                                     static_cast<std::size_t>(element_bits / 8));
                     });
}

void pack_metadata(const MmaForm& form, std::span<const std::byte> words, LaneRegister& e) {
    e = {};
    for (int row = 0; row < form.m; ++row) {
        for (int word = 0; word < form.metadata_words_per_row(); ++word) {
            std::uint16_t value = 0;
            const int index = row * form.metadata_words_per_row() + word;
            std::memcpy(&value, words.data() + index * kMetadataWordBytes, sizeof(value));
            const auto lane =
                static_cast<std::size_t>(isa::metadata_lane(form, kSelector, row, word));
            e[lane] |= static_cast<std::uint32_t>(value) << (row < form.m / 2 ? 0 : 16);
        }
    }
}

}  // namespace

MmaRunner::MmaRunner(const TensorCoreSpec& spec) : tensor_core_("tensor_core", spec) {
    tensor_core_.listener.bind(*this);
    // Elaboration binds the ports. Nothing runs in this start, and that is intended (warning W571).
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_,
                                            sc_core::SC_DO_NOTHING);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
}

void MmaRunner::mma_done(std::uint64_t /*token*/, base::Cycle ready_cycle) {
    last_ready_ = std::max(last_ready_, ready_cycle);
}

void MmaRunner::run(const MmaForm& form, const MmaBatch& batch) {
    SPTC_ASSERT(types::bits(form.a) >= 8 && types::bits(form.b) >= 8);
    const ItemBytes item(form);
    const std::size_t count = batch.d.size() / item.d;
    require_size("D", batch.d.size(), count, item.d);
    require_size("A", batch.a.size(), count, item.a);
    require_size("B", batch.b.size(), count, item.b);
    require_size("C", batch.c.size(), count, item.c);
    require_size("E (metadata)", batch.e.size(), count, item.e);

    Registers registers;
    isa::Instruction instruction;
    instruction.operation = isa::Operation::kMma;
    instruction.mma = &form;
    instruction.selector = kSelector;
    for (std::size_t i = 0; i < count; ++i) {
        pack(form, isa::a_coordinate, form.a_registers(), form.k_stored, types::bits(form.a),
             batch.a.subspan(i * item.a, item.a), registers.a);
        pack(form, isa::b_coordinate, form.b_registers(), form.n, types::bits(form.b),
             batch.b.subspan(i * item.b, item.b), registers.b);
        pack(form, place_c, form.c_registers(), form.n, types::bits(form.c),
             batch.c.subspan(i * item.c, item.c), registers.c);
        pack_metadata(form, batch.e.subspan(i * item.e, item.e), registers.e);
        now_ = tensor_core_.earliest(now_);
        try {
            tensor_core_.issue(instruction, registers.operands(), i, now_);
        } catch (const base::KernelError& error) {
            throw base::KernelError(fmt::format("item {}: {}", batch.first_item + i, error.what()));
        }
        while (tensor_core_.busy()) {
            now_ = tensor_core_.due();
            tensor_core_.tick(now_);
        }
        unpack(form, place_c, form.d_registers(), form.n, types::bits(form.d), registers.d,
               batch.d.subspan(i * item.d, item.d));
    }
}

}  // namespace sptc::tensor_core
