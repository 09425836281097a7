#include "models/isa/mma.hpp"

#include <fmt/format.h>

#include <array>
#include <vector>

#include "models/base/error.hpp"
#include "models/isa/extended_form.hpp"

namespace sptc::isa {
namespace {

using enum types::DataType;
using types::DataType;

constexpr std::array kByteTypes{kS8, kU8};
constexpr std::array kNibbleTypes{kS4, kU4};
constexpr std::array kFp8Types{kE4m3, kE5m2};
constexpr std::array kHalfAccumulators{kF32, kF16};

/// Builds the table family by family. Every dense shape is {m, k, first architecture}, every sparse
/// one m16n8 {logical k}.
class FormTable {
  public:
    std::vector<MmaForm> build() {
        quad_pairs();
        for (const DataType acc : kHalfAccumulators) {
            dense({kF16, kF16, acc}, {{16, 8, 75}, {16, 16, 80}});
        }
        dense({kBf16, kBf16, kF32}, {{16, 8, 80}, {16, 16, 80}});
        dense({kTf32, kTf32, kF32}, {{16, 4, 80}, {16, 8, 80}});
        doubles();
        integers(kByteTypes, {{8, 16, 75}, {16, 16, 80}, {16, 32, 80}});
        integers(kNibbleTypes, {{8, 32, 75}, {16, 32, 80}, {16, 64, 80}});
        dense({kB1, kB1, kS32}, {{8, 128, 75}, {16, 128, 80}, {16, 256, 80}}, DotKind::kXorPopc);
        dense({kB1, kB1, kS32}, {{8, 128, 80}, {16, 128, 80}, {16, 256, 80}}, DotKind::kAndPopc);
        for (const DataType acc : kHalfAccumulators) {
            fp8(acc, [&](Types types) { dense(types, {{16, 16, 89}, {16, 32, 89}}); });
        }

        for (const DataType acc : kHalfAccumulators) {
            sparse({kF16, kF16, acc}, {16, 32}, MetadataFormatName::kTwoOfFour16);
        }
        sparse({kBf16, kBf16, kF32}, {16, 32}, MetadataFormatName::kTwoOfFour16);
        sparse({kTf32, kTf32, kF32}, {8, 16}, MetadataFormatName::kOneOfTwo);
        sparse_integers(kByteTypes, {32, 64}, MetadataFormatName::kTwoOfFour8);
        sparse_integers(kNibbleTypes, {64, 128}, MetadataFormatName::kPairsOfEight);
        fp8(kF32, [&](Types types) {
            sparse(types, {64}, MetadataFormatName::kTwoOfFour8, DotKind::kFloat, false, 89);
        });
        return std::move(forms_);
    }

  private:
    struct Types {
        DataType a, b, accumulator;
    };
    struct Shape {
        int m, k, first_architecture;
    };
    using Shapes = std::initializer_list<Shape>;
    using Ks = std::initializer_list<int>;

    void add(const Types& types, const Shape& shape, const MetadataFormat* metadata, DotKind dot,
             bool saturating, Rounding rounding = Rounding::kNearestEven) {
        const int stored = metadata == nullptr
                               ? shape.k
                               : shape.k * metadata->stored_elements / metadata->chunk_elements;
        forms_.push_back({shape.m, 8, shape.k, stored, types.a, types.b, types.accumulator,
                          types.accumulator, metadata, dot, saturating, rounding, Major::kRow,
                          Major::kColumn, shape.first_architecture, kEveryLaterArchitecture, 0});
    }

    void dense(const Types& types, Shapes shapes, DotKind dot = DotKind::kFloat,
               bool saturating = false) {
        for (const Shape& shape : shapes) add(types, shape, nullptr, dot, saturating);
    }

    void sparse(const Types& types, Ks ks, MetadataFormatName metadata,
                DotKind dot = DotKind::kFloat, bool saturating = false, int first = 80) {
        for (const int k : ks)
            add(types, {16, k, first}, &metadata_format(metadata), dot, saturating);
    }

    void doubles() {
        for (const Rounding rounding :
             {Rounding::kNearestEven, Rounding::kTowardZero, Rounding::kDown, Rounding::kUp}) {
            for (const Shape& shape :
                 {Shape{8, 4, 80}, Shape{16, 4, 90}, Shape{16, 8, 90}, Shape{16, 16, 90}}) {
                add({kF64, kF64, kF64}, shape, nullptr, DotKind::kF64, false, rounding);
            }
        }
    }

