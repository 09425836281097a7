#include "traces/launch/argument.hpp"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "models/base/error.hpp"

namespace sptc::launch {
namespace {

std::vector<std::byte> little_endian_bytes(std::uint64_t bits, std::size_t count) {
    std::vector<std::byte> bytes(count);
    std::memcpy(bytes.data(), &bits, count);
    return bytes;
}

/// "u32" -> 4
std::size_t scalar_bytes(const ScalarArgument& scalar) {
    return static_cast<std::size_t>(std::stoi(scalar.type.substr(1))) / 8;
}

std::vector<std::byte> struct_bytes(const StructArgument& argument, const AddressOf& address_of) {
    std::vector<std::byte> bytes = argument.bytes;
    for (const StructPointer& pointer : argument.pointers) {
        const std::uint64_t address =
            address_of(pointer.buffer) + static_cast<std::uint64_t>(pointer.addend_bytes);
        SPTC_ASSERT(pointer.offset_bytes + sizeof address <= bytes.size());
        std::memcpy(bytes.data() + pointer.offset_bytes, &address, sizeof address);
    }
    return bytes;
}

}  // namespace

StructArgument::StructArgument(std::vector<std::byte> all, std::vector<StructPointer> inside)
    : bytes(std::move(all)), pointers(std::move(inside)) {}
StructArgument::StructArgument(const StructArgument& other) = default;
StructArgument::StructArgument(StructArgument&& other) noexcept = default;
StructArgument& StructArgument::operator=(const StructArgument& other) = default;
StructArgument& StructArgument::operator=(StructArgument&& other) noexcept = default;
StructArgument::~StructArgument() = default;

std::vector<std::byte> argument_bytes(const Argument& argument, const AddressOf& address_of) {
    if (const auto* buffer = std::get_if<BufferArgument>(&argument)) {
        return little_endian_bytes(address_of(buffer->buffer) + buffer->offset_bytes, 8);
    }
    if (const auto* scalar = std::get_if<ScalarArgument>(&argument)) {
        return little_endian_bytes(scalar->bits, scalar_bytes(*scalar));
    }
    return struct_bytes(std::get<StructArgument>(argument), address_of);
}

std::string argument_kind(const Argument& argument) {
    if (std::holds_alternative<BufferArgument>(argument)) return "the address of a buffer";
    if (const auto* scalar = std::get_if<ScalarArgument>(&argument)) {
        return fmt::format("an argument of type {}", scalar->type);
    }
    return fmt::format("a struct of {} bytes", std::get<StructArgument>(argument).bytes.size());
}

}  // namespace sptc::launch
