#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "models/isa/mma.hpp"
#include "traces/ptx/decoder.hpp"

namespace sptc::ptx {

/// The shapes of wmma: three of k16, m16n16k8 (tf32) and m8n8 with k4, k32, k128.
struct WmmaShape {
    std::string_view name;
    int m, n, k;

    /// m8n32k16 is computed as D^T = B^T A^T: then N is what mma calls M.
    [[nodiscard]] bool swapped() const { return n == 32; }
    /// 16 x 8 blocks of D (of D^T when swapped); a block is one or two mma.
    [[nodiscard]] int blocks() const { return m * n == 256 ? 2 : 1; }
    /// Do the blocks of D stand one below the other?
    [[nodiscard]] bool stacked() const { return m != 16 && blocks() == 2; }
};

/// A wmma instruction as it is written.
struct WmmaName {
    const WmmaShape* shape;
    char matrix;  ///< of a load or store: a, b, c or d
    std::vector<isa::Major> layouts;
    std::vector<types::DataType> types;
    bool shared = false;
    bool saturating = false;
    isa::Rounding rounding = isa::Rounding::kNearestEven;
    std::optional<isa::DotKind> bits;  ///< of b1
};

/// Reads the opcode of the decoder's statement, qualifiers in any order. Throws KernelError when a
/// word is unknown, doubled or missing; that the types suit the shape is left to the caller.
[[nodiscard]] WmmaName parse_wmma(const Decoder& decoder);

/// "unsupported instruction ..." with the forms that exist.
[[noreturn]] void unsupported_wmma(const Decoder& decoder);

/// The mma whose fragments those of a wmma with multiplicands of this type are; nullptr when the
/// shape does not take the type.
[[nodiscard]] const isa::MmaForm* layout_form(const WmmaShape& shape, types::DataType multiplicand);

}  // namespace sptc::ptx
