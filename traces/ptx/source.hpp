#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "models/isa/architecture.hpp"
#include "models/isa/instruction_source.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::ptx {

class Observer;
class PrintBuffer;
class Program;

/// Parses PTX text and flattens one entry. `file` is used in messages. An empty `entry` takes the
/// only one. Throws KernelError "file:line:column: ..." for anything malformed or unsupported.
[[nodiscard]] std::shared_ptr<const Program> load_program(std::string_view text,
                                                          std::string_view file,
                                                          std::string_view entry);

/// Throws KernelError "file:line: ..." when the program has an mma form that the architecture
/// lacks; the message lists what it has.
void require_forms(const Program& program, const isa::Architecture& architecture);

/// Executes a program warp by warp as the simulator asks for it. With Values::kOff only the
/// backward slice of addresses, predicates and branches is executed. `memory` must outlive the
/// source. `sm_count` is what %nsmid reads; `printed` takes what the kernel prints with values on,
/// unless it is null; `observer`, which needs values on, sees every CTA, unless it is null. Throws
/// ConfigError when the arguments do not fit the parameters, and KernelError with its line when
/// values are off but decide an address, a predicate or a branch.
[[nodiscard]] std::unique_ptr<isa::InstructionSource> make_source(
    std::shared_ptr<const Program> program, const launch::Launch& launch,
    launch::DeviceMemory& memory, launch::Values values, std::uint32_t sm_count = 1,
    PrintBuffer* printed = nullptr, Observer* observer = nullptr);

}  // namespace sptc::ptx
