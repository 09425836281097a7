#include "models/isa/dot_rule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

constexpr std::array kPartitions{
    PartitionRow{Partition::kCompressed, "H1", "stored elements in order, as a dense instruction"},
    PartitionRow{Partition::kLogical, "H2", "the stored elements of L logical columns"},
    PartitionRow{Partition::kWhole, "H3", "one group for the whole instruction"},
    PartitionRow{Partition::kSlotParity, "H4", "first element of every chunk, then the second"},
    PartitionRow{Partition::kReversed, "H5", "as H1, last group first"},
};

/// Stably moves the slots for which `later` holds behind the others.
template <class Later>
void move_back(std::span<std::uint8_t> order, Later later) {
    std::stable_partition(order.begin(), order.end(),
                          [&](std::uint8_t slot) { return !later(slot); });
}

/// Widened fp8: each register of four bytes gives two pairs of f16, and the upper pairs go to a
/// second HMMA (disassembly of what ptxas makes for sm_90).
void order_emulated(std::span<std::uint8_t> order) {
    move_back(order, [](std::uint8_t slot) { return slot % 4 >= 2; });
}

void apply(Partition partition, const MmaForm& form, DotRule& rule) {
    const int slots = form.slots();
    const std::span<std::uint8_t> order(rule.order.data(), static_cast<std::size_t>(slots));
    switch (partition) {
        case Partition::kCompressed:
            return;
        case Partition::kLogical:
            rule.products =
                std::max(1, std::min(rule.products * form.k_stored / form.k_logical, slots));
            return;
        case Partition::kWhole:
            rule.products = slots;
            return;
        case Partition::kSlotParity:
            if (form.metadata->selects() == 2) {
                move_back(order, [](std::uint8_t slot) { return slot % 2 == 1; });
            }
            return;
        case Partition::kReversed:
            std::reverse(order.begin(), order.end());
            for (int first = 0; first < slots; first += rule.products) {
                const auto group = order.subspan(static_cast<std::size_t>(first),
                                                 static_cast<std::size_t>(rule.products));
                std::reverse(group.begin(), group.end());
            }
            return;
    }
}

/// Extended forms sum the compressed sequence as H1 does, whatever the partition of the hardware's
/// own forms. Where the architecture's groups do not divide it they have 16 bytes.
void extend(const Architecture& architecture, const MmaForm& form, DotRule& rule) {
    constexpr int kBlockBytes = 16;
    if (form.dot != DotKind::kFloat) return;
    const FdpaParameters& parameters = architecture.fdpa;
    rule.fraction_bits = parameters.fraction_bits;
    rule.e_zero = form.d == types::DataType::kF16 ? parameters.e_zero_f16 : parameters.e_zero_f32;
    rule.f32_fraction_bits = parameters.f32_fraction_bits;
    const auto products = [&](int bytes) { return bytes * 8 / types::bits(form.a); };
    const int largest = products(parameters.group_bytes);
    rule.products = form.slots() % largest == 0 ? largest : products(kBlockBytes);
    rule.groups = form.slots() / rule.products;
}

}  // namespace

std::span<const PartitionRow> partitions() { return kPartitions; }

Partition parse_partition(std::string_view name) {
    std::vector<std::string_view> legal;
    for (const PartitionRow& row : kPartitions) {
        if (row.name == name) return row.partition;
        legal.push_back(row.name);
    }
    throw base::ConfigError(
        fmt::format("unknown partition '{}': expected one of {}", name, fmt::join(legal, ", ")));
}

DotRule dot_rule(const Architecture& architecture, const MmaForm& form, Partition partition) {
    require_form(architecture, form);
    DotRule rule{form.a, form.b, 0, 0, 0, 1, form.slots(), false, {}};
    if (form.extended()) {
        extend(architecture, form, rule);
        return rule;
    }
    std::iota(rule.order.begin(), rule.order.end(), std::uint8_t{0});
    if (form.dot != DotKind::kFloat) return rule;

    const bool fp8 = types::bits(form.a) == 8;
    const bool emulated = fp8 && architecture.fp8_path == Fp8Path::kEmulated;
    const FdpaParameters& parameters = fp8 && !emulated ? architecture.fp8 : architecture.fdpa;
    rule.fraction_bits = parameters.fraction_bits;
    rule.e_zero = form.d == types::DataType::kF16 ? parameters.e_zero_f16 : parameters.e_zero_f32;
    rule.f32_fraction_bits = parameters.f32_fraction_bits;
    if (emulated) {
        rule.a = rule.b = types::DataType::kF16;
        rule.addend_last = true;
        rule.products = form.slots() / 2;
        order_emulated({rule.order.data(), static_cast<std::size_t>(form.slots())});
    } else {
        rule.products = std::min(parameters.group_bytes * 8 / types::bits(form.a), form.slots());
        if (form.sparse()) apply(partition, form, rule);
    }
    rule.groups = form.slots() / rule.products;
    return rule;
}

}  // namespace sptc::isa
