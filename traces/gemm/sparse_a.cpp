#include "traces/gemm/sparse_a.hpp"

#include <fmt/format.h>

#include <cstring>
#include <span>

#include "models/base/error.hpp"
#include "models/sparsity/metadata_order.hpp"
#include "models/sparsity/units.hpp"

namespace sptc::gemm {
namespace {

constexpr unsigned kCodeBits = 4;
constexpr unsigned kPaddingCode = 0xE;  // the last two units of a chunk: legal in every format

/// The pattern of a format, counted in units.
const sparsity::Pattern& unit_pattern(const isa::MetadataFormat& format) {
    return sparsity::find_pattern(fmt::format("{}:{}", format.selects(), format.choices()));
}

/// The code of a chunk whose stored elements have these places.
unsigned code_of(const isa::MetadataFormat& format, std::span<const std::uint8_t> places) {
    const auto unit = [&](std::size_t select) {
        const auto first = select * static_cast<std::size_t>(format.unit_elements);
        return unsigned{places[first]} / static_cast<unsigned>(format.unit_elements);
    };
    // A half of 1:2 is a pair of 16-bit units: 0 1, or 2 3.
    if (format.selects() == 1) return unit(0) == 0 ? 0x4 : kPaddingCode;
    return unit(0) | unit(1) << 2;
}

template <class Word>
std::vector<std::byte> reordered(std::span<const std::byte> rows, std::size_t row_count) {
    std::vector<Word> words(rows.size() / sizeof(Word));
    std::memcpy(words.data(), rows.data(), rows.size());
    words = sparsity::reorder_metadata<Word>(words, row_count);
    std::vector<std::byte> out(rows.size());
    std::memcpy(out.data(), words.data(), out.size());
    return out;
}

}  // namespace

sparsity::PruneReport prune_a(const isa::MmaForm& form, sparsity::Dense<double>& a) {
    const isa::MetadataFormat& format = *form.metadata;
    return sparsity::prune_units(a, unit_pattern(format),
                                 static_cast<std::size_t>(format.unit_elements));
}

sparsity::Compressed<double> compress_a(const isa::MmaForm& form,
                                        const sparsity::Dense<double>& a) {
    const isa::MetadataFormat& format = *form.metadata;
    const auto unit = static_cast<std::size_t>(format.unit_elements);
    auto out = sparsity::compress_units(a, unit_pattern(format), unit, "A");
    if (unit == 1) return out;
    std::vector<std::uint8_t> places;
    places.reserve(out.values.size());
    for (const std::uint8_t index : out.indices) {
        for (std::size_t i = 0; i < unit; ++i) {
            places.push_back(static_cast<std::uint8_t>(index * unit + i));
        }
    }
    out.indices = std::move(places);
    return out;
}

std::vector<std::byte> metadata_of(const isa::MmaForm& form, const sparsity::Compressed<double>& a,
                                   const GemmLayout& layout) {
    const isa::MetadataFormat& format = *form.metadata;
    const auto stored = static_cast<std::size_t>(format.stored_elements);
    const std::size_t row_bytes = layout.e_bytes / layout.m_metadata;
    std::vector<std::byte> rows(layout.e_bytes,
                                std::byte{kPaddingCode << kCodeBits | kPaddingCode});
    for (std::size_t row = 0; row < a.rows; ++row) {
        const auto places = std::span(a.indices).subspan(row * a.stored_columns, a.stored_columns);
        for (std::size_t chunk = 0; chunk < a.stored_columns / stored; ++chunk) {
            const unsigned code = code_of(format, places.subspan(chunk * stored, stored));
            const unsigned shift = chunk % 2 * kCodeBits;
            std::byte& byte = rows[row * row_bytes + chunk / 2];
            byte = (byte & static_cast<std::byte>(0xF0u >> shift)) |
                   static_cast<std::byte>(code << shift);
        }
    }
    if (form.metadata_word_bytes() == 2) {
        return reordered<std::uint16_t>(rows, layout.m_metadata);
    }
    return reordered<std::uint32_t>(rows, layout.m_metadata);
}

}  // namespace sptc::gemm
