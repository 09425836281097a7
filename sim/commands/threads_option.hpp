#pragma once
#include "models/gpu/gpu.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// --threads N.
struct ThreadsOption {
    unsigned threads = 1;

    void add_to(CLI::App& verb);
    void apply(gpu::RunOptions& options) const { options.threads = threads; }
};

}  // namespace sptc::commands
