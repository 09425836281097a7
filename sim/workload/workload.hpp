#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::workload {

/// One matrix multiplication of a network, D [M x N] = A [M x K] . B [K x N], with A its weights.
/// Convolutions are implicit GEMMs: M output channels, N output positions of the batch, K inputs of
/// one position.
struct Layer {
    std::string name;
    std::uint64_t count = 1;  ///< how often the network runs it
    std::uint32_t m = 0;
    std::uint32_t n = 0;
    std::uint32_t k = 0;
    bool weights = true;             ///< false: both operands are activations
    bool first_convolution = false;  ///< few input channels: pruning recipes leave it alone
};

/// The matrix multiplications of one network (docs/workload_format.md).
struct Workload {
    std::string name;
    std::string description;
    std::string source;                               ///< where the extents come from
    std::map<std::string, std::uint32_t> parameters;  ///< as used
    std::vector<Layer> layers;
};

/// The workloads that are built into the program, by name.
[[nodiscard]] std::vector<std::string> workload_names();

/// A built-in workload by name ("bert-large") or one's own by path ("net.json"), with some of its
/// parameters set. Unknown names, parameters and keys, and extents that are no numbers from 1 to
/// 2^31 - 1, are a ConfigError that names file and JSON pointer and lists what is legal.
[[nodiscard]] Workload load_workload(std::string_view name_or_path,
                                     const std::map<std::string, std::uint32_t>& parameters);

}  // namespace sptc::workload
