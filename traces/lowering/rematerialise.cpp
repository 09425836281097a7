#include <algorithm>
#include <map>
#include <optional>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

/// The longest chain that is computed again rather than kept through a loop (assumed).
constexpr std::size_t kLongestChain = 16;

/// Blocks [begin, end] of a loop: the program's order keeps them together.
struct Loop {
    std::uint32_t begin;
    std::uint32_t end;
};

class Rematerialiser {
  public:
    explicit Rematerialiser(Code& code)
        : code_(code), uses_(code), dominators_(find_dominators(code)) {}

    void run() {
        for (const Loop& loop : outer_loops()) {
            const auto registers = static_cast<isa::RegisterId>(uses_.writers.size());
            for (isa::RegisterId id = 0; id < registers; ++id) consider(loop, id);
        }
        insert();
    }

  private:
    std::vector<Loop> outer_loops() const {
        std::vector<Loop> loops;
        for (std::uint32_t b = 0; b < code_.blocks.size(); ++b) {
            for (const std::uint32_t to : code_.blocks[b].successors) {
                if (to <= b && dominators_[b].contains(to)) loops.push_back({to, b});
            }
        }
        return loops;
    }

    [[nodiscard]] const CodeOp& writer(isa::RegisterId id) const {
        const Place& place = uses_.writers[id].front();
        return code_.blocks[place.block].ops[place.index];
    }

    /// Does every way to `b` go through `a`?
    [[nodiscard]] bool precedes(const Place& a, const Place& b) const {
        return a.block == b.block ? a.index < b.index : dominators_[b.block].contains(a.block);
    }

    /// The operations that compute a register from parameters and special registers, sources first.
    /// A value that a loop makes of itself is never found: `depth` ends the search.
    bool collect(isa::RegisterId id, std::vector<isa::RegisterId>& chain,
                 std::size_t depth = 0) const {
        if (uses_.writers[id].empty()) return true;
        if (std::find(chain.begin(), chain.end(), id) != chain.end()) return true;
        if (uses_.writers[id].size() != 1 || depth >= kLongestChain) return false;
        const CodeOp& op = writer(id);
        if (op.guarded() || !is_pure(op) || op.writes.size() != 1) return false;
        const Place& at = uses_.writers[id].front();
        for (const isa::RegisterId source : op.reads) {
            if (source >= uses_.writers.size()) return false;  // of an earlier chain
            // A source that is written later was still zero here.
            if (!uses_.writers[source].empty() && !precedes(uses_.writers[source].front(), at)) {
                return false;
            }
            if (!collect(source, chain, depth + 1)) return false;
        }
        chain.push_back(id);
        return chain.size() <= kLongestChain;
    }

    void consider(const Loop& loop, isa::RegisterId id) {
        if (uses_.writers[id].size() != 1 || code_.registers[id].width == Width::kPredicate) return;
        const Place& place = uses_.writers[id].front();
        if (place.block >= loop.begin) return;
        std::vector<Place> after;
        for (const Place& reader : uses_.readers[id]) {
            if (reader.block >= loop.begin && reader.block <= loop.end) return;
            if (reader.block > loop.end) after.push_back(reader);
        }
        if (after.empty()) return;
        std::vector<isa::RegisterId> chain;
        if (!collect(id, chain)) return;
        const std::optional<std::uint32_t> target = first_common(loop, place.block, after);
        if (!target) return;
        const isa::RegisterId copy = copy_chain(*target, chain);
        for (const Place& reader : after) {
            CodeOp& op = code_.blocks[reader.block].ops[reader.index];
            const OperandRole role{code_.registers[id].width, false, true};
            replace_read(op, id, {copy, role});
        }
    }

    /// The first block after the loop through which every way to the readers goes.
    [[nodiscard]] std::optional<std::uint32_t> first_common(const Loop& loop, std::uint32_t from,
                                                            const std::vector<Place>& to) const {
        for (std::uint32_t b = loop.end + 1; b < code_.blocks.size(); ++b) {
            const bool common = std::all_of(to.begin(), to.end(), [&](const Place& reader) {
                return dominators_[reader.block].contains(b);
            });
            if (common && dominators_[b].contains(from)) return b;
        }
        return std::nullopt;
    }

    isa::RegisterId copy_chain(std::uint32_t block, const std::vector<isa::RegisterId>& chain) {
        std::map<isa::RegisterId, isa::RegisterId>& names = copies_[block];
        for (const isa::RegisterId id : chain) {
            if (names.contains(id)) continue;
            CodeOp op = writer(id);
            for (const isa::RegisterId source : std::vector<isa::RegisterId>(op.reads)) {
                const auto found = names.find(source);
                if (found == names.end()) continue;
                const OperandRole role{code_.registers[source].width, false, true};
                replace_read(op, source, {found->second, role});
            }
            const isa::RegisterId copy = code_.new_register(code_.registers[id]);
            for (CodeOperand& operand : op.operands) {
                if (operand.is_register() && operand.role.write) operand.value = copy;
            }
            op.writes = {copy};
            names.emplace(id, copy);
            inserted_[block].push_back(std::move(op));
        }
        return names.at(chain.back());
    }

    void insert() {
        for (auto& [block, ops] : inserted_) {
            std::vector<CodeOp>& all = code_.blocks[block].ops;
            all.insert(all.begin(), ops.begin(), ops.end());
        }
    }

    Code& code_;
    Uses uses_;
    std::vector<RegisterSet> dominators_;
    std::map<std::uint32_t, std::map<isa::RegisterId, isa::RegisterId>> copies_;  ///< by block
    std::map<std::uint32_t, std::vector<CodeOp>> inserted_;
};

}  // namespace

void rematerialise(Code& code) { Rematerialiser(code).run(); }

}  // namespace sptc::lowering
