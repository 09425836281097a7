#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "traces/gemm/sections.hpp"

namespace sptc::gemm {
namespace {

using fmt::format;
using Lines = std::vector<std::string>;

constexpr std::uint32_t kPatternBytes = 128;  // the swizzle repeats after a line of all banks

void append(Lines& to, const Lines& from) { to.insert(to.end(), from.begin(), from.end()); }

// "{%a8, %a9, %a10, %a11}"
std::string vector_of(const char* name, std::uint32_t first, std::uint32_t count) {
    std::string text = "{";
    for (std::uint32_t i = 0; i < count; ++i) {
        text += format("{}%{}{}", i == 0 ? "" : ", ", name, first + i);
    }
    return text + "}";
}

// The instructions of one k-step, by fragment buffer (A and E alternate; B too where it has two
// buffers).
class KStep {
  public:
    KStep(const KernelPlan& plan, std::uint32_t k_step) : plan_(plan), k_step_(k_step) {}

    [[nodiscard]] Lines load_a_and_e() const {
        Lines out;
        for (std::uint32_t i = 0; i < plan_.row_tiles; ++i) {
            if (plan_.extended()) {
                append(out, load_extended(i));
                continue;
            }
            if (plan_.sparse() && i % tiles_per_e() == 0) out.push_back(load_e(i / tiles_per_e()));
            out.push_back(load_a(i));
        }
        return out;
    }

    [[nodiscard]] Lines load_b(std::uint32_t group) const {
        if (plan_.plain_loads()) return load_plain_b(group);
        if (plan_.extended()) return load_extended_halves(group);
        if (plan_.column_major_b()) return load_column_major_b(group);
        const std::uint32_t period = plan_.b.period();
        Lines out;
        for (std::uint32_t half = 0; half < plan_.b_halves; ++half) {
            const std::uint32_t row = (k_step_ * plan_.b_halves + half) * 16;
            out.push_back(
                format("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {}, [%b_addr{}+{}]",
                       vector_of("b", b_register(group, half), 4), group % period,
                       row * plan_.b.row_bytes + group / period * kPatternBytes));
        }
        return out;
    }

    // Every mma of the 16 columns of a group: all row tiles, both 8-column halves.
    [[nodiscard]] Lines mmas(std::uint32_t group) const {
        Lines out;
        for (std::uint32_t i = 0; i < plan_.row_tiles; ++i) {
            for (std::uint32_t side = 0; side < 2; ++side) out.push_back(mma(i, group, side));
        }
        return out;
    }

  private:
    // "[%b_addr1+2048]": row `row` of an operand whose rows run along K, `pair` chunk pairs
    // further.
    static std::string k_contiguous(const char* name, const CopyPlan& copy, std::uint32_t row,
                                    std::uint32_t pair) {
        return format("[%{}_addr{}+{}]", name, pair % copy.period(),
                      row * copy.row_bytes + pair / copy.period() * kPatternBytes);
    }

    [[nodiscard]] std::string load_a(std::uint32_t i) const {
        const std::string address =
            k_contiguous("a", plan_.a, i * 8 * plan_.tile_row_steps(), k_step_);
        if (plan_.plain_loads()) return format("ld.shared.f64 %a{}, {}", a_register(i), address);
        return format("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {}, {}",
                      vector_of("a", a_register(i), 4), address);
    }

    [[nodiscard]] Lines load_column_major_b(std::uint32_t group) const {
        Lines out;
        for (std::uint32_t half = 0; half < plan_.b_halves; ++half) {
            out.push_back(
                format("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {}, {}",
                       vector_of("b", b_register(group, half), 4),
                       k_contiguous("b", plan_.b, group * 16, k_step_ * plan_.b_halves + half)));
        }
        return out;
    }

    // A of a row tile, and with the first of those that share it E.
    [[nodiscard]] Lines load_extended(std::uint32_t i) const {
        Lines out;
        if (i % tiles_per_e() == 0) {
            const std::uint32_t block = i / tiles_per_e();
            out = load_block(plan_.e_blocks_copy, k_step_, block, e_register(block),
                             plan_.e_registers());
        }
        append(out, load_block(plan_.a_blocks, k_step_, i, a_register(i), plan_.a_registers()));
        return out;
    }

    [[nodiscard]] Lines load_extended_halves(std::uint32_t group) const {
        Lines out;
        for (std::uint32_t half = 0; half < plan_.b_halves; ++half) {
            const std::uint32_t blocks = std::min(2u, plan_.b_blocks() - 2 * half);
            out.push_back(
                load_extended_b(plan_, k_step_, group, 2 * half, blocks, b_register(group, half)));
        }
        return out;
    }

