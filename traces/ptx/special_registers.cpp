#include "traces/ptx/special_registers.hpp"

#include "traces/ptx/lanes.hpp"

namespace sptc::ptx {
namespace {

std::uint32_t thread_of(const Execution& e, std::uint32_t lane) {
    return e.warp * isa::kLanes + lane;
}

std::uint64_t tid_x(const Execution& e, std::uint32_t lane) {
    return thread_of(e, lane) % e.cta.shape.block.x;
}
std::uint64_t tid_y(const Execution& e, std::uint32_t lane) {
    return thread_of(e, lane) / e.cta.shape.block.x % e.cta.shape.block.y;
}
std::uint64_t tid_z(const Execution& e, std::uint32_t lane) {
    return thread_of(e, lane) / e.cta.shape.block.x / e.cta.shape.block.y;
}
std::uint64_t ntid_x(const Execution& e, std::uint32_t) { return e.cta.shape.block.x; }
std::uint64_t ntid_y(const Execution& e, std::uint32_t) { return e.cta.shape.block.y; }
std::uint64_t ntid_z(const Execution& e, std::uint32_t) { return e.cta.shape.block.z; }
std::uint64_t ctaid_x(const Execution& e, std::uint32_t) { return e.cta.index.x; }
std::uint64_t ctaid_y(const Execution& e, std::uint32_t) { return e.cta.index.y; }
std::uint64_t ctaid_z(const Execution& e, std::uint32_t) { return e.cta.index.z; }
std::uint64_t nctaid_x(const Execution& e, std::uint32_t) { return e.cta.shape.grid.x; }
std::uint64_t nctaid_y(const Execution& e, std::uint32_t) { return e.cta.shape.grid.y; }
std::uint64_t nctaid_z(const Execution& e, std::uint32_t) { return e.cta.shape.grid.z; }
std::uint64_t laneid(const Execution&, std::uint32_t lane) { return lane; }
std::uint64_t warpid(const Execution& e, std::uint32_t) { return e.warp; }
std::uint64_t nwarpid(const Execution& e, std::uint32_t) { return e.cta.shape.warps_per_cta(); }
std::uint64_t smid(const Execution& e, std::uint32_t) { return e.cta.sm; }
std::uint64_t nsmid(const Execution& e, std::uint32_t) { return e.cta.sm_count; }
std::uint64_t zero(const Execution&, std::uint32_t) { return 0; }
std::uint64_t grid(const Execution&, std::uint32_t) { return 1; }
std::uint64_t dynamic_shared(const Execution& e, std::uint32_t) {
    return e.cta.shape.shared_bytes_per_cta - e.cta.program.static_shared_bytes;
}
std::uint64_t total_shared(const Execution& e, std::uint32_t) {
    constexpr std::uint64_t kUnit = 128;  // PTX ISA, %total_smem_size: allocation unit of sm_8x
    return (e.cta.shape.shared_bytes_per_cta + kUnit - 1) / kUnit * kUnit;
}
std::uint64_t now(const Execution& e, std::uint32_t) { return e.now; }
std::uint64_t now_high(const Execution& e, std::uint32_t) { return e.now >> 32; }
std::uint64_t lane_eq(const Execution&, std::uint32_t lane) { return 1ull << lane; }
std::uint64_t lane_lt(const Execution&, std::uint32_t lane) { return (1ull << lane) - 1; }
std::uint64_t lane_le(const Execution&, std::uint32_t lane) { return (2ull << lane) - 1; }
std::uint64_t lane_gt(const Execution&, std::uint32_t lane) {
    return kAllLanes & ~((2ull << lane) - 1);
}
std::uint64_t lane_ge(const Execution&, std::uint32_t lane) {
    return kAllLanes & ~((1ull << lane) - 1);
}

constexpr auto kSpecial = isa::Operation::kReadSpecial;
constexpr auto kClock = isa::Operation::kReadClock;

// %globaltimer counts nanoseconds on a GPU; here it counts cycles, because the clock rate belongs
// to the timing model.
constexpr SpecialRegister kRows[] = {
    {"%tid.x", Width::k32, kSpecial, tid_x},
    {"%tid.y", Width::k32, kSpecial, tid_y},
    {"%tid.z", Width::k32, kSpecial, tid_z},
    {"%ntid.x", Width::k32, kSpecial, ntid_x},
    {"%ntid.y", Width::k32, kSpecial, ntid_y},
    {"%ntid.z", Width::k32, kSpecial, ntid_z},
    {"%ctaid.x", Width::k32, kSpecial, ctaid_x},
    {"%ctaid.y", Width::k32, kSpecial, ctaid_y},
    {"%ctaid.z", Width::k32, kSpecial, ctaid_z},
    {"%nctaid.x", Width::k32, kSpecial, nctaid_x},
    {"%nctaid.y", Width::k32, kSpecial, nctaid_y},
    {"%nctaid.z", Width::k32, kSpecial, nctaid_z},
    {"%tid.w", Width::k32, kSpecial, zero},
    {"%ntid.w", Width::k32, kSpecial, zero},
    {"%ctaid.w", Width::k32, kSpecial, zero},
    {"%nctaid.w", Width::k32, kSpecial, zero},
    {"%gridid", Width::k64, kSpecial, grid},
    {"%dynamic_smem_size", Width::k32, kSpecial, dynamic_shared},
    {"%total_smem_size", Width::k32, kSpecial, total_shared},
    {"%laneid", Width::k32, kSpecial, laneid},
    {"%warpid", Width::k32, kSpecial, warpid},
    {"%nwarpid", Width::k32, kSpecial, nwarpid},
    {"%smid", Width::k32, kSpecial, smid},
    {"%nsmid", Width::k32, kSpecial, nsmid},
    {"%lanemask_eq", Width::k32, kSpecial, lane_eq},
    {"%lanemask_lt", Width::k32, kSpecial, lane_lt},
    {"%lanemask_le", Width::k32, kSpecial, lane_le},
    {"%lanemask_gt", Width::k32, kSpecial, lane_gt},
    {"%lanemask_ge", Width::k32, kSpecial, lane_ge},
    {"%clock", Width::k32, kClock, now},
    {"%clock_hi", Width::k32, kClock, now_high},
    {"%clock64", Width::k64, kClock, now},
    {"%globaltimer", Width::k64, kClock, now},
    {"%globaltimer_lo", Width::k32, kClock, now},
    {"%globaltimer_hi", Width::k32, kClock, now_high},
};

}  // namespace

const SpecialRegister* find_special_register(std::string_view name) {
    for (const SpecialRegister& row : kRows) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

std::string_view special_register_note(std::string_view name) {
    struct Note {
        std::string_view prefix;
        std::string_view text;
    };
    static constexpr Note kNotes[] = {
        {"%envreg", "is set by the driver and has no defined value; not supported"},
        {"%pm", "performance counters are not supported; read %clock, %clock64"},
        {"%cluster", "needs sm_90: there are no clusters on sm_80"},
        {"%ncluster", "needs sm_90: there are no clusters on sm_80"},
        {"%is_explicit_cluster", "needs sm_90: there are no clusters on sm_80"},
        {"%aggr_smem_size", "needs sm_90; sm_80 has %total_smem_size, %dynamic_smem_size"},
        {"%reserved_smem", "is not supported: no shared memory is reserved for the system"},
        {"%current_graph_exec", "is not supported: kernels are not launched by graphs"}};
    for (const Note& note : kNotes) {
        if (name.starts_with(note.prefix)) return note.text;
    }
    return {};
}

std::uint8_t special_register_index(const SpecialRegister& special) {
    return static_cast<std::uint8_t>(&special - kRows);
}

void read_special_register16(Execution& e) {
    const SpecialRegister& special = kRows[e.op.modifier];
    isa::LaneRegister out;
    for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = static_cast<std::uint32_t>(special.value(e, lane)) & 0xffff;
    }
    write_lanes(e.registers32[e.operands[0]], out, e.mask);
}

void read_special_register(Execution& e) {
    const SpecialRegister& special = kRows[e.op.modifier];
    if (special.width == Width::k64) {
        LaneRegister64 out;
        for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) out[lane] = special.value(e, lane);
        write_lanes(e.registers64[e.operands[0]], out, e.mask);
    } else {
        isa::LaneRegister out;
        for (std::uint32_t lane = 0; lane < isa::kLanes; ++lane) {
            out[lane] = static_cast<std::uint32_t>(special.value(e, lane));
        }
        write_lanes(e.registers32[e.operands[0]], out, e.mask);
    }
}

}  // namespace sptc::ptx
