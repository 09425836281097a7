#pragma once
#include <array>
#include <cstdint>

#include "traces/ptx/execution.hpp"

namespace sptc::ptx {

using LaneAddresses = std::array<std::uint64_t, isa::kLanes>;
using LanePointers = std::array<std::byte*, isa::kLanes>;

/// The address of every lane, active or not: base + offset, modulo 2^32 when the base has 32 bits.
void compute_addresses(const Execution& execution, const Address& address, LaneAddresses& out);

/// Are the `bytes` at the address of each lane in `mask` aligned to their size and inside the
/// space? Throws MemoryFault for the first lane that fails.
void check_access(const Execution& execution, const LaneAddresses& addresses, std::uint32_t mask,
                  Space space, std::uint64_t bytes);

/// Where the checked bytes of each lane in `mask` are kept. Throws KernelError when values are off
/// and the buffer has no content that still holds.
void find_pointers(const Execution& execution, const LaneAddresses& addresses, std::uint32_t mask,
                   Space space, std::uint64_t bytes, LanePointers& out);

/// What e.result shows of an access to local memory: device addresses at which the words of a
/// warp's lanes alternate, so that all lanes at one local address touch neighbouring bytes.
void show_local_addresses(Execution& execution, std::uint32_t mask, std::uint64_t bytes);

/// The addresses, checks and, unless `out` is null, bytes of an access by any address. A generic
/// one may meet several spaces in its lanes: e.result shows those in global and local memory, else
/// those in shared memory with the instruction's twin; nothing else takes time.
void resolve_access(Execution& execution, std::uint64_t bytes, LanePointers* out);

}  // namespace sptc::ptx
