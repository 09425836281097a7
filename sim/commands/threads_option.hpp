#pragma once
#include <string>

#include "models/gpu/gpu.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// --threads N, or by another name.
struct ThreadsOption {
    unsigned threads = 1;

    void add_to(CLI::App& verb, const std::string& name = "--threads");
    void apply(gpu::RunOptions& options) const { options.threads = threads; }
};

}  // namespace sptc::commands
