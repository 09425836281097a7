#include "traces/ptx/bind_arguments.hpp"

#include <fmt/format.h>

#include <cstring>
#include <variant>

#include "models/base/error.hpp"
#include "traces/launch/argument.hpp"

namespace sptc::ptx {
namespace {

void require_kind(const launch::Argument& argument, const Parameter& parameter,
                  const std::string& where) {
    if (std::holds_alternative<launch::StructArgument>(argument)) return;
    if (parameter.array) {
        throw base::ConfigError(
            fmt::format("{} is an array of {} bytes, found {}: expected {{\"bytes\": HEX, "
                        "\"pointers\": [...]}}",
                        where, parameter.bytes, launch::argument_kind(argument)));
    }
    if (std::holds_alternative<launch::BufferArgument>(argument) && parameter.bytes != 8) {
        throw base::ConfigError(fmt::format("{} has type {}, but a buffer's address needs 64 bits",
                                            where, parameter.type));
    }
}

std::string parameter_type(const Parameter& parameter) {
    return parameter.array ? fmt::format("is an array of {} bytes", parameter.bytes)
                           : fmt::format("has type {}", parameter.type);
}

}  // namespace

std::vector<std::byte> bind_arguments(const Program& program, const launch::KernelLaunch& launch,
                                      const launch::DeviceMemory& memory) {
    const std::size_t expected = program.parameters.size();
    if (launch.arguments.size() != expected) {
        throw base::ConfigError(fmt::format("launch of '{}': {} arguments, expected {}",
                                            program.entry, launch.arguments.size(), expected));
    }
    const auto address_of = [&memory](const std::string& name) { return memory.address(name); };
    std::vector<std::byte> space(program.parameter_bytes);
    for (std::size_t i = 0; i < expected; ++i) {
        const Parameter& parameter = program.parameters[i];
        const launch::Argument& argument = launch.arguments[i];
        const std::string where =
            fmt::format("launch of '{}': parameter {} ('{}')", program.entry, i, parameter.name);
        require_kind(argument, parameter, where);
        const std::vector<std::byte> bytes = launch::argument_bytes(argument, address_of);
        if (bytes.size() != parameter.bytes) {
            throw base::ConfigError(fmt::format("{} {}, found {}", where, parameter_type(parameter),
                                                launch::argument_kind(argument)));
        }
        std::memcpy(space.data() + parameter.offset, bytes.data(), bytes.size());
    }
    return space;
}

}  // namespace sptc::ptx
