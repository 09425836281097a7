#include <algorithm>
#include <array>
#include <cstdint>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/operation_name.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

using isa::Operation;

/// What a compiler expects of an operation on sm_80, in cycles. Sources as in
/// configs/gpu/a100-sxm4-40gb.json: Huerta et al. (MICRO 2025), Sun et al. (TPDS 2023), Luo et al.;
/// rounded.
struct Expectation {
    std::uint32_t latency;   ///< until a dependent operation can issue
    std::uint32_t interval;  ///< until the same pipeline takes the next one
};

Expectation expectation(const CodeOp& op) {
    switch (op.instruction.operation) {
        case Operation::kIntegerAlu:
        case Operation::kIntegerMultiply:
        case Operation::kFloat32:
            return {4, 2};
        case Operation::kFloat16:
            return {5, 1};
        case Operation::kFloat64:
            return {8, 4};
        case Operation::kConvert:
            return {6, 2};
        case Operation::kSpecialFunction:
            return {18, 8};
        case Operation::kReadSpecial:
            return {20, 2};
        case Operation::kLoadShared:
            return {23, 4};
        case Operation::kLoadMatrix:
            return {29, 4};
        case Operation::kLoadGlobal:
            return {200, 4};
        case Operation::kStoreGlobal:
        case Operation::kStoreShared:
        case Operation::kAsyncCopy:
            return {1, 4};
        case Operation::kMma:
            return {25, 8};
        default:
            return {1, 1};
    }
}

/// Of the operations still to come, how many are looked at: the first window whose order does not
/// need too many registers is taken.
constexpr std::size_t kWindows[] = {8, 4, 2};

/// What an order may need beyond the program's own (fitted: `ptxas -v` of
/// generated GEMMs, the kernels that the test compares too).
constexpr std::uint32_t kMoreRegisters = 8;

bool is_load(Operation operation) {
    return operation == Operation::kLoadGlobal || operation == Operation::kLoadShared ||
           operation == Operation::kLoadMatrix;
}

/// Nothing passes it: barriers, fences, clocks, atomics, control, and whatever is not known here.
bool is_wall(const CodeOp& op) {
    if (first_word(op.name) == "mbarrier") return true;
    for (const std::string_view word :
         {"volatile", "relaxed", "acquire", "release", "mmio", "cv"}) {
        if (has_word(op.name, word)) return true;
    }
    if (op.op.control != Control::kNext) return true;
    if (op.machine == kNop) return false;  // only memory operations stay on their side of it
    switch (op.instruction.operation) {
        case Operation::kStoreGlobal:
        case Operation::kStoreShared:
        case Operation::kAsyncCopy:
        case Operation::kMma:
            return false;
        default:
            // Pure operations and the extra ones of expansions, which execute nothing.
            return !is_load(op.instruction.operation) && !op.timing && !is_pure(op);
    }
}

/// Must other memory operations stay before or behind it?
bool orders_memory(const CodeOp& op) {
    const Operation operation = op.instruction.operation;
    return operation == Operation::kStoreGlobal || operation == Operation::kStoreShared ||
           operation == Operation::kAsyncCopy || op.machine == kNop;
}

/// Numbers of the operations of a block in the order in which they run.
using Order = std::vector<std::size_t>;

/// Orders one block. The block must not change but by apply() and undo().
class BlockScheduler {
  public:
    BlockScheduler(std::vector<CodeOp>& ops, std::size_t registers) : ops_(ops) {
        successors_.resize(ops.size());
        waits_.assign(ops.size(), 0);
        find_dependences(registers);
    }

    void apply(std::size_t window) {
        order_ = choose_order(window);
        std::vector<CodeOp> ordered;
        ordered.reserve(ops_.size());
        for (const std::size_t i : order_) ordered.push_back(std::move(ops_[i]));
        ops_ = std::move(ordered);
    }

    /// Back to program order.
    void undo() {
        std::vector<CodeOp> original(ops_.size());
        for (std::size_t i = 0; i < order_.size(); ++i) original[order_[i]] = std::move(ops_[i]);
        ops_ = std::move(original);
    }

  private:
    struct Edge {
        std::size_t to;
        std::uint32_t latency;
    };

    void depend(std::size_t from, std::size_t to, std::uint32_t latency) {
        successors_[from].push_back({to, latency});
        ++waits_[to];
    }

