#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "traces/launch/launch.hpp"

namespace sptc::launch {

/// Are data values computed, or only what cycles need?
enum class Values : std::uint8_t { kOff, kOn };

/// The GPU's global memory: every buffer of a launch at its own device address, with unmapped space
/// between buffers so that stepping over an end is always noticed.
class DeviceMemory {
  public:
    /// With Values::kOff, data is kept only for buffers that have initial content (an address slice
    /// may read them). Throws ConfigError when the host has not enough memory for a buffer.
    DeviceMemory(const std::vector<Buffer>& buffers, Values values);

    /// The device address of a buffer's first byte (256-byte aligned). Throws ConfigError listing
    /// the buffers.
    [[nodiscard]] std::uint64_t address(const std::string& buffer) const;

    /// Adds a variable of a module at its own address, below the buffers; empty `data` is zeros.
    /// One that is there already, with this name and size, keeps its content. Throws ConfigError
    /// when something else lies there.
    void map(const std::string& name, std::uint64_t address, std::uint64_t bytes,
             const std::vector<std::byte>& data, Values values);

    /// The bytes [address, address + size), or nullptr when that is not inside one buffer or the
    /// buffer has no data.
    [[nodiscard]] std::byte* find(std::uint64_t address, std::uint64_t size);

    /// Is [address, address + size) inside one buffer? Works without data too.
    [[nodiscard]] bool contains(std::uint64_t address, std::uint64_t size) const;

    /// How far the buffer around an address extends: [begin, end), or nothing (0, 0).
    struct Range {
        std::uint64_t begin = 0;
        std::uint64_t end = 0;
    };
    [[nodiscard]] Range buffer_around(std::uint64_t address) const;

    /// "64 bytes past the end of buffer 'A' (4096 bytes)": for error messages.
    [[nodiscard]] std::string describe(std::uint64_t address) const;

    /// A store that was not executed changed the buffer at this address: find() gives nothing from
    /// now on. Safe to call from several threads.
    void discard_content(std::uint64_t address);

    /// The content of a buffer; empty when values are off.
    [[nodiscard]] std::span<const std::byte> content(const std::string& buffer) const;

  private:
    struct Region {
        std::string name;
        std::uint64_t begin;
        std::uint64_t bytes;
        std::vector<std::byte> data;
        std::unique_ptr<std::atomic<bool>> discarded;
    };
    [[nodiscard]] const Region* region_of(std::uint64_t address, std::uint64_t size) const;

    std::vector<Region> regions_;  ///< ascending by address
};

}  // namespace sptc::launch
