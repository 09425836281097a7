#include "traces/ptx/call_handlers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "models/base/error.hpp"
#include "traces/ptx/lanes.hpp"
#include "traces/ptx/thread_stacks.hpp"

namespace sptc::ptx {
namespace {

/// Calls `visit(lane)` for every lane of a mask.
template <class Visit>
void for_each_lane(std::uint32_t mask, Visit&& visit) {
    for (; mask != 0; mask &= mask - 1) visit(static_cast<std::size_t>(std::countr_zero(mask)));
}

/// Saves or restores one lane of every register of a function.
template <class Transfer>
void for_each_register(Execution& e, const FunctionInfo& function, Transfer&& transfer) {
    for (std::size_t id = function.first_register; id < function.end_register; ++id) {
        transfer(e.cta.program.registers[id]);
    }
}

void save_registers(Execution& e, const FunctionInfo& function, std::size_t lane) {
    std::vector<std::uint64_t>& saved = e.stacks->saved[lane];
    for_each_register(e, function, [&](const RegisterInfo& reg) {
        if (reg.width == Width::kPredicate) {
            saved.push_back((e.predicates[reg.slot] >> lane) & 1u);
        } else if (reg.width == Width::k64) {
            saved.push_back(e.registers64[reg.slot][lane]);
        } else {
            saved.push_back(e.registers32[reg.slot][lane]);
        }
    });
}

void restore_registers(Execution& e, const FunctionInfo& function, std::size_t lane) {
    std::vector<std::uint64_t>& saved = e.stacks->saved[lane];
    const std::size_t count = function.end_register - function.first_register;
    SPTC_ASSERT(saved.size() >= count);
    const std::uint64_t* next = saved.data() + (saved.size() - count);
    for_each_register(e, function, [&](const RegisterInfo& reg) {
        const std::uint64_t value = *next++;
        if (reg.width == Width::kPredicate) {
            std::uint32_t& bits = e.predicates[reg.slot];
            bits = (bits & ~(1u << lane)) | (static_cast<std::uint32_t>(value) << lane);
        } else if (reg.width == Width::k64) {
            e.registers64[reg.slot][lane] = value;
        } else {
            e.registers32[reg.slot][lane] = static_cast<std::uint32_t>(value);
        }
    });
    saved.resize(saved.size() - count);
}

void copy_variables(const Program& program, const std::vector<FrameCopy>& copies,
                    const std::byte* from_frame, std::byte* to_frame) {
    for (const FrameCopy& copy : copies) {
        const FrameVariable& from = program.frame_variables[copy.from];
        const FrameVariable& to = program.frame_variables[copy.to];
        std::memcpy(to_frame + to.offset, from_frame + from.offset, from.bytes);
    }
}

}  // namespace

void enter_function(Execution& e) {
    const Program& program = e.cta.program;
    const CallSite& site = program.calls[e.op.detail];
    const FunctionInfo& caller = program.functions[site.caller];
    const FunctionInfo& callee = program.functions[site.callee];
    LaneRegister64& frames = e.registers64[program.frame_pointer];
    for_each_lane(e.mask, [&](std::size_t lane) {
        const std::uint64_t frame = frames[lane];
        const std::uint64_t next = frame + caller.frame_bytes;
        if (e.stacks->calls[lane].size() >= kMaximumCallDepth ||
            next + callee.frame_bytes > kMaximumLocalBytes) {
            kernel_fault(e, fmt::format("lane {} calls '{}' {} calls deep with {} bytes of local "
                                        "memory; the limits are {} calls and {} bytes",
                                        lane, callee.name, e.stacks->calls[lane].size(), next,
                                        kMaximumCallDepth, kMaximumLocalBytes));
        }
        if (next + callee.frame_bytes > e.stacks->bytes()) {
            e.stacks->grow(std::max(next + callee.frame_bytes,
                                    std::min(2 * e.stacks->bytes(), kMaximumLocalBytes)));
        }
        std::byte* local = e.stacks->local(lane);
        copy_variables(program, site.arguments, local + frame, local + next);
        if (callee.recursive) save_registers(e, callee, lane);
        e.stacks->calls[lane].push_back(e.op_index());
        frames[lane] = next;
    });
}

void leave_function(Execution& e) {
    const Program& program = e.cta.program;
    LaneRegister64& frames = e.registers64[program.frame_pointer];
    for_each_lane(e.mask, [&](std::size_t lane) {
        SPTC_ASSERT(!e.stacks->calls[lane].empty());
        const std::uint32_t call = e.stacks->calls[lane].back();
        e.stacks->calls[lane].pop_back();
        const CallSite& site = program.calls[program.ops[call].detail];
        const FunctionInfo& callee = program.functions[site.callee];
        const std::uint64_t frame = frames[lane] - program.functions[site.caller].frame_bytes;
        std::byte* local = e.stacks->local(lane);
        copy_variables(program, site.results, local + frames[lane], local + frame);
        if (callee.recursive) restore_registers(e, callee, lane);
        frames[lane] = frame;
        e.stacks->targets[lane] = call + 1;
    });
}

void branch_indexed(Execution& e) {
    const std::vector<std::uint32_t>& table = e.cta.program.branch_tables[e.op.detail];
    const isa::LaneRegister& indices = e.registers32[e.operands[0]];
    for_each_lane(e.mask, [&](std::size_t lane) {
        if (indices[lane] >= table.size()) {
            kernel_fault(e, fmt::format("the index {} of lane {} exceeds the table of {} labels",
                                        indices[lane], lane, table.size()));
        }
        e.stacks->targets[lane] = table[indices[lane]];
    });
}

void trap(Execution& e) {
    std::string lanes;
    for_each_lane(e.mask, [&](std::size_t lane) {
        lanes += fmt::format("{}{}", lanes.empty() ? "" : ", ", lane);
    });
    kernel_fault(e, fmt::format("the kernel stops itself in lane{} {}",
                                std::has_single_bit(e.mask) ? "" : "s", lanes));
}

}  // namespace sptc::ptx
