#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "traces/probe/probe.hpp"

namespace sptc::probe {

/// A product of a case: stored element `stored` of A, and the B value that it meets.
struct Term {
    int stored;
    std::uint64_t a;
    std::uint64_t b;
};

/// A sum whose result is of interest. All other products are +0 * +0.
struct Case {
    std::string label;
    std::vector<Term> terms;
    std::uint64_t c = 0;
    /// Results that do not come from the reference: hypothesis and bits of D.
    std::vector<std::pair<std::string_view, std::uint64_t>> stated{};
};

/// Writes cases into the rows of instructions: a row of A and of C is a case, and all columns are
/// alike, so every element of D answers. Cases with the same B values share an instruction; the
/// metadata of an instruction are the same in all rows and differ from chunk to chunk. B values
/// that no index names are zero.
class CaseSheet {
  public:
    /// Both must outlive the sheet.
    CaseSheet(const isa::Architecture& architecture, NumericsProbe& probe)
        : architecture_(architecture), probe_(probe) {}

    void add(const Case& one);

    /// Adds a hypothesis: what the cases state for it, elsewhere what the reference gives.
    void add_hypothesis(std::string_view name, std::string statement);

  private:
    void begin_instruction(const std::vector<std::uint64_t>& b);

    /// Instruction and row.
    using Place = std::pair<std::size_t, int>;

    const isa::Architecture& architecture_;
    NumericsProbe& probe_;
    std::vector<std::uint64_t> b_;  ///< of the current instruction, by stored element
    int rows_used_ = 0;
    std::map<std::string_view, std::map<Place, std::uint64_t>> stated_;
};

}  // namespace sptc::probe
