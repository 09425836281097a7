#include "models/sm/bank_conflicts.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "models/base/error.hpp"

namespace sptc::sm {
namespace {

constexpr std::uint32_t kMaxBanks = 32;

/// Distinct words per bank for the lanes of one group; the largest count is the number of
/// wavefronts.
class BankUse {
  public:
    explicit BankUse(const SharedMemorySpec& spec) : spec_(spec) {}

    void touch(std::uint64_t address, std::uint32_t bytes) {
        const std::uint64_t first = address / spec_.bank_bytes;
        const std::uint64_t last = (address + bytes - 1) / spec_.bank_bytes;
        for (std::uint64_t word = first; word <= last; ++word) touch_word(word);
    }
    [[nodiscard]] std::uint32_t wavefronts() const { return wavefronts_; }

  private:
    void touch_word(std::uint64_t word) {
        const auto bank = static_cast<std::uint32_t>(word % spec_.banks);
        auto& words = words_[bank];
        std::uint32_t& count = counts_[bank];
        if (std::find(words.begin(), words.begin() + count, word) != words.begin() + count) return;
        words[count++] = word;
        wavefronts_ = std::max(wavefronts_, count);
    }

    const SharedMemorySpec& spec_;
    std::array<std::uint32_t, kMaxBanks> counts_{};
    std::array<std::array<std::uint64_t, isa::kLanes>, kMaxBanks> words_;  // only counts_ are read
    std::uint32_t wavefronts_ = 0;
};

/// Do the active lanes of one group touch each bank at most once? Asked first, because kernels
/// avoid conflicts and counting them costs ten times as much. Sizes are powers of two; lanes that
/// share a word are left to the count.
bool all_banks_differ(std::span<const std::uint64_t> addresses, std::uint32_t active_mask,
                      std::uint32_t bytes_per_lane) {
    const int shift = std::countr_zero(bytes_per_lane);
    std::uint64_t misaligned = 0;
    std::uint64_t seen = 0;
    bool differ = true;
    for (std::size_t lane = 0; lane < addresses.size(); ++lane) {
        if (((active_mask >> lane) & 1u) == 0) continue;
        misaligned |= addresses[lane] & (bytes_per_lane - 1);
        const std::uint64_t place = 1ull << ((addresses[lane] >> shift) & (addresses.size() - 1));
        differ = differ && (seen & place) == 0;
        seen |= place;
    }
    return differ && misaligned == 0;
}

}  // namespace

std::uint32_t shared_wavefronts(const SharedMemorySpec& spec,
                                std::span<const std::uint64_t> addresses, std::uint32_t active_mask,
                                std::uint32_t bytes_per_lane) {
    SPTC_ASSERT(spec.banks <= kMaxBanks && bytes_per_lane > 0);
    const std::uint32_t width = spec.banks * spec.bank_bytes;
    const std::uint32_t group = std::clamp<std::uint32_t>(width / bytes_per_lane, 1, isa::kLanes);
    // A group of lanes is as wide as the banks, so lanes at different places meet in no bank.
    const bool regular = std::has_single_bit(bytes_per_lane) && std::has_single_bit(group) &&
                         bytes_per_lane >= spec.bank_bytes && bytes_per_lane * group == width;
    std::uint32_t wavefronts = 0;
    for (std::uint32_t begin = 0; begin < addresses.size(); begin += group) {
        if (regular && begin + group <= addresses.size() &&
            all_banks_differ(addresses.subspan(begin, group), active_mask >> begin,
                             bytes_per_lane)) {
            const bool any = (active_mask >> begin & ((1ull << group) - 1)) != 0;
            wavefronts += any ? 1 : 0;
            continue;
        }
        BankUse use(spec);
        const auto end = std::min<std::size_t>(begin + group, addresses.size());
        for (std::size_t lane = begin; lane < end; ++lane) {
            if ((active_mask >> lane) & 1u) use.touch(addresses[lane], bytes_per_lane);
        }
        wavefronts += use.wavefronts();
    }
    return wavefronts;
}

void coalesce(std::span<const std::uint64_t> addresses, std::span<const std::uint8_t> bytes,
              std::uint32_t active_mask, std::vector<LineSectors>& lines) {
    lines.clear();
    for (std::size_t lane = 0; lane < addresses.size(); ++lane) {
        if (((active_mask >> lane) & 1u) == 0 || bytes[lane] == 0) continue;
        const std::uint64_t first = addresses[lane] / kSectorBytes;
        const std::uint64_t last = (addresses[lane] + bytes[lane] - 1) / kSectorBytes;
        for (std::uint64_t sector = first; sector <= last; ++sector) {
            const std::uint64_t line = sector * kSectorBytes / kLineBytes * kLineBytes;
            const auto bit =
                static_cast<std::uint8_t>(1u << (sector % (kLineBytes / kSectorBytes)));
            // Neighbouring lanes mostly share the line touched last.
            const auto found =
                std::find_if(lines.rbegin(), lines.rend(),
                             [line](const LineSectors& l) { return l.line_address == line; });
            if (found == lines.rend()) {
                lines.push_back({line, bit});
            } else {
                found->sector_mask = static_cast<std::uint8_t>(found->sector_mask | bit);
            }
        }
    }
}

}  // namespace sptc::sm
