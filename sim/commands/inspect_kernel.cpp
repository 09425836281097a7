#include "sim/commands/inspect_kernel.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/launch/argument.hpp"
#include "traces/launch/check.hpp"
#include "traces/launch/launch.hpp"
#include "traces/lowering/lowering.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/source.hpp"

namespace sptc::commands {
namespace {

/// How often each operation and each mma form stands in a program.
void print_operations(const ptx::Program& program) {
    std::array<std::size_t, static_cast<std::size_t>(isa::Operation::kCount)> counts{};
    std::vector<std::pair<const isa::MmaForm*, std::size_t>> forms;
    for (const isa::Instruction& instruction : program.instructions) {
        ++counts[static_cast<std::size_t>(instruction.operation)];
        if (instruction.mma == nullptr) continue;
        auto found = forms.begin();
        while (found != forms.end() && found->first != instruction.mma) ++found;
        if (found == forms.end()) found = forms.insert(forms.end(), {instruction.mma, 0});
        ++found->second;
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        fmt::print("  {:<18} {:>6}\n", isa::operation_name(static_cast<isa::Operation>(i)),
                   counts[i]);
    }
    for (const auto& [form, count] : forms) fmt::print("  {:>25}  {}\n", count, form->ptx_name());
}

std::string argument_text(const launch::Argument& argument) {
    if (const auto* buffer = std::get_if<launch::BufferArgument>(&argument)) {
        return buffer->offset_bytes == 0
                   ? buffer->buffer
                   : fmt::format("{} + {}", buffer->buffer, buffer->offset_bytes);
    }
    if (std::holds_alternative<launch::StructArgument>(argument)) {
        return launch::argument_kind(argument);
    }
    const auto& scalar = std::get<launch::ScalarArgument>(argument);
    return fmt::format("{} {:#x}", scalar.type, scalar.bits);
}

void print_kernel_launch(const launch::KernelLaunch& launch) {
    fmt::print("entry      {}\n", launch.entry);
    fmt::print("grid       {} x {} x {}\n", launch.grid.x, launch.grid.y, launch.grid.z);
    fmt::print("block      {} x {} x {}\n", launch.block.x, launch.block.y, launch.block.z);
    fmt::print("shared     {} bytes dynamic\n", launch.dynamic_shared_bytes);
    if (launch.registers_per_thread)
        fmt::print("registers  {} per thread\n", *launch.registers_per_thread);
    for (const launch::Argument& argument : launch.arguments)
        fmt::print("argument   {}\n", argument_text(argument));
}

}  // namespace

void inspect_ptx(const std::string& file) {
    const auto program = ptx::load_program(base::read_text(file), file, "");
    fmt::print("kernel         {}\n", program->entry);
    for (const ptx::Parameter& parameter : program->parameters) {
        fmt::print("parameter      {} {} at byte {}\n", parameter.type, parameter.name,
                   parameter.offset);
    }
    fmt::print("registers      {} per thread (estimated from the live values)\n",
               program->estimated_registers);
    fmt::print("shared memory  {} bytes static\n", program->static_shared_bytes);
    fmt::print("operations     {}\n", program->instructions.size());
    print_operations(*program);
}

void inspect_lowered(const std::string& file) {
    const auto program = lowering::lower(ptx::load_program(base::read_text(file), file, ""));
    fmt::print("{}", lowering::lowered_listing(*program));
}

bool is_launch_file(const std::string& file) {
    if (!file.ends_with(".json")) return false;
    try {
        return base::read_text(file).find("\"sptc.launch/") != std::string::npos;
    } catch (const base::ConfigError&) {
        return false;
    }
}

void inspect_launch(const std::string& file) {
    const launch::Launch launch = launch::read_launch(file);
    print_kernel_launch(launch);
    for (const launch::KernelLaunch& kernel : launch.next) print_kernel_launch(kernel);
    for (const launch::Buffer& buffer : launch.buffers) {
        fmt::print("buffer     {}: {} bytes{}{}{}\n", buffer.name, buffer.bytes,
                   buffer.type ? fmt::format(", {}", types::name(*buffer.type)) : "",
                   buffer.dimensions.empty()
                       ? ""
                       : fmt::format(" [{}]", fmt::join(buffer.dimensions, " x ")),
                   buffer.data.empty() ? "" : ", with content");
    }
    fmt::print("outputs    {}\n", fmt::join(launch.outputs, ", "));
    for (const launch::Expectation& expectation : launch.expectations)
        fmt::print("expected   {}: {}, {}\n", expectation.buffer, expectation.file,
                   launch::tolerance_text(expectation.tolerance));
}

}  // namespace sptc::commands
