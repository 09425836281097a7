#include "sim/accelerator/machine_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "sim/run/embedded_configs.hpp"
#include "sim/run/json_section.hpp"

namespace sptc::accelerator {
namespace {

using nlohmann::json;

variant::ActionEnergy read_energy(run::JsonSection section) {
    variant::ActionEnergy energy;
    energy.mac = section.number("mac");
    energy.gated_mac = section.number("gated_mac");
    energy.local_register_access = section.number("local_register_access");
    energy.register_file_read = section.number("register_file_read");
    energy.register_file_write = section.number("register_file_write");
    energy.shared_read_per_bit = section.number("shared_read_per_bit");
    energy.shared_metadata_per_bit = section.number("shared_metadata_per_bit");
    energy.dram_per_bit = section.number("dram_per_bit");
    section.finish();
    return energy;
}

variant::OuterProductSpec read_outer_product(run::JsonSection section) {
    variant::OuterProductSpec outer_product;
    section.read("units_per_queue", outer_product.units_per_queue);
    section.read("accumulated_words_per_cycle", outer_product.accumulated_words_per_cycle);
    section.finish();
    return outer_product;
}

json parsed(std::string_view text, const std::string& file) {
    try {
        return json::parse(text);
    } catch (const json::exception& error) {
        throw base::ConfigError(fmt::format("{}: {}", file, error.what()));
    }
}

}  // namespace

variant::MachineSpec machine_of(const run::GpuDocument& description) {
    const std::string& file = description.file;
    const json document = parsed(description.text, file);
    run::JsonSection root(document, file, "");
    if (root.text("schema") != "sptc.accelerator/1")
        root.fail("/schema", "expected \"sptc.accelerator/1\"");
    variant::MachineSpec spec;
    spec.name = root.text("name");
    spec.description = root.text("description");
    root.read("macs", spec.macs);
    root.read("tile_m", spec.tile_m);
    root.read("tile_n", spec.tile_n);
    root.read("k_step_stored", spec.k_step_stored);
    root.read("shared_words_per_cycle", spec.shared_words_per_cycle);
    root.read("shared_words", spec.shared_words);
    root.read("dram_words_per_cycle", spec.dram_words_per_cycle);
    spec.outer_product = read_outer_product(root.section("outer_product"));
    spec.energy = read_energy(root.section("energy_pj"));
    root.finish();
    variant::validate(spec);
    return spec;
}

run::GpuDocument machine_document(std::string_view name_or_path) {
    const auto compact = [](std::string_view text, std::string file) -> run::GpuDocument {
        return {parsed(text, file).dump(), file};
    };
    std::vector<std::string_view> names;
    for (const run::EmbeddedConfig& config : run::embedded_accelerator_configs()) {
        if (config.name == name_or_path)
            return compact(config.text, fmt::format("configs/accelerator/{}.json", config.name));
        names.push_back(config.name);
    }
    const std::string path(name_or_path);
    if (!path.ends_with(".json"))
        throw base::ConfigError(
            fmt::format("unknown machine '{}': expected one of {}, or a .json file", path,
                        fmt::join(names, ", ")));
    return compact(base::read_text(path), path);
}

variant::MachineSpec load_machine(std::string_view name_or_path) {
    return machine_of(machine_document(name_or_path));
}

}  // namespace sptc::accelerator
