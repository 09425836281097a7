#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"
#include "models/reference/dot_arithmetic.hpp"
#include "models/reference/epilogue.hpp"
#include "models/reference/number.hpp"

namespace sptc::reference {

/// D = A . B + C computed by a sequence of matrix instructions of one form, whose C and D have one
/// type. Arrays are row-major and little-endian, 4-bit and 1-bit elements from the low bits of a
/// byte up; pitches count elements, also where a row then begins inside a byte. Types and the
/// sparsity pattern are those of `form`.
struct GemmOperands {
    const isa::MmaForm& form;
    const isa::Architecture& architecture;
    isa::Partition partition = isa::kDefaultPartition;
    std::size_t m = 0;
    std::size_t n = 0;
    std::size_t k = 0;  ///< logical K: rows of B
    /// Instructions run one after another over ascending k; 0: as few as cover K. What they cover
    /// beyond K is zeros in A and B. More of them can matter: each turns an addend of -0 into +0.
    std::size_t instructions = 0;
    /// Split-K: the instructions of each slice of K, together as many as above; empty: one slice.
    /// A slice is a chain of its own: the first begins with C, the others with +0. The chains are
    /// added in the order of the slices, ((s0 + s1) + s2) + ..., each sum rounded to nearest even
    /// in the type of D (s32 wraps); the epilogue follows the last sum.
    std::vector<std::size_t> slices = {};
    std::span<const std::byte> a =
        {};  ///< [m x k], or when sparse [m x stored elements of whole chunks that cover k]
    std::size_t lda = 0;
    /// Sparse: for each stored value its place in its chunk, 0 .. chunk_elements - 1 (of the whole
    /// chunk also for pairs); empty when dense. unpack_metadata() gives them.
    std::span<const std::uint8_t> indices = {};
    std::size_t indices_pitch = 0;
    std::span<const std::byte> b = {};  ///< [k x n]
    std::size_t ldb = 0;
    std::span<const std::byte> c = {};  ///< [m x n]; empty: +0 everywhere
    std::size_t ldc = 0;
    Epilogue epilogue = {};  ///< after the last instruction; kept by the reference
};

/// One element of D that differs.
struct Mismatch {
    std::size_t row;
    std::size_t column;
    std::uint64_t got;       ///< raw bits
    std::uint64_t expected;  ///< raw bits
};

/// How a computed D compares with the reference, and with a float64 product r = c + sum a * b
/// (plain float64 additions in the order of the instructions; b1 forms combine bits as they do).
/// Elements where d or r is not finite are left out of both errors and counted.
struct GemmCheck {
    std::uint64_t elements = 0;
    std::uint64_t mismatches = 0;
    std::optional<Mismatch> first;  ///< in row-major order
    /// Largest |d - r| / max(|r|, smallest normal number of D's type, for integers 1). Large where
    /// a sum nearly cancels, or an integer wrapped.
    double max_relative_error = 0;
    /// Largest |d - r| / max(|c| + sum |a * b|, that number): what the arithmetic loses, without
    /// cancellation.
    double max_scaled_error = 0;
    std::uint64_t non_finite = 0;
};

/// The golden result of a whole GEMM. Copies and decodes its operands once; then every row is
/// independent.
class GemmReference {
  public:
    /// Throws ConfigError for an index outside its chunk, naming row and stored element, and when
    /// the architecture lacks the form. Sizes that do not fit the extents are a bug of the caller
    /// (SPTC_ASSERT).
    explicit GemmReference(const GemmOperands& operands);

    /// Row `row` of D: n raw bit patterns.
    [[nodiscard]] std::vector<std::uint64_t> row(std::size_t row) const;

    /// Compares D [m x n] with pitch ldd, rows in parallel (threads 0: one per hardware thread).
    /// The result does not depend on the number of threads. `progress` hears the share of the rows
    /// that are done.
    [[nodiscard]] GemmCheck check(std::span<const std::byte> d, std::size_t ldd,
                                  unsigned threads = 0,
                                  const std::function<void(double)>& progress = {}) const;

  private:
    /// The same value for the bits and for the float64 product.
    struct Operands {
        std::vector<Number> numbers;
        std::vector<double> values;

        void resize(std::size_t elements);
        void set(std::size_t element, types::DataType type, const Number& number);
    };
    struct Float64Sum {
        double value;
        double magnitude;  ///< the same sum of absolute values
    };

    void load_a(const GemmOperands& operands);
    void load_b(const GemmOperands& operands);
    void load_c(const GemmOperands& operands);
    void load_k_of(const GemmOperands& operands, std::size_t given);
    [[nodiscard]] std::uint64_t element(std::size_t row, std::size_t column,
                                        std::span<Number> selected) const;
    [[nodiscard]] double product(double a, double b) const;
    [[nodiscard]] Float64Sum float64_sum(std::size_t row, std::size_t column) const;
    [[nodiscard]] GemmCheck check_row(std::size_t row, std::span<const std::byte> d) const;

    const isa::MmaForm& form_;
    DotArithmetic arithmetic_;
    Epilogue epilogue_;
    std::vector<std::size_t> slice_ends_;  ///< [slices], in stored elements
    std::size_t m_;
    std::size_t n_;
    std::size_t stored_;        ///< stored elements of a row of A, padded to whole instructions
    std::size_t column_pitch_;  ///< logical elements of a column of B, padded
    std::vector<std::size_t> order_;  ///< [stored]: the stored elements of a row as they are summed
    Operands a_;                      ///< [m x stored], in that order
    Operands b_;                      ///< [n x column_pitch]: column after column
    std::vector<std::uint32_t>
        k_of_;  ///< [m x stored], or [stored] when dense: the row of B a value meets, in that order
    std::size_t k_of_pitch_;        ///< 0 when dense: every row of A meets the same rows of B
    std::vector<std::uint64_t> c_;  ///< [m x n] raw bits
};

}  // namespace sptc::reference
