#include "models/cost/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sptc::cost {
namespace {

constexpr double kBitsPerByte = 8;
constexpr double kPicojoulesPerJoule = 1e12;

/// Adds an item, or notes that the profile has no figure; nothing when it did not happen.
void add(Estimate& estimate, std::string component, double count,
         const std::optional<Figure>& figure) {
    if (count == 0) return;
    if (!figure) {
        estimate.without_figure.push_back(std::move(component));
        return;
    }
    estimate.items.push_back({std::move(component), count, *figure, count * figure->value});
}

/// 2:1 multiplexers of one bit behind all selections of one sparse instruction: every executed slot
/// of A chooses one of the format's units of B.
double mux_bits(const isa::MmaForm& form) {
    const double selections = static_cast<double>(form.m) * form.n * form.slots();
    return selections * (form.metadata->choices() - 1) * form.slot_bits();
}

double metadata_bits(const isa::MmaForm& form) {
    return static_cast<double>(form.m) * form.chunks() * form.code_bits();
}

}  // namespace

double Estimate::total() const {
    return std::accumulate(items.begin(), items.end(), 0.0,
                           [](double sum, const Item& item) { return sum + item.total; });
}

double Estimate::uncertainty() const {
    return std::accumulate(items.begin(), items.end(), 0.0, [](double sum, const Item& item) {
        return sum + item.total * item.each.uncertainty;
    });
}

Estimate energy(const Profile& profile, const Activity& activity) {
    Estimate estimate;
    double selected_bits = 0;
    double metadata = 0;
    for (const Activity::Mmas& mmas : activity.mmas) {
        const Figure* figure = profile.mac_energy(*mmas.form);
        add(estimate, "multiplications, " + mmas.form->ptx_name(),
            mmas.count * mmas.form->executed_macs(),
            figure == nullptr ? std::nullopt : std::optional<Figure>(*figure));
        if (!mmas.form->sparse()) continue;
        selected_bits += mmas.count * mux_bits(*mmas.form);
        metadata += mmas.count * metadata_bits(*mmas.form);
    }
    add(estimate, "operand selection", selected_bits, profile.select_pj_per_mux_bit);
    add(estimate, "metadata", metadata, profile.metadata_pj_per_bit);
    add(estimate, "shared memory", activity.shared_bytes * kBitsPerByte, profile.shared_pj_per_bit);
    add(estimate, "L2 and crossbar", activity.l2_bytes * kBitsPerByte, profile.l2_pj_per_bit);
    add(estimate, "DRAM", activity.dram_bytes * kBitsPerByte, profile.dram_pj_per_bit);
    if (profile.static_watts) {
        const Figure& watts = *profile.static_watts;
        estimate.items.push_back({"constant power", activity.seconds, watts,
                                  activity.seconds * watts.value * kPicojoulesPerJoule});
    }
    return estimate;
}

Estimate tensor_core_area(const Profile& profile, const tensor_core::TensorCoreSpec& spec) {
    // The array multiplies twice as many int8 as f16; a lane selects f16 values or pairs of int8.
    constexpr double kInt8PerF16 = 2;
    constexpr double kF16Bits = 16;
    constexpr double kNativeChoices = 4;  // of 2:4
    const double choices = std::max(kNativeChoices, double(spec.flexible.largest_group));
    const double lanes = spec.f16_macs_per_cycle;
    Estimate estimate;
    add(estimate, "multipliers and adders", lanes * kInt8PerF16, profile.mac_int8_um2);
    add(estimate, "operand selector", lanes * (choices - 1) * kF16Bits, profile.mux_bit_um2);
    // A decoder turns each 2-bit index into four select lines: about four gates, as four mux bits.
    add(estimate, "metadata decoder", lanes * choices, profile.mux_bit_um2);
    add(estimate, "B buffer", spec.b_bits_per_cycle, profile.buffer_um2_per_bit);
    return estimate;
}

}  // namespace sptc::cost
