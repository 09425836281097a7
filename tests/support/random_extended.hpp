#pragma once
#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

#include "models/base/random.hpp"
#include "models/isa/extended_form.hpp"
#include "models/reference/packed.hpp"
#include "models/sparsity/index_format.hpp"
#include "models/types/value.hpp"

namespace sptc::test {

/// The operands of one extended instruction, and the places of the stored elements of A.
struct ExtendedItem {
    std::vector<std::byte> a, b, c, e;
    std::vector<std::uint8_t> places;  ///< [M x k_stored]
};

inline const sparsity::Pattern& pattern_of(int n, int m) {
    return sparsity::find_pattern(std::to_string(n) + ":" + std::to_string(m));
}

/// n ascending places below m.
inline std::vector<std::uint8_t> random_places(const sparsity::Pattern& pattern,
                                               base::Random& random) {
    std::vector<std::uint8_t> all(static_cast<std::size_t>(pattern.m));
    std::iota(all.begin(), all.end(), std::uint8_t{0});
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(pattern.n); ++i) {
        std::swap(all[i], all[i + random.below(static_cast<std::uint32_t>(pattern.m) - i)]);
    }
    all.resize(static_cast<std::size_t>(pattern.n));
    std::sort(all.begin(), all.end());
    return all;
}

/// Normal values, some of them large, or any integers.
inline std::vector<std::byte> random_matrix(types::DataType type, int elements,
                                            base::Random& random) {
    std::vector<std::byte> bytes(reference::packed_bytes(type, static_cast<std::size_t>(elements)));
    for (std::size_t i = 0; i < static_cast<std::size_t>(elements); ++i) {
        const double scale = random.below(16) == 0 ? 1024.0 : 1.0;
        const std::uint64_t any = random.below(1u << 16) | std::uint64_t{random.below(1u << 16)}
                                                               << 16;
        const std::uint64_t mask = (std::uint64_t{1} << types::bits(type)) - 1;
        const std::uint64_t bits = types::is_integer(type)
                                       ? any & mask
                                       : types::nearest_bits(type, scale * random.normal());
        reference::store_bits(type, bytes, i, bits);
    }
    return bytes;
}

inline ExtendedItem random_item(const isa::MmaForm& form, base::Random& random) {
    ExtendedItem item{random_matrix(form.a, form.m * form.k_stored, random),
                      random_matrix(form.b, form.k_logical * form.n, random),
                      random_matrix(form.c, form.m * form.n, random),
                      {},
                      {}};
    for (int row = 0; row < form.m; ++row) {
        sparsity::BitWriter writer;
        for (int group = 0; group < form.chunks(); ++group) {
            const auto places = random_places(*form.metadata->pattern, random);
            sparsity::write_group(*form.metadata->index_format, *form.metadata->pattern, places,
                                  writer);
            item.places.insert(item.places.end(), places.begin(), places.end());
        }
        auto bytes = writer.bytes();
        bytes.resize(static_cast<std::size_t>(form.metadata_bytes_per_row()));
        item.e.insert(item.e.end(), bytes.begin(), bytes.end());
    }
    return item;
}

/// The types of extended forms: A, B, and C with D.
inline std::vector<isa::ExtendedKey> extended_types() {
    using enum types::DataType;
    const sparsity::Pattern* none = nullptr;
    const auto format = sparsity::IndexFormat::kCoordinate;
    return {{none, format, kF16, kF16, kF32},    {none, format, kF16, kF16, kF16},
            {none, format, kBf16, kBf16, kF32},  {none, format, kTf32, kTf32, kF32},
            {none, format, kS8, kS8, kS32},      {none, format, kU8, kS8, kS32},
            {none, format, kS8, kU8, kS32, true}};
}

}  // namespace sptc::test