    void find_dependences(std::size_t registers) {
        constexpr std::size_t kNobody = SIZE_MAX;
        std::vector<std::size_t> writer(registers, kNobody);
        std::vector<std::vector<std::size_t>> readers(registers);
        std::vector<std::size_t> since_wall;
        std::vector<std::size_t> memory;
        std::size_t wall = ops_.size();
        for (std::size_t i = 0; i < ops_.size(); ++i) {
            const CodeOp& op = ops_[i];
            const auto after_writer = [&](isa::RegisterId id) {
                if (writer[id] == kNobody) return;
                depend(writer[id], i, expectation(ops_[writer[id]]).latency);
            };
            for (const isa::RegisterId id : op.reads) after_writer(id);
            for (const isa::RegisterId id : op.writes) {
                after_writer(id);
                for (const std::size_t reader : readers[id]) {
                    if (reader != i) depend(reader, i, 1);
                }
            }
            for (const isa::RegisterId id : op.reads) readers[id].push_back(i);
            for (const isa::RegisterId id : op.writes) {
                writer[id] = i;
                readers[id].clear();
            }
            // Loads pass loads; everything else in memory keeps its order.
            if (isa::is_memory(op.instruction.operation) || op.machine == kNop) {
                for (const std::size_t other : memory) {
                    if (orders_memory(op) || orders_memory(ops_[other])) depend(other, i, 1);
                }
                memory.push_back(i);
            }
            if (wall < ops_.size()) depend(wall, i, 1);
            if (!is_wall(op)) {
                since_wall.push_back(i);
                continue;
            }
            for (const std::size_t other : since_wall) depend(other, i, 1);
            since_wall.clear();
            memory.clear();
            wall = i;
        }
    }

    /// One operation a cycle: the first in program order that could issue now, else the one that
    /// can soonest.
    [[nodiscard]] Order choose_order(std::size_t window) const {
        std::vector<std::uint32_t> waits = waits_;
        std::vector<std::uint64_t> ready(ops_.size(), 0);
        std::array<std::uint64_t, static_cast<std::size_t>(Operation::kCount)> pipeline_free{};
        const auto free = [&](std::size_t i) -> std::uint64_t& {
            return pipeline_free[static_cast<std::size_t>(ops_[i].instruction.operation)];
        };
        std::vector<bool> done(ops_.size(), false);
        std::size_t first = 0;
        std::uint64_t now = 0;
        Order order;
        order.reserve(ops_.size());
        while (order.size() < ops_.size()) {
            while (done[first]) ++first;
            std::size_t best = ops_.size();
            std::uint64_t best_cycle = UINT64_MAX;
            std::size_t seen = 0;
            for (std::size_t i = first; i < ops_.size() && seen < window; ++i) {
                if (done[i]) continue;
                ++seen;
                if (waits[i] != 0) continue;
                const std::uint64_t cycle = std::max({now, ready[i], free(i)});
                if (cycle >= best_cycle) continue;
                best = i;
                best_cycle = cycle;
            }
            done[best] = true;
            order.push_back(best);
            free(best) = best_cycle + expectation(ops_[best]).interval;
            for (const Edge& edge : successors_[best]) {
                --waits[edge.to];
                ready[edge.to] = std::max(ready[edge.to], best_cycle + edge.latency);
            }
            now = best_cycle + 1;
        }
        return order;
    }

    std::vector<CodeOp>& ops_;
    std::vector<std::vector<Edge>> successors_;
    std::vector<std::uint32_t> waits_;  ///< operations that each one waits for
    Order order_;
};

}  // namespace

void schedule_blocks(Code& code, const std::vector<bool>& uniform) {
    count_registers(code, uniform);
    const std::uint32_t most = code.register_count + kMoreRegisters;
    std::vector<BlockScheduler> schedulers;
    for (CodeBlock& block : code.blocks) {
        if (block.ops.size() > 1) schedulers.emplace_back(block.ops, code.registers.size());
    }
    for (const std::size_t window : kWindows) {
        for (BlockScheduler& scheduler : schedulers) scheduler.apply(window);
        count_registers(code, uniform);
        if (code.register_count <= most) return;
        for (BlockScheduler& scheduler : schedulers) scheduler.undo();
    }
    count_registers(code, uniform);
}

}  // namespace sptc::lowering
