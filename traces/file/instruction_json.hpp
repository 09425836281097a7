#pragma once
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "traces/file/instruction_table.hpp"

namespace sptc::trace_file {

/// One entry of a table; what is 0 or empty is left out.
[[nodiscard]] nlohmann::ordered_json instruction_json(const InstructionTable& table,
                                                      std::size_t index);

/// The mma forms by their PTX names.
using MmaFormNames = std::map<std::string, const isa::MmaForm*>;
[[nodiscard]] MmaFormNames mma_form_names();

/// Adds what instruction_json() wrote to a table. Throws Malformed with the JSON pointer, also for
/// what no decoder of a kernel makes: the timing model relies on it.
void add_instruction(const nlohmann::json& json, const std::string& pointer,
                     std::uint32_t scoreboard_registers, const MmaFormNames& forms,
                     InstructionTable& table);

}  // namespace sptc::trace_file