    /// m8n8k4 f16: later architectures run it in software, which is not an instruction of theirs.
    void quad_pairs() {
        for (const auto& [d, c] : {std::pair{kF32, kF32}, {kF16, kF16}, {kF32, kF16}}) {
            for (const Major a : {Major::kRow, Major::kColumn}) {
                for (const Major b : {Major::kColumn, Major::kRow}) {
                    forms_.push_back({8, 8, 4, 4, kF16, kF16, c, d, nullptr, DotKind::kFloat, false,
                                      Rounding::kNearestEven, a, b, 70, 75, 0});
                }
            }
        }
    }

    template <class Use>
    static void sign_mixes(const std::array<DataType, 2>& types, Use use) {
        for (const bool saturating : {false, true}) {
            for (const DataType a : types) {
                for (const DataType b : types) use(Types{a, b, kS32}, saturating);
            }
        }
    }

    void integers(const std::array<DataType, 2>& types, Shapes shapes) {
        sign_mixes(types, [&](const Types& mix, bool saturating) {
            dense(mix, shapes, DotKind::kInteger, saturating);
        });
    }

    void sparse_integers(const std::array<DataType, 2>& types, Ks ks, MetadataFormatName metadata) {
        sign_mixes(types, [&](const Types& mix, bool saturating) {
            sparse(mix, ks, metadata, DotKind::kInteger, saturating);
        });
    }

    template <class Use>
    static void fp8(DataType accumulator, Use use) {
        for (const DataType a : kFp8Types) {
            for (const DataType b : kFp8Types) use(Types{a, b, accumulator});
        }
    }

    std::vector<MmaForm> forms_;
};

std::string_view qualifier(Rounding rounding) {
    switch (rounding) {
        case Rounding::kNearestEven:
            return "";
        case Rounding::kTowardZero:
            return ".rz";
        case Rounding::kDown:
            return ".rm";
        case Rounding::kUp:
            return ".rp";
    }
    return "";
}

std::string_view name(Major major) { return major == Major::kRow ? "row" : "col"; }

}  // namespace

std::string MmaForm::shape_name() const { return fmt::format("m{}n{}k{}", m, n, k_logical); }

std::string MmaForm::ptx_name() const {
    const std::string sparsity =
        extended() ? fmt::format(".sp.sptc::n{}m{}::{}", metadata->pattern->n, metadata->pattern->m,
                                 sparsity::name(*metadata->index_format))
        : sparse() ? ".sp::ordered_metadata"
                   : "";
    return fmt::format("mma{}.sync.aligned.{}.{}.{}{}{}.{}.{}.{}.{}{}", sparsity, shape_name(),
                       name(a_major), name(b_major), saturating ? ".satfinite" : "",
                       qualifier(rounding), types::name(d), types::name(a), types::name(b),
                       types::name(c),
                       dot == DotKind::kAndPopc   ? ".and.popc"
                       : dot == DotKind::kXorPopc ? ".xor.popc"
                                                  : "");
}

std::span<const MmaForm> mma_forms() {
    static const std::vector<MmaForm> forms = FormTable().build();
    return forms;
}

std::size_t form_index(const MmaForm& form) {
    const std::span<const MmaForm> table = mma_forms();
    if (form.extended()) return table.size() + static_cast<std::size_t>(form.extended_index);
    const auto index = &form - table.data();
    SPTC_ASSERT(index >= 0 && index < static_cast<std::ptrdiff_t>(table.size()));
    return static_cast<std::size_t>(index);
}

const MmaForm& form_at(std::size_t index) {
    const std::span<const MmaForm> table = mma_forms();
    return index < table.size() ? table[index] : extended_form_at(index - table.size());
}

const MmaForm* find_form(bool sparse, int m, int n, int k_logical, DataType d, DataType a,
                         DataType b, DataType c) {
    for (const MmaForm& form : mma_forms()) {
        if (form.sparse() == sparse && form.m == m && form.n == n && form.k_logical == k_logical &&
            form.d == d && form.a == a && form.b == b && form.c == c && !form.saturating &&
            form.dot != DotKind::kXorPopc && form.rounding == Rounding::kNearestEven) {
            return &form;
        }
    }
    return nullptr;
}

}  // namespace sptc::isa
