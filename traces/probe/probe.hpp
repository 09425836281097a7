#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "traces/probe/kernel_text.hpp"
#include "traces/probe/operands.hpp"

namespace sptc::probe {

/// One answer that the hardware may give: D [matrices x M x N], packed, of every instruction.
struct Hypothesis {
    std::string name;       ///< "H1", "F=24", "clamps once"
    std::string statement;  ///< what would be true
    std::function<std::vector<std::byte>(std::size_t instruction, const Operands&)> predict;
};

/// What the arithmetic of an architecture, perhaps with one parameter changed, gives.
[[nodiscard]] Hypothesis by_reference(std::string name, std::string statement,
                                      const isa::MmaForm& form,
                                      const isa::Architecture& architecture,
                                      isa::Partition partition = isa::kDefaultPartition);

/// What a row of an instruction asks, in words.
struct CaseLabel {
    std::size_t instruction;
    int row;  ///< of all matrices together
    std::string text;
};

/// A question to the hardware about one kernel: instructions, and what each hypothesis says that
/// they give. No two hypotheses need to differ on every architecture.
struct NumericsProbe {
    ProbeKernel kernel;
    std::vector<Operands> instructions;
    std::vector<CaseLabel> cases;  ///< ascending; may be empty
    std::vector<Hypothesis> hypotheses;
};

}  // namespace sptc::probe
