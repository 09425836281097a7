#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/api/sptc/mma.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"
#include "models/reference/mma.hpp"
#include "models/reference/packed.hpp"
#include "tests/support/encode.hpp"

namespace sptc::test {

/// One instruction whose operands are set by their mathematical coordinates, and its D by the
/// reference. All zeros at first, the metadata of a legal code for every chunk.
class ReferenceItem {
  public:
    explicit ReferenceItem(const isa::MmaForm& form)
        : form_(form),
          a_(reference::packed_bytes(form.a, count(form.m, form.k_stored))),
          b_(reference::packed_bytes(form.b, count(form.k_logical, form.n))),
          c_(reference::packed_bytes(form.c, count(form.m, form.n))),
          e_(index(form.m * form.metadata_bytes_per_row()), std::byte{0x44}) {}

    [[nodiscard]] const isa::MmaForm& form() const { return form_; }

    void set_a_bits(int row, int stored, std::uint64_t bits, int matrix = 0) {
        store(form_.a, a_, (matrix * form_.m + row) * form_.k_stored + stored, bits);
    }
    void set_b_bits(int k, int column, std::uint64_t bits, int matrix = 0) {
        store(form_.b, b_, (matrix * form_.k_logical + k) * form_.n + column, bits);
    }
    void set_c_bits(int row, int column, std::uint64_t bits, int matrix = 0) {
        store(form_.c, c_, (matrix * form_.m + row) * form_.n + column, bits);
    }
    void set_a(int row, int stored, double value, int matrix = 0) {
        set_a_bits(row, stored, encode(form_.a, value), matrix);
    }
    void set_b(int k, int column, double value, int matrix = 0) {
        set_b_bits(k, column, encode(form_.b, value), matrix);
    }
    void set_c(int row, int column, double value, int matrix = 0) {
        set_c_bits(row, column, encode(form_.c, value), matrix);
    }
    void set_code(int row, int chunk, unsigned code) {
        std::byte& byte = e_[index(row * form_.metadata_bytes_per_row() + chunk / 2)];
        const int shift = 4 * (chunk % 2);
        byte =
            (byte & static_cast<std::byte>(0xf0u >> shift)) | static_cast<std::byte>(code << shift);
    }

    [[nodiscard]] std::vector<std::byte> run(
        const isa::Architecture& architecture,
        isa::Partition partition = isa::kDefaultPartition) const {
        return reference::mma(form_, architecture, {a_, b_, c_, e_}, partition);
    }
    /// The same by the fast path, through the library's public interface.
    [[nodiscard]] std::vector<std::byte> run_library(std::string_view architecture) const {
        const Mma mma(form_.ptx_name(), {.arch = std::string(architecture)});
        std::vector<std::byte> d(mma.d_bytes());
        mma.compute({.a = a_, .b = b_, .c = c_, .e = e_, .d = d});
        return d;
    }
    /// The bits of one element of D.
    [[nodiscard]] std::uint64_t d(std::string_view architecture, int row = 0, int column = 0,
                                  int matrix = 0,
                                  isa::Partition partition = isa::kDefaultPartition) const {
        return reference::load_bits(form_.d, run(isa::find_architecture(architecture), partition),
                                    index((matrix * form_.m + row) * form_.n + column));
    }

  private:
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
    [[nodiscard]] std::size_t count(int rows, int columns) const {
        return index(form_.matrices() * rows * columns);
    }
    static void store(types::DataType type, std::vector<std::byte>& matrix, int at,
                      std::uint64_t bits) {
        reference::store_bits(type, matrix, index(at), bits);
    }

    const isa::MmaForm& form_;
    std::vector<std::byte> a_, b_, c_, e_;
};

/// The form of a whole PTX name.
inline const isa::MmaForm& form_of(std::string_view ptx_name) {
    return *isa::parse_mma(ptx_name).form;
}

}  // namespace sptc::test
