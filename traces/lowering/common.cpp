// Common subexpressions: what was computed before from the same sources is not computed again.
#include <algorithm>
#include <map>

#include "traces/lowering/flow.hpp"
#include "traces/lowering/passes.hpp"

namespace sptc::lowering {
namespace {

class Sharing {
  public:
    explicit Sharing(Code& code) : code_(code), uses_(code), dominators_(find_dominators(code)) {}

    void run() {
        for (std::uint32_t b = 0; b < code_.blocks.size(); ++b) {
            for (std::uint32_t i = 0; i < code_.blocks[b].ops.size(); ++i) visit({b, i});
        }
    }

  private:
    /// What decides the result of a pure operation: how it is computed, and from what.
    using Key = std::vector<std::int64_t>;

    [[nodiscard]] CodeOp& at(const Place& place) {
        return code_.blocks[place.block].ops[place.index];
    }

    [[nodiscard]] bool precedes(const Place& a, const Place& b) const {
        return a.block == b.block ? a.index < b.index : dominators_[b.block].contains(a.block);
    }

    static Key key_of(const CodeOp& op) {
        Key key{reinterpret_cast<std::intptr_t>(op.op.handler),
                op.op.modifier,
                op.op.bytes,
                static_cast<std::int64_t>(op.op.space),
                op.op.address.base,
                op.op.address.offset};
        for (const CodeOperand& operand : op.operands) {
            key.push_back(operand.role.write ? static_cast<std::int64_t>(operand.role.width)
                                             : operand.value);
        }
        return key;
    }

    /// Is every source written once, before this place? Then it has the same value wherever the
    /// same sources are read under the place's dominance.
    [[nodiscard]] bool has_fixed_sources(const CodeOp& op, const Place& place) const {
        return std::all_of(op.reads.begin(), op.reads.end(), [&](isa::RegisterId id) {
            const std::vector<Place>& writers = uses_.writers[id];
            return writers.empty() || (writers.size() == 1 && precedes(writers[0], place));
        });
    }

    void visit(const Place& place) {
        const CodeOp& op = at(place);
        if (op.guarded() || !is_pure(op) || op.writes.size() != 1) return;
        const isa::RegisterId id = op.writes[0];
        const bool predicate = code_.registers[id].width == Width::kPredicate;
        if (predicate || uses_.writers[id].size() != 1 || !has_fixed_sources(op, place)) return;
        std::vector<Place>& earlier = computed_[key_of(op)];
        for (const Place& first : earlier) {
            if (precedes(first, place) && replace(place, at(first).writes[0])) return;
        }
        earlier.push_back(place);
    }

    bool replace(const Place& place, isa::RegisterId by) {
        const isa::RegisterId id = at(place).writes[0];
        const std::vector<Place> readers = uses_.readers[id];
        const bool all = std::all_of(readers.begin(), readers.end(), [&](const Place& reader) {
            return precedes(place, reader) && at(reader).op.guard != static_cast<std::int32_t>(id);
        });
        if (!all) return false;
        for (const Place& reader : readers) {
            replace_read(at(reader), id, {by, {code_.registers[id].width, false, true}});
            uses_.readers[by].push_back(reader);
        }
        uses_.readers[id].clear();
        return true;
    }

    Code& code_;
    Uses uses_;
    std::vector<RegisterSet> dominators_;
    std::map<Key, std::vector<Place>> computed_;
};

}  // namespace

void share_common(Code& code) {
    Sharing(code).run();
    remove_dead_code(code);
}

}  // namespace sptc::lowering