    [[nodiscard]] Lines load_plain_b(std::uint32_t group) const {
        Lines out;
        for (std::uint32_t side = 0; side < 2; ++side) {
            out.push_back(format("ld.shared.f64 %b{}, {}", b_register(group, 0) + side,
                                 k_contiguous("b", plan_.b, group * 16 + side * 8, k_step_)));
        }
        return out;
    }

    [[nodiscard]] std::string load_e(std::uint32_t block) const {
        return format(
            "ld.shared.b32 %e{}, [%e_addr+{}]", e_register(block),
            k_step_ * plan_.metadata_row_bytes() * plan_.tile.cta_m + block * kPatternBytes);
    }

    [[nodiscard]] std::string mma(std::uint32_t i, std::uint32_t group, std::uint32_t side) const {
        const std::uint32_t count = plan_.accumulator_registers();
        const std::string acc =
            vector_of("acc", (i * 2 * plan_.groups + 2 * group + side) * count, count);
        std::string line =
            format("{} {}, {}, {}, {}", plan_.form->ptx_name(), acc,
                   vector_of("a", a_register(i), plan_.a_registers()), b_operand(group, side), acc);
        if (plan_.sparse()) {
            const std::uint32_t e = e_register(i / tiles_per_e());
            line += format(", {}, {}",
                           plan_.e_registers() == 1 ? format("%e{}", e)
                                                    : vector_of("e", e, plan_.e_registers()),
                           i % tiles_per_e());
        }
        return line;
    }

    // What the mma of a side of a group takes of the registers that its loads filled: 8 x 8
    // matrices lie along k first where B is transposed, along n first where it is not.
    [[nodiscard]] std::string b_operand(std::uint32_t group, std::uint32_t side) const {
        if (plan_.plain_loads()) return format("{{%b{}}}", b_register(group, 0) + side);
        const bool k_last = plan_.column_major_b() || plan_.extended();
        const std::uint32_t to_side = k_last ? 1 : 2;
        const std::uint32_t to_k = k_last ? 2 : 1;
        std::string b = "{";
        for (std::uint32_t half = 0; half < plan_.b_halves; ++half) {
            const std::uint32_t first = b_register(group, half) + to_side * side;
            b += format("{}%b{}", half == 0 ? "" : ", ", first);
            if (2 * half + 1 < plan_.b_blocks() || !plan_.extended()) {
                b += format(", %b{}", first + to_k);
            }
        }
        return b + "}";
    }

    // Row tiles whose metadata one register holds.
    [[nodiscard]] std::uint32_t tiles_per_e() const { return plan_.metadata_rows / 16; }

    [[nodiscard]] std::uint32_t a_register(std::uint32_t i) const {
        return (k_step_ % plan_.fragment_buffers * plan_.row_tiles + i) * plan_.a_registers();
    }
    [[nodiscard]] std::uint32_t e_register(std::uint32_t block) const {
        return (k_step_ % plan_.fragment_buffers * plan_.e_blocks + block) * plan_.e_registers();
    }
    [[nodiscard]] std::uint32_t b_register(std::uint32_t group, std::uint32_t half) const {
        const std::uint32_t buffer = k_step_ % plan_.b_buffers;
        return ((buffer * plan_.groups + group) * plan_.b_halves + half) * plan_.b_registers();
    }

    const KernelPlan& plan_;
    std::uint32_t k_step_;
};

// Spreads the other instructions evenly behind the mmas.
void interleave(PtxText& text, const Lines& mmas, const Lines& others) {
    std::size_t done = 0;
    for (std::size_t i = 0; i < mmas.size(); ++i) {
        text.op(mmas[i]);
        for (; done < (i + 1) * others.size() / mmas.size(); ++done) text.op(others[done]);
    }
}

// One slot of instructions for the mmas of each group; what comes too late for the last group goes
// behind it.
struct Schedule {
    explicit Schedule(std::uint32_t groups) : slots(groups + 1) {}

    void add(std::uint32_t slot, const Lines& lines) {
        append(slots[std::min<std::size_t>(slot, slots.size() - 1)], lines);
    }
    // Over the slots [begin, end), the earlier ones first.
    void spread(std::uint32_t begin, std::uint32_t end, const Lines& lines) {
        const std::size_t width = end > begin ? end - begin : 1;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            add(begin + static_cast<std::uint32_t>(i * width / lines.size()), {lines[i]});
        }
    }

