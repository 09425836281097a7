#include "sim/commands/numerics_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "models/isa/dot_rule.hpp"

namespace sptc::commands {

void NumericsOptions::add_to(CLI::App& verb) {
    verb.add_option("--metadata", metadata,
                    "What an illegal metadata code does: strict (an error) or hardware (two "
                    "selects, as the mux takes them)")
        ->capture_default_str();
    std::string names;
    for (const isa::PartitionRow& row : isa::partitions()) {
        names += fmt::format("; {}: {}", row.name, row.note);
    }
    verb.add_option(
            "--sparse-groups", partition,
            "How mma.sp groups its products, which no vendor documents (default H1)" + names)
        ->type_name("H1..H5");
}

void NumericsOptions::apply(tensor_core::TensorCoreSpec& spec) const {
    spec.metadata_mode = isa::parse_metadata_mode(metadata);
    if (!partition.empty()) spec.partition = isa::parse_partition(partition);
}

}  // namespace sptc::commands
