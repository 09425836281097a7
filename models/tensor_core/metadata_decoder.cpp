#include "models/tensor_core/metadata_decoder.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "models/base/error.hpp"
#include "models/isa/extended_metadata.hpp"
#include "models/isa/fragment.hpp"
#include "models/sparsity/index_format.hpp"
#include "models/tensor_core/code_bits.hpp"

namespace sptc::tensor_core {
namespace {

void skip(sparsity::BitReader& reader, int bits) {
    for (int i = 0; i < bits; ++i) (void)reader.read(1);
}

/// The next bits as digits, the highest first.
std::string binary(sparsity::BitReader& reader, int bits) {
    std::string digits;
    for (int i = 0; i < bits; ++i) digits += reader.read(1) != 0 ? '1' : '0';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

}  // namespace

MetadataDecoder::MetadataDecoder(sc_core::sc_module_name name, int interval_cycles,
                                 isa::MetadataMode mode)
    : sc_module(name), interval_cycles_(static_cast<base::Cycle>(interval_cycles)), mode_(mode) {}

void MetadataDecoder::load(const isa::Instruction& instruction, const isa::DotRule& rule,
                           const isa::MmaOperands& operands) {
    const isa::MmaForm& form = *instruction.mma;
    selects_.form = &form;
    selects_.rule = &rule;
    if (!form.sparse()) return;
    SPTC_ASSERT(instruction.selector < form.selector_count());
    if (form.extended()) return read_groups(form, instruction.selector, operands.wide);
    SPTC_ASSERT(operands.e != nullptr);
    read_codes(form, instruction.selector, *operands.e);
    if (mode_ == isa::MetadataMode::kStrict) check_codes(form, instruction.metadata_ordering);
}

void MetadataDecoder::read_codes(const isa::MmaForm& form, int selector,
                                 const isa::LaneRegister& e) {
    const int per_field = form.metadata->chunks_per_field;
    const int field_bits = kCodeBits * per_field;
    const std::uint32_t mask = field_bits == 32 ? ~0u : (1u << field_bits) - 1;
    for (int row = 0; row < form.m; ++row) {
        std::uint64_t codes = 0;
        for (int chunk = 0; chunk < form.chunks(); chunk += per_field) {
            const isa::MetadataPlace place = isa::metadata_place(form, selector, row, chunk);
            const std::uint32_t field = e[static_cast<std::size_t>(place.lane)] >> place.shift;
            codes |= std::uint64_t{field & mask} << (kCodeBits * chunk);
        }
        row_codes_[static_cast<std::size_t>(row)] = codes;
    }
}

void MetadataDecoder::read_groups(const isa::MmaForm& form, int selector,
                                  const isa::WideOperands& operands) {
    const sparsity::Pattern& pattern = *form.metadata->pattern;
    const auto n = static_cast<std::size_t>(pattern.n);
    std::vector<isa::LaneRegister> e;
    for (int i = 0; i < form.metadata_registers(); ++i) e.push_back(operands.file[operands.e[i]]);
    wide_selects_.resize(static_cast<std::size_t>(form.m * form.k_stored));
    auto next = wide_selects_.begin();
    for (int row = 0; row < form.m; ++row) {
        const std::vector<std::byte> bits = isa::metadata_of_row(form, selector, e, row);
        sparsity::BitReader reader(bits);
        for (int group = 0; group < form.chunks(); ++group, next += pattern.n) {
            if (sparsity::read_group(*form.metadata->index_format, pattern, reader, {&*next, n})) {
                continue;
            }
            sparsity::BitReader again(bits);
            for (int i = 0; i < group; ++i) skip(again, form.code_bits());
            throw base::KernelError(fmt::format(
                "metadata of row {}, group {} names no {} of {} elements: {} code 0b{}", row, group,
                pattern.n, pattern.m, sparsity::name(*form.metadata->index_format),
                binary(again, form.code_bits())));
        }
    }
}

void MetadataDecoder::check_codes(const isa::MmaForm& form, isa::MetadataOrdering ordering) const {
    const int bits = kCodeBits * form.chunks();
    const std::uint64_t used = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
    for (int row = 0; row < form.m; ++row) {
        const std::uint64_t codes = row_codes_[static_cast<std::size_t>(row)];
        const std::uint64_t illegal = illegal_codes(*form.metadata, ordering, codes) & used;
        if (illegal == 0) continue;
        const int bit = std::countr_zero(illegal);
        throw base::KernelError(fmt::format(
            "metadata of row {}, chunk {} is 0x{:X}: expected one of 0x{:X}", row, bit / kCodeBits,
            (codes >> bit) & 0xfu, fmt::join(isa::legal_codes(*form.metadata, ordering), ", 0x")));
    }
}

void MetadataDecoder::select_dense() {
    if (dense_) return;
    for (auto& row : selects_.select) {
        for (std::size_t slot = 0; slot < row.size(); slot += sizeof(kDenseSelects)) {
            std::memcpy(&row[slot], &kDenseSelects, sizeof(kDenseSelects));
        }
    }
    dense_ = true;
}

void MetadataDecoder::decode(const Slice& slice) {
    const isa::MmaForm& form = *selects_.form;
    selects_.slice = slice;
    if (!form.sparse()) {
        select_dense();
        selects->select(selects_);
        return;
    }
    dense_ = false;
    if (form.extended()) {
        selects_.wide_select = wide_selects_;
        selects->select(selects_);
        return;
    }
    // Selects are expanded eight slots at a time; which eights does the slice touch?
    std::uint32_t eights = 0;
    for (int group = slice.first_group; group < slice.first_group + slice.groups; ++group) {
        for (const std::uint8_t slot : selects_.rule->group(group)) eights |= 1u << (slot / 8);
    }
    for (int row = 0; row < form.m; ++row) {
        const auto at = static_cast<std::size_t>(row);
        for (std::uint32_t rest = eights; rest != 0; rest &= rest - 1) {
            const int eight = std::countr_zero(rest);
            const std::uint64_t selects_of_8 = expand_codes(*form.metadata, row_codes_[at], eight);
            std::memcpy(&selects_.select[at][static_cast<std::size_t>(8 * eight)], &selects_of_8,
                        sizeof(selects_of_8));
        }
    }
    selects->select(selects_);
}

std::vector<std::uint8_t> MetadataDecoder::selects_of(int row, int group) const {
    const isa::MmaForm& form = *selects_.form;
    std::vector<std::uint8_t> of_slots;
    if (form.extended()) {
        // Groups take ascending slots; the last may be short.
        const int begin = group * selects_.rule->products;
        const int end = std::min(begin + selects_.rule->products, form.k_stored);
        const auto slot = wide_selects_.begin() + std::ptrdiff_t{row} * form.k_stored;
        of_slots.assign(slot + begin, slot + end);
        return of_slots;
    }
    for (const std::uint8_t slot : selects_.rule->group(group))
        of_slots.push_back(selects_.select[static_cast<std::size_t>(row)][slot]);
    return of_slots;
}

}  // namespace sptc::tensor_core