    std::vector<Lines> slots;
};

// The fragments of the next k-step. `first` is the first slot in which its stage may be read.
void schedule_fragments(Schedule& schedule, const KernelPlan& plan, std::uint32_t k_step,
                        std::uint32_t first) {
    const KStep current(plan, k_step);
    const KStep next(plan, (k_step + 1) % plan.k_steps);
    const std::uint32_t last = plan.groups - 1;
    const std::uint32_t reuse = plan.b_buffers == 1 ? 1 : 0;
    if (reuse == 1) schedule.add(0, current.load_b(last));
    schedule.spread(first, plan.groups, next.load_a_and_e());
    for (std::uint32_t group = 0; group < plan.groups - reuse; ++group) {
        schedule.add(std::max(first, group + reuse), next.load_b(group));
    }
}

// Moves the fragment addresses to the next stage's slot, the first after the last.
Lines advance_addresses(const KernelPlan& plan) {
    Lines out{
        "add.u32 %read_slot, %read_slot, 1",
        format("setp.eq.u32 %p_read_wrap, %read_slot, {}", plan.tile.stages),
        format("selp.b32 %read_delta, -{}, {}, %p_read_wrap",
               (plan.tile.stages - 1) * plan.stage_bytes, plan.stage_bytes),
        "selp.b32 %read_slot, 0, %read_slot, %p_read_wrap",
    };
    for (std::uint32_t i = 0; i < plan.a_addresses(); ++i) {
        out.push_back(format("add.u32 %a_addr{0}, %a_addr{0}, %read_delta", i));
    }
    if (plan.sparse()) out.push_back("add.u32 %e_addr, %e_addr, %read_delta");
    for (std::uint32_t i = 0; i < plan.b_addresses(); ++i) {
        out.push_back(format("add.u32 %b_addr{0}, %b_addr{0}, %read_delta", i));
    }
    return out;
}

void write_stage_wait(PtxText& text, const KernelPlan& plan) {
    text.op(format("cp.async.wait_group {}", plan.tile.stages - 2));
    text.op("bar.sync 0");
}

void write_first_fragments(PtxText& text, const KernelPlan& plan) {
    text.section("Fragments of the first k-step");
    write_stage_wait(text, plan);
    if (plan.fragment_buffers == 1) return;
    const KStep first(plan, 0);
    text.ops(first.load_a_and_e());
    const std::uint32_t loaded = plan.b_buffers == 1 ? plan.groups - 1 : plan.groups;
    for (std::uint32_t group = 0; group < loaded; ++group) {
        text.ops(first.load_b(group));
    }
}

}  // namespace

void write_main_loop(PtxText& text, const KernelPlan& plan) {
    write_first_fragments(text, plan);
    text.section("Main loop: one stage a trip");
    text.op("mov.u32 %read_slot, 0");
    text.ops(copy_predicates(plan));
    text.label("LOOP");
    text.op("@%p_last bra LAST_TILE");
    text.label("LOOP_BODY");

    // The copies end before the last k-step's wait, which covers them; behind it the scalars of the
    // next trip are made ready.
    const Lines copies = copy_instructions(plan);
    const std::size_t copy_slots = (plan.k_steps - 1) * plan.groups + 1;
    for (std::uint32_t k_step = 0; k_step < plan.k_steps; ++k_step) {
        const bool last_step = k_step + 1 == plan.k_steps;
        Schedule schedule(plan.groups);
        if (plan.fragment_buffers == 1) {
            const KStep current(plan, k_step);
            text.ops(current.load_a_and_e());
            for (std::uint32_t group = 0; group < plan.groups; ++group) {
                text.ops(current.load_b(group));
            }
        } else {
            schedule_fragments(schedule, plan, k_step, last_step ? 1 : 0);
        }
        for (std::uint32_t group = 0; group < plan.groups; ++group) {
            const std::size_t slot = std::size_t{k_step} * plan.groups + group;
            if (slot >= copy_slots) continue;
            const auto position = [&](std::size_t s) {
                return copies.begin() + static_cast<std::ptrdiff_t>(s * copies.size() / copy_slots);
            };
            schedule.add(group, Lines(position(slot), position(slot + 1)));
        }
        if (last_step) {
            schedule.add(0, advance_addresses(plan));
            Lines scalars = copy_advance(plan);
            append(scalars, copy_predicates(plan));
            append(scalars, {"sub.u32 %k_tiles, %k_tiles, 1", "setp.ne.u32 %p0, %k_tiles, 0"});
            schedule.spread(1, plan.groups, scalars);
        }
        for (std::uint32_t group = 0; group < plan.groups; ++group) {
            text.comment(format("k-step {}, columns {} to {} of the warp", k_step, group * 16,
                                group * 16 + 15));
            interleave(text, KStep(plan, k_step).mmas(group), schedule.slots[group]);
            if (last_step && group == 0) {
                text.comment("the next stage has landed for every thread");
                write_stage_wait(text, plan);
            }
        }
        text.ops(schedule.slots[plan.groups]);
    }
    text.op("@%p0 bra LOOP");
}

}  // namespace sptc::gemm
