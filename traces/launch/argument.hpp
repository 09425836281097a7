#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

/// The device address of a buffer.
using AddressOf = std::function<std::uint64_t(const std::string& buffer)>;

/// The bytes of an argument as they stand in the kernel's parameter space, little-endian: 8 of a
/// buffer's address, those of the scalar's type, or the whole struct with its pointers put in.
[[nodiscard]] std::vector<std::byte> argument_bytes(const Argument& argument,
                                                    const AddressOf& address_of);

/// What an argument is, for messages: "the address of a buffer", "an argument of type u32",
/// "a struct of 48 bytes".
[[nodiscard]] std::string argument_kind(const Argument& argument);

}  // namespace sptc::launch
