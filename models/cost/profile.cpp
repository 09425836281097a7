#include "models/cost/profile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "models/base/error.hpp"

namespace sptc::cost {
namespace {

using types::DataType;

// Board power of dense mma.sync and its efficiency on an A100 PCIe (Luo et al., arXiv 2402.13499,
// table XI), less the constant 54 W (Antepara et al., SC 2025, table 2): energy per
// multiplication-addition with its operands' registers and issue slots.
constexpr std::string_view kBoardPower =
    "Luo et al., arXiv 2402.13499, table XI: (board power - 54 W constant) / throughput, registers "
    "and issue included";
constexpr std::string_view kAsF16 = "as f16 with f32 accumulation: no figure known";
constexpr std::string_view kHalf = "half of s8: no figure known";
constexpr std::string_view kEighth = "an eighth of s8: no figure known";

constexpr double picojoules_per_mac(double watts, double teraflops_per_watt) {
    constexpr double kConstantWatts = 54;
    return 2 * (watts - kConstantWatts) / (watts * teraflops_per_watt);
}

constexpr double kS8 = picojoules_per_mac(178.4, 3.41);
constexpr double kF16 = picojoules_per_mac(188.5, 1.61);

constexpr std::string_view kAntepara = "Antepara et al., SC 2025, table 3 (A100 SXM4 40 GB)";
constexpr std::string_view kSparseloop = "Wu et al. (Sparseloop), MICRO 2022, artifact, 45 nm";

Profile a100() {
    Profile profile;
    profile.name = "a100-7nm";
    profile.description = "An A100 as a system: measured board power and per-bit energies";
    profile.technology_nm = 7;
    profile.macs = {
        {DataType::kF16, DataType::kF16, {picojoules_per_mac(173.4, 1.79), kBoardPower, 0.2}},
        {DataType::kF16, DataType::kF32, {kF16, kBoardPower, 0.2}},
        {DataType::kBf16, DataType::kF32, {kF16, kAsF16, 0.3}},
        {DataType::kTf32, DataType::kF32, {picojoules_per_mac(214.7, 0.71), kBoardPower, 0.2}},
        {DataType::kS8, DataType::kS32, {kS8, kBoardPower, 0.2}},
        {DataType::kU8, DataType::kS32, {kS8, kBoardPower, 0.2}},
        {DataType::kS4, DataType::kS32, {kS8 / 2, kHalf, 0.5}},
        {DataType::kU4, DataType::kS32, {kS8 / 2, kHalf, 0.5}},
        {DataType::kB1, DataType::kS32, {kS8 / 8, kEighth, 0.5}},
    };
    profile.shared_pj_per_bit = {1.59, kAntepara, 0.2};
    profile.l2_pj_per_bit = {4.71, kAntepara, 0.2};
    profile.dram_pj_per_bit = {13.11, kAntepara, 0.2};
    profile.static_watts = {54, "Antepara et al., SC 2025, table 2: constant power", 0.1};
    return profile;
}

Profile sparseloop() {
    constexpr double kMacEnergy = 0.5608;
    constexpr double kMacArea = 332.25;
    constexpr double kMuxArea = 1.862;
    constexpr double kF16Significand = 11;
    constexpr double kWider = kF16Significand * kF16Significand / 64;
    constexpr std::string_view kScaled =
        "int8 of Sparseloop, MICRO 2022, times (significand bits / 8)^2: a multiplier's area";
    Profile profile;
    profile.name = "sparseloop-45nm";
    profile.description = "Components at 45 nm, as in Sparseloop's sparse tensor core case study";
    profile.technology_nm = 45;
    profile.macs = {
        {DataType::kS8, DataType::kS32, {kMacEnergy, kSparseloop, 0.2}},
        {DataType::kU8, DataType::kS32, {kMacEnergy, kSparseloop, 0.2}},
        {DataType::kS4, DataType::kS32, {kMacEnergy / 4, kScaled, 0.5}},
        {DataType::kU4, DataType::kS32, {kMacEnergy / 4, kScaled, 0.5}},
        {DataType::kF16, DataType::kF32, {kMacEnergy * kWider, kScaled, 0.5}},
        {DataType::kF16, DataType::kF16, {kMacEnergy * kWider, kScaled, 0.5}},
        {DataType::kBf16, DataType::kF32, {kMacEnergy, kScaled, 0.5}},
        {DataType::kTf32, DataType::kF32, {kMacEnergy * kWider, kScaled, 0.5}},
    };
    profile.select_pj_per_mux_bit = {kMacEnergy / kMacArea * kMuxArea,
                                     "as the int8 MAC per area: no figure known", 0.5};
    profile.metadata_pj_per_bit = {25.87 / 64, kSparseloop, 0.2};
    profile.shared_pj_per_bit = {(285.7 + 317.0) / 2 / 512, kSparseloop, 0.2};
    profile.dram_pj_per_bit = {512.0 / 64, kSparseloop, 0.2};
    profile.mac_int8_um2 = {kMacArea, kSparseloop, 0.25};
    profile.mux_bit_um2 = {kMuxArea, "Nangate 45 nm MUX2_X1, recalled", 0.3};
    profile.buffer_um2_per_bit = {95.68 / 8, "local register file of 8 bits, Sparseloop artifact",
                                  0.25};
    return profile;
}

void scale(std::optional<Figure>& figure, double factor) {
    constexpr double kRule = 0.5;
    if (!figure) return;
    figure->value *= factor;
    figure->uncertainty = std::hypot(figure->uncertainty, kRule);
}

}  // namespace

const Figure* Profile::mac_energy(const isa::MmaForm& form) const {
    const auto found = std::find_if(macs.begin(), macs.end(), [&form](const MacEnergy& mac) {
        return mac.input == form.a && mac.accumulator == form.c;
    });
    return found == macs.end() ? nullptr : &found->picojoules;
}

std::span<const Profile> profiles() {
    static const std::vector<Profile> kProfiles{a100(), sparseloop()};
    return kProfiles;
}

const Profile& find_profile(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Profile& profile : profiles()) {
        if (profile.name == name) return profile;
        names.push_back(profile.name);
    }
    throw base::ConfigError(
        fmt::format("unknown cost profile '{}': expected one of {}", name, fmt::join(names, ", ")));
}

Profile scaled(const Profile& profile, double technology_nm) {
    if (technology_nm <= 0 || technology_nm > 1000)
        throw base::ConfigError(
            fmt::format("technology of {} nm: expected more than 0, at most 1000", technology_nm));
    Profile result = profile;
    if (technology_nm == profile.technology_nm) return result;
    const double length = technology_nm / profile.technology_nm;
    for (MacEnergy& mac : result.macs) {
        std::optional<Figure> figure = mac.picojoules;
        scale(figure, length);
        mac.picojoules = *figure;
    }
    for (std::optional<Figure>* energy :
         {&result.select_pj_per_mux_bit, &result.metadata_pj_per_bit, &result.shared_pj_per_bit,
          &result.l2_pj_per_bit, &result.dram_pj_per_bit}) {
        scale(*energy, length);
    }
    for (std::optional<Figure>* area :
         {&result.mac_int8_um2, &result.mux_bit_um2, &result.buffer_um2_per_bit}) {
        scale(*area, length * length);
    }
    result.technology_nm = technology_nm;
    return result;
}

}  // namespace sptc::cost
