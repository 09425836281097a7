#include "models/tensor_core/mma_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <vector>

#include "models/base/error.hpp"
#include "models/isa/extended_metadata.hpp"
#include "models/isa/fragment_map.hpp"

namespace sptc::tensor_core {
namespace {

using isa::LaneRegister;
using isa::LaneRegister64;
using isa::Operand;

constexpr int kSelector = 0;

/// The registers of an operand: as many as the hardware's forms have, or those of an extended one.
using Fragment = std::vector<LaneRegister>;

Fragment fragment_of(const isa::FragmentMap& map) {
    return Fragment(std::max(map.registers(), isa::kMaxOperandRegisters));
}

void require_size(std::string_view matrix, std::size_t found, std::size_t count, std::size_t item) {
    if (found == count * item) return;
    throw base::ConfigError(fmt::format("{} has {} bytes: expected {} ({} items of {} bytes)",
                                        matrix, found, count * item, count, item));
}

template <std::size_t kCount>
void view(Fragment& fragment, std::array<const LaneRegister*, kCount>& pointers) {
    for (std::size_t i = 0; i < kCount; ++i) pointers[i] = &fragment[i];
}

/// 32-bit halves to the 64-bit registers that f64 operands stand in.
template <std::size_t kCount>
void join(const Fragment& halves, std::array<LaneRegister64, kCount>& wide) {
    for (std::size_t i = 0; i < kCount; ++i) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            wide[i][lane] = halves[2 * i][lane] | std::uint64_t{halves[2 * i + 1][lane]} << 32;
        }
    }
}

template <std::size_t kCount>
void split(const std::array<LaneRegister64, kCount>& wide, Fragment& halves) {
    for (std::size_t i = 0; i < kCount; ++i) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            halves[2 * i][lane] = static_cast<std::uint32_t>(wide[i][lane]);
            halves[2 * i + 1][lane] = static_cast<std::uint32_t>(wide[i][lane] >> 32);
        }
    }
}

}  // namespace

/// The registers of one instruction of a form, and how matrices come there.
struct MmaRunner::Workspace {
    explicit Workspace(const isa::MmaSpelling& spelling)
        : form(*spelling.form),
          map_a(form, Operand::kA),
          map_b(form, Operand::kB),
          map_c(form, Operand::kC),
          map_d(form, Operand::kD),
          e_bytes(static_cast<std::size_t>(form.m * form.metadata_bytes_per_row())) {
        instruction.operation = isa::Operation::kMma;
        instruction.mma = &form;
        instruction.selector = kSelector;
        instruction.metadata_ordering = spelling.ordering;
        if (form.extended()) {
            for (std::size_t i = 0; i < operands.d.size(); ++i) {
                operands.c[i] = &c[i];
                operands.d[i] = &d[i];
            }
            ids.resize(a.size() + b.size() + e.size());
            std::iota(ids.begin(), ids.end(), 0);
            return;
        }
        operands.e = e.data();
        if (form.dot == isa::DotKind::kF64) {
            for (std::size_t i = 0; i < wide_a.size(); ++i) operands.f64.a[i] = &wide_a[i];
            for (std::size_t i = 0; i < wide_b.size(); ++i) {
                operands.f64.b[i] = &wide_b[i];
                operands.f64.c[i] = &wide_c[i];
                operands.f64.d[i] = &wide_d[i];
            }
            return;
        }
        view(a, operands.a);
        view(b, operands.b);
        view(c, operands.c);
        for (std::size_t i = 0; i < operands.d.size(); ++i) operands.d[i] = &d[i];
    }

    void load(const MmaBatch& batch, std::size_t item) {
        map_a.to_registers(batch.a.subspan(item * map_a.bytes(), map_a.bytes()), a);
        map_b.to_registers(batch.b.subspan(item * map_b.bytes(), map_b.bytes()), b);
        map_c.to_registers(batch.c.subspan(item * map_c.bytes(), map_c.bytes()), c);
        if (form.extended()) return load_extended(batch.e.subspan(item * e_bytes, e_bytes));
        if (form.sparse()) {
            isa::metadata_to_register(form, kSelector, batch.e.subspan(item * e_bytes, e_bytes),
                                      e[0]);
        }
        if (form.dot != isa::DotKind::kF64) return;
        join(a, wide_a);
        join(b, wide_b);
        join(c, wide_c);
    }

    /// A, B and E behind one another, as in a register file.
    void load_extended(std::span<const std::byte> metadata) {
        isa::metadata_to_registers(form, kSelector, metadata, e);
        file = a;
        file.insert(file.end(), b.begin(), b.end());
        file.insert(file.end(), e.begin(), e.end());
        operands.wide = {file.data(), ids.data(), ids.data() + a.size(),
                         ids.data() + a.size() + b.size()};
    }

    void store(const MmaBatch& batch, std::size_t item) {
        if (form.dot == isa::DotKind::kF64) split(wide_d, d);
        map_d.to_matrices(d, batch.d.subspan(item * map_d.bytes(), map_d.bytes()));
    }

    const isa::MmaForm& form;
    isa::FragmentMap map_a, map_b, map_c, map_d;
    std::size_t e_bytes;
    isa::Instruction instruction;
    isa::MmaOperands operands;
    Fragment a = fragment_of(map_a), b = fragment_of(map_b);
    Fragment c = fragment_of(map_c), d = fragment_of(map_d);
    Fragment e = Fragment(static_cast<std::size_t>(std::max(1, form.metadata_registers())));
    Fragment file;                  ///< extended forms: A, B and E
    std::vector<std::int32_t> ids;  ///< of its registers
    std::array<LaneRegister64, 8> wide_a{};
    std::array<LaneRegister64, 4> wide_b{}, wide_c{}, wide_d{};
};

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

void MmaRunner::run(const isa::MmaSpelling& instruction, const MmaBatch& batch) {
    isa::require_form(tensor_core_.architecture(), *instruction.form);
    Workspace workspace(instruction);
    const std::size_t count = batch.d.size() / workspace.map_d.bytes();
    require_size("D", batch.d.size(), count, workspace.map_d.bytes());
    require_size("A", batch.a.size(), count, workspace.map_a.bytes());
    require_size("B", batch.b.size(), count, workspace.map_b.bytes());
    require_size("C", batch.c.size(), count, workspace.map_c.bytes());
    require_size("E (metadata)", batch.e.size(), count, workspace.e_bytes);
    for (std::size_t item = 0; item < count; ++item) run_item(workspace, batch, item);
}

void MmaRunner::run_item(Workspace& workspace, const MmaBatch& batch, std::size_t item) {
    workspace.load(batch, item);
    now_ = tensor_core_.earliest(now_);
    try {
        tensor_core_.issue(workspace.instruction, workspace.operands, item, now_);
    } catch (const base::KernelError& error) {
        throw base::KernelError(fmt::format("item {}: {}", batch.first_item + item, error.what()));
    }
    while (tensor_core_.busy()) {
        now_ = tensor_core_.due();
        tensor_core_.tick(now_);
    }
    workspace.store(batch, item);
}

}  // namespace sptc::tensor_core
