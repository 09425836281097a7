#pragma once
// The public interface of sptc as a library: the bits that mma.sync and mma.sp give on NVIDIA
// tensor cores. Needs nothing but the standard library; in CMake:
//
//   find_package(sptc REQUIRED)
//   target_link_libraries(program PRIVATE sptc::sptc)

#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sptc {

/// What a caller got wrong: an unknown instruction, an operand of the wrong size, illegal metadata.
/// The message says what was found and what was expected.
class MmaError : public std::invalid_argument {
  public:
    using std::invalid_argument::invalid_argument;
};

/// What to do with a metadata code that the instruction leaves undefined.
enum class Metadata : unsigned char {
    kStrict,   ///< MmaError, naming item, row and chunk
    kHardware  ///< its two indices are taken as they are, as the hardware's mux would
};

/// Whose arithmetic.
struct MmaOptions {
    std::string arch = "sm_80";  ///< one of mma_architectures()
    Metadata metadata = Metadata::kStrict;
    std::string sparse_groups = "H1";  ///< how products of mma.sp are grouped: docs/numerics.md
};

/// The operands of `count` independent instructions, raw little-endian elements; elements below a
/// byte are packed, low bits first. Every span holds exactly `count` items, one after another.
struct MmaBatch {
    std::span<const std::byte> a;  ///< [count][M][k_stored] row-major
    std::span<const std::byte> b;  ///< [count][K][N] row-major: row k, column n
    std::span<const std::byte> c;  ///< [count][M][N] row-major
    /// Sparse instructions, else empty: [count][M][K / chunk] codes of 4 bits, not reordered; the
    /// low two bits name the first stored element of a chunk, the high two the second.
    std::span<const std::byte> e;
    std::span<std::byte> d;  ///< [count][M][N] row-major; written
};

/// One mma.sync or mma.sp instruction of one architecture. Immutable: threads may share it.
///
/// m8n8k4 with f16 operands multiplies four pairs of matrices; there an item of A, B, C and D has
/// four matrices.
class Mma {
  public:
    /// `instruction`: as PTX spells it, e.g.
    /// "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32". Throws MmaError
    /// when it is not an instruction of the architecture; the message lists those nearby.
    explicit Mma(std::string_view instruction, const MmaOptions& options = {});
    Mma(Mma&&) noexcept;
    Mma& operator=(Mma&&) noexcept;
    ~Mma();

    [[nodiscard]] int m() const;
    [[nodiscard]] int n() const;
    [[nodiscard]] int k() const;         ///< logical: rows of B
    [[nodiscard]] int k_stored() const;  ///< elements in a row of A as it is stored

    /// Bytes of one item of each operand; e_bytes() is 0 when dense.
    [[nodiscard]] std::size_t a_bytes() const;
    [[nodiscard]] std::size_t b_bytes() const;
    [[nodiscard]] std::size_t c_bytes() const;
    [[nodiscard]] std::size_t d_bytes() const;
    [[nodiscard]] std::size_t e_bytes() const;

    /// Computes D of every item; their number follows from batch.d. Throws MmaError when a span's
    /// size does not fit, or for illegal metadata; then the contents of D are unspecified.
    void compute(const MmaBatch& batch) const;

  private:
    class Implementation;
    std::unique_ptr<const Implementation> implementation_;
};

/// "sm_70" ... "sm_120"
[[nodiscard]] std::vector<std::string> mma_architectures();

/// Every instruction of an architecture. Throws MmaError when it is unknown.
[[nodiscard]] std::vector<std::string> mma_instructions(std::string_view arch);

}  // namespace sptc
