#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "traces/probe/probe.hpp"
#include "traces/probe/random_probes.hpp"

namespace sptc::probe {

/// A row of the table of questions: P1 to P12 and P14 of the numerics campaign (docs/probes.md).
struct ProbeRow {
    std::string_view id;
    std::string_view title;
    std::string_view question;
    /// True when nothing is predicted: the hypothesis says what the simulator does.
    bool observation;
};
[[nodiscard]] std::span<const ProbeRow> probe_rows();

struct CampaignOptions {
    std::uint64_t seed = 1;
    std::uint32_t instructions = 256;  ///< of each form in the random probes P12 and P14
    std::vector<std::string> only;     ///< ids; empty: all
};

/// A probe that can be made: a question to one kernel, or a part of it.
struct ProbePlan {
    const ProbeRow* row;
    const isa::Architecture* architecture;
    ProbeKernel kernel;
    RandomPart part;   ///< of the random probes
    std::string name;  ///< "P1_mma_sp_..._s0"; of several parts "..._part3"
};

/// Every probe for the forms of an architecture. Throws ConfigError when an id is unknown.
[[nodiscard]] std::vector<ProbePlan> plan_campaign(const isa::Architecture& architecture,
                                                   const CampaignOptions& options);

[[nodiscard]] NumericsProbe make_probe(const ProbePlan& plan);

}  // namespace sptc::probe
