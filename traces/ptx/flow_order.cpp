#include "traces/ptx/flow_order.hpp"

#include <algorithm>
#include <utility>

#include "traces/ptx/flow_graph.hpp"

namespace sptc::ptx {
namespace {

using Blocks = std::vector<std::uint32_t>;

/// Loops nested deeper are ordered as if they were none: lanes may then meet later.
constexpr std::uint32_t kMaximumNesting = 200;

/// Does a loop with this op possibly wait for another thread?
bool waits_for_others(const std::string& text) {
    for (const char* word : {"atom", "ld.volatile", "ld.relaxed", "ld.acquire", "ld.mmio",
                             "nanosleep", "test_wait", "try_wait", ".cv"}) {
        if (text.find(word) != std::string::npos) return true;
    }
    return false;
}

/// Do the lanes of a warp work together in this op?
bool gathers(const std::string& text) {
    for (const char* word : {"bar.", "barrier.", "mma.", "wmma.", "ldmatrix", "stmatrix",
                             "movmatrix", "shfl.", "vote.", "match.", "redux.", "elect."}) {
        if (text.starts_with(word)) return true;
    }
    return false;
}

class FlowOrder {
  public:
    explicit FlowOrder(Program& program)
        : program_(program), blocks_(find_basic_blocks(program)), numbers_(blocks_.size()) {
        program_.flow.assign(program_.ops.size(), {});
        for (std::size_t i = 0; i < program_.ops.size(); ++i) {
            waits_.push_back(waits_for_others(program_.texts[i]));
            program_.flow[i].gathers = gathers(program_.texts[i]);
            const Op& op = program_.ops[i];
            program_.flow[i].ends = op.control == Control::kExit && op.guard < 0;
        }
    }

    void run() {
        for (std::size_t begin = 0; begin < blocks_.size();) {
            std::size_t end = begin;
            while (end < blocks_.size() && function_of(end) == function_of(begin)) ++end;
            Blocks all;
            for (std::size_t i = begin; i < end; ++i) all.push_back(static_cast<std::uint32_t>(i));
            place(all, 0);
            begin = end;
        }
    }

  private:
    struct Number {
        std::uint32_t region = 0;  ///< the set that is being ordered; 0: none
        std::uint32_t index = 0;   ///< of Tarjan's search, from 1; 0: not seen
        std::uint32_t low = 0;
        bool open = false;
    };

    [[nodiscard]] std::size_t function_of(std::size_t block) const {
        const auto after = std::upper_bound(
            program_.functions.begin(), program_.functions.end(), blocks_[block].begin,
            [](std::uint32_t op, const FunctionInfo& function) { return op < function.begin; });
        return static_cast<std::size_t>(after - program_.functions.begin());
    }

    /// Orders a set of blocks whose first one is where it is entered; edges to that one do not
    /// count when it is a loop head.
    void place(const Blocks& set, std::uint32_t nesting, std::uint32_t head = UINT32_MAX) {
        for (const Blocks& component : components(set, head)) {
            if (component.size() == 1 && !loops_to_itself(component[0], head)) {
                place_block(component[0]);
                continue;
            }
            place_loop(component, nesting);
        }
    }

    void place_loop(const Blocks& component, std::uint32_t nesting) {
        if (nesting >= kMaximumNesting) {
            for (const std::uint32_t block : component) place_block(block);
            return;
        }
        // The head is the block through which the loop is entered: the first one in the search.
        const std::uint32_t head = component.front();
        place_block(head);
        Blocks rest(component.begin() + 1, component.end());
        std::sort(rest.begin(), rest.end());
        if (!rest.empty()) place(rest, nesting + 1, head);
        FlowPoint& point = program_.flow[blocks_[head].begin];
        point.latch = ++next_;
        for (const std::uint32_t block : component) {
            for (std::uint32_t i = blocks_[block].begin; i < blocks_[block].end; ++i) {
                point.spins = point.spins || waits_[i];
            }
        }
    }

    void place_block(std::uint32_t block) {
        for (std::uint32_t i = blocks_[block].begin; i < blocks_[block].end; ++i) {
            program_.flow[i].order = ++next_;
        }
    }

    [[nodiscard]] bool loops_to_itself(std::uint32_t block, std::uint32_t head) const {
        const Blocks& next = blocks_[block].successors;
        return block != head && std::find(next.begin(), next.end(), block) != next.end();
    }

    /// The strongly connected components of a set in topological order (Tarjan 1972, with its own
    /// stack); the block at which the search entered a component is its first one.
    std::vector<Blocks> components(const Blocks& set, std::uint32_t head) {
        const std::uint32_t region = ++regions_;
        for (const std::uint32_t block : set) numbers_[block] = {region, 0, 0, false};
        std::vector<Blocks> found;
        std::uint32_t counter = 0;
        Blocks open;
        std::vector<std::pair<std::uint32_t, std::size_t>> path;  // block, next successor
        const auto enter = [&](std::uint32_t block) {
            numbers_[block].index = numbers_[block].low = ++counter;
            numbers_[block].open = true;
            open.push_back(block);
            path.emplace_back(block, 0);
        };
        Blocks roots;  // a loop is entered from its head
        if (head != UINT32_MAX) roots = blocks_[head].successors;
        roots.insert(roots.end(), set.begin(), set.end());
        for (const std::uint32_t root : roots) {
            if (numbers_[root].region != region || numbers_[root].index != 0) continue;
            enter(root);
            while (!path.empty()) {
                const std::uint32_t block = path.back().first;
                const Blocks& successors = blocks_[block].successors;
                if (path.back().second < successors.size()) {
                    const std::uint32_t next = successors[path.back().second++];
                    Number& number = numbers_[next];
                    if (number.region != region || next == head) continue;
                    if (number.index == 0) {
                        enter(next);
                    } else if (number.open) {
                        numbers_[block].low = std::min(numbers_[block].low, number.index);
                    }
                    continue;
                }
                path.pop_back();
                if (!path.empty()) {
                    Number& parent = numbers_[path.back().first];
                    parent.low = std::min(parent.low, numbers_[block].low);
                }
                if (numbers_[block].low == numbers_[block].index) {
                    found.push_back(close(open, block));
                }
            }
        }
        std::reverse(found.begin(), found.end());
        return found;
    }

    /// Takes a complete component, which begins with `first`, from the open blocks.
    Blocks close(Blocks& open, std::uint32_t first) {
        const auto begin = std::find(open.rbegin(), open.rend(), first).base() - 1;
        Blocks component(begin, open.end());
        for (const std::uint32_t block : component) numbers_[block].open = false;
        open.erase(begin, open.end());
        return component;
    }

    Program& program_;
    std::vector<BasicBlock> blocks_;
    std::vector<Number> numbers_;
    std::vector<bool> waits_;  ///< by op
    std::uint32_t regions_ = 0;
    std::uint32_t next_ = 0;
};

}  // namespace

void order_flow(Program& program) { FlowOrder(program).run(); }

}  // namespace sptc::ptx
