#include "traces/launch/resolved.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/base/error.hpp"
#include "models/base/sha256.hpp"
#include "traces/launch/argument.hpp"
#include "traces/launch/check.hpp"

namespace sptc::launch {
namespace {

std::string hex(std::span<const std::byte> bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const std::byte each : bytes) {
        text += kDigits[std::to_integer<std::size_t>(each) >> 4];
        text += kDigits[std::to_integer<std::size_t>(each) & 15];
    }
    return text;
}

std::string extents_text(const isa::Dim3& size) {
    return fmt::format("{}x{}x{}", size.x, size.y, size.z);
}

std::string type_text(const std::optional<types::DataType>& type) {
    return type ? std::string(types::name(*type)) : "bytes";
}

void add_kernel(std::string& text, const KernelLaunch& kernel, const AddressOf& address_of) {
    text += fmt::format("kernel {} grid {} block {} shared {} registers {}\n", kernel.entry,
                        extents_text(kernel.grid), extents_text(kernel.block),
                        kernel.dynamic_shared_bytes, kernel.registers_per_thread.value_or(0));
    for (const Argument& argument : kernel.arguments) {
        text += fmt::format("argument {}\n", hex(argument_bytes(argument, address_of)));
    }
}

}  // namespace

std::string resolved_text(const Launch& launch) {
    const AddressOf address_of = [&](const std::string& name) {
        for (std::size_t i = 0; i < launch.buffers.size(); ++i) {
            if (launch.buffers[i].name == name) return (i + 1) << 40;
        }
        throw base::ConfigError(fmt::format("no buffer '{}'", name));
    };
    std::string text;
    add_kernel(text, launch, address_of);
    for (const KernelLaunch& kernel : launch.next) add_kernel(text, kernel, address_of);
    for (const Buffer& buffer : launch.buffers) {
        text +=
            fmt::format("buffer {} bytes {} type {} dimensions [{}] content {}\n", buffer.name,
                        buffer.bytes, type_text(buffer.type), fmt::join(buffer.dimensions, ", "),
                        buffer.data.empty() ? "zeros" : base::sha256_hex(buffer.data));
    }
    for (const std::string& name : launch.outputs) text += fmt::format("output {}\n", name);
    for (const Expectation& expected : launch.expectations) {
        text += fmt::format("expect {} of {} type {} {} content {}\n", expected.buffer,
                            expected.file, type_text(expected.type),
                            tolerance_text(expected.tolerance), base::sha256_hex(expected.data));
    }
    return text;
}

std::string inputs_sha256(const Launch& launch) {
    std::vector<std::byte> all;
    for (const Buffer& buffer : launch.buffers) {
        all.insert(all.end(), buffer.data.begin(), buffer.data.end());
    }
    return base::sha256_hex(all);
}

}  // namespace sptc::launch
