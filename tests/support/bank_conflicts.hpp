#pragma once
#include <cstddef>
#include <cstdint>
#include <set>

#include "models/isa/instruction.hpp"
#include "models/isa/instruction_source.hpp"

namespace sptc::test {

/// Counts the shared-memory accesses that would need more wavefronts than their bytes do. Lanes are
/// taken in runs of 128 bytes: 8 of 16 bytes, 16 of 8, 32 of 4.
struct ConflictCounter {
    std::uint64_t accesses = 0;
    std::uint64_t conflicts = 0;

    void operator()(const isa::WarpInstruction& done) {
        const isa::Instruction& instruction = *done.instruction;
        switch (instruction.operation) {
            case isa::Operation::kLoadMatrix:
                count(done.addresses, every_lane(8 * instruction.matrices), kChunkBytes);
                return;
            case isa::Operation::kAsyncCopy:
                count(done.shared_addresses, done.active_mask, kChunkBytes);
                return;
            case isa::Operation::kLoadShared:
                count(done.addresses, done.active_mask, instruction.bytes_per_lane);
                return;
            default:
                return;
        }
    }

  private:
    static constexpr std::size_t kLineBytes = 128;
    static constexpr std::size_t kChunkBytes = 16;

    static std::uint32_t every_lane(std::size_t lanes) {
        return lanes == isa::kLanes ? ~0u : (1u << lanes) - 1;
    }

    template <class Addresses>
    void count(const Addresses& addresses, std::uint32_t active, std::size_t bytes) {
        bool good = true;
        const std::size_t run = kLineBytes / bytes;
        for (std::size_t first = 0; first < isa::kLanes; first += run) {
            std::set<std::uint64_t> places;
            std::size_t lanes = 0;
            for (std::size_t lane = first; lane < first + run; ++lane) {
                if ((active >> lane & 1) == 0) continue;
                places.insert(addresses[lane] / bytes % run);
                ++lanes;
            }
            good = good && places.size() == lanes;
        }
        ++accesses;
        conflicts += !good;
    }
};

}  // namespace sptc::test
