#include "traces/ptx/packed_registers.hpp"

namespace sptc::ptx {
namespace {

template <class Lanes>
void unpack_lanes(const PackedRegister& packed, Lanes& lanes) {
    using Word = typename Lanes::value_type;
    if (packed.uniform()) {
        lanes.fill(static_cast<Word>(packed.base));
        return;
    }
    const LaneRegister64& differences = *packed.differences;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
        lanes[lane] = static_cast<Word>(packed.base + differences[lane]);
    }
}

template <class Lanes>
void pack_lanes(const Lanes& lanes, PackedRegister& packed, DifferenceCache& cache) {
    using Word = typename Lanes::value_type;
    packed.base = lanes[0];
    LaneRegister64 differences;
    std::uint64_t any = 0;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
        differences[lane] = static_cast<Word>(lanes[lane] - lanes[0]);
        any |= differences[lane];
    }
    if (any == 0) {
        packed.differences = nullptr;
    } else if (packed.uniform() || *packed.differences != differences) {
        packed.differences = cache.share(differences);
    }
}

}  // namespace

std::shared_ptr<const LaneRegister64> DifferenceCache::share(const LaneRegister64& differences) {
    std::uint64_t hash = 0;
    for (const std::uint64_t difference : differences) {
        hash = (hash ^ difference) * 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio: mixes upwards
    }
    auto& recent = recent_[(hash >> 32) % recent_.size()];
    if (recent == nullptr || *recent != differences) {
        recent = std::make_shared<const LaneRegister64>(differences);
    }
    return recent;
}

void unpack(const PackedRegister& packed, isa::LaneRegister& lanes) { unpack_lanes(packed, lanes); }
void unpack(const PackedRegister& packed, LaneRegister64& lanes) { unpack_lanes(packed, lanes); }

void pack(const isa::LaneRegister& lanes, PackedRegister& packed, DifferenceCache& cache) {
    pack_lanes(lanes, packed, cache);
}
void pack(const LaneRegister64& lanes, PackedRegister& packed, DifferenceCache& cache) {
    pack_lanes(lanes, packed, cache);
}

}  // namespace sptc::ptx
