#include "models/sm/atomic_conflicts.hpp"

#include <algorithm>

#include "models/base/error.hpp"
#include "models/sm/memory_request.hpp"

namespace sptc::sm {

std::uint32_t atomic_conflicts(const SharedMemorySpec& spec,
                               const std::array<std::uint64_t, isa::kLanes>& addresses,
                               std::uint32_t active_mask, std::uint32_t bytes_per_lane) {
    SPTC_ASSERT(spec.banks <= isa::kLanes && bytes_per_lane > 0);
    const std::uint32_t width = spec.banks * spec.bank_bytes;
    const std::uint32_t group = std::clamp<std::uint32_t>(width / bytes_per_lane, 1, isa::kLanes);
    std::uint32_t conflicts = 0;
    for (std::uint32_t begin = 0; begin < isa::kLanes; begin += group) {
        std::array<std::uint32_t, isa::kLanes> lanes_of_bank{};
        for (std::uint32_t lane = begin; lane < begin + group; ++lane) {
            if (((active_mask >> lane) & 1u) == 0) continue;
            ++lanes_of_bank[addresses[lane] / spec.bank_bytes % spec.banks];
        }
        conflicts += *std::max_element(lanes_of_bank.begin(), lanes_of_bank.end());
    }
    return conflicts;
}

std::uint8_t atomic_steps(const std::array<std::uint64_t, isa::kLanes>& addresses,
                          std::uint32_t active_mask, std::uint64_t line_address) {
    std::array<std::uint64_t, isa::kLanes> words{};
    std::size_t count = 0;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        const bool of_line = addresses[lane] / kLineBytes == line_address / kLineBytes;
        if (((active_mask >> lane) & 1u) != 0 && of_line) words[count++] = addresses[lane];
    }
    std::ptrdiff_t most = 0;
    for (std::size_t i = 0; i < count; ++i) {
        most = std::max(most, std::count(words.begin(), words.begin() + count, words[i]));
    }
    return static_cast<std::uint8_t>(most);
}

void count_atomic_steps(const std::array<std::uint64_t, isa::kLanes>& addresses,
                        std::uint32_t active_mask, std::vector<LineSectors>& lines) {
    for (LineSectors& line : lines) {
        line.atomic_steps = atomic_steps(addresses, active_mask, line.line_address);
    }
}

}  // namespace sptc::sm
