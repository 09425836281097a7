#pragma once
#include <string>

#include "models/tensor_core/tensor_core_spec.hpp"

namespace CLI {
class App;
}

namespace sptc::commands {

/// What a verb that computes values lets its user choose about the arithmetic.
struct NumericsOptions {
    std::string metadata = "strict";
    std::string partition;  ///< empty: the default of isa

    void add_to(CLI::App& verb);
    /// Throws ConfigError for unknown names.
    void apply(tensor_core::TensorCoreSpec& spec) const;
};

}  // namespace sptc::commands
