#pragma once

namespace CLI {
class App;
}

namespace sptc::commands {

/// The verbs of `sptc probe` that ask for time: one a row of timing::timing_probes().
void add_timing_probes(CLI::App& probe_verb);

}  // namespace sptc::commands
