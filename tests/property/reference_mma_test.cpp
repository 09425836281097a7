#include "models/reference/mma.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "models/base/random.hpp"
#include "models/reference/metadata.hpp"
#include "tests/support/reference_item.hpp"

using namespace sptc;
using types::DataType;

namespace {

bool is_unsigned(DataType type) {
    return type == DataType::kU4 || type == DataType::kU8 || type == DataType::kB1;
}

/// A small integer that every type and every sum of the forms holds exactly.
int small(base::Random& random, DataType type) {
    if (type == DataType::kB1) return static_cast<int>(random.below(2));
    const int value = static_cast<int>(random.below(9));
    return is_unsigned(type) ? value : value - 4;
}

/// A random instruction and D in plain integers, from A expanded to its logical columns.
struct SmallIntegers {
    test::ReferenceItem item;
    std::vector<int> expected;

    SmallIntegers(const isa::MmaForm& form, base::Random& random) : item(form) {
        for (int matrix = 0; matrix < form.matrices(); ++matrix) add(matrix, random);
    }

  private:
    void add(int matrix, base::Random& random) {
        const isa::MmaForm& form = item.form();
        std::vector<int> a(index(form.m * form.k_logical)), b(index(form.k_logical * form.n));
        for (int row = 0; row < form.m; ++row) {
            const std::vector<int> columns = choose_columns(row, random);
            for (int j = 0; j < form.k_stored; ++j) {
                const int value = small(random, form.a);
                item.set_a(row, j, value, matrix);
                a[index(row * form.k_logical + columns[index(j)])] = value;
            }
        }
        for (int k = 0; k < form.k_logical; ++k) {
            for (int column = 0; column < form.n; ++column) {
                int& value = b[index(k * form.n + column)];
                value = small(random, form.b);
                item.set_b(k, column, value, matrix);
            }
        }
        for (int row = 0; row < form.m; ++row) {
            for (int column = 0; column < form.n; ++column) {
                int sum = small(random, form.c);
                item.set_c(row, column, sum, matrix);
                for (int k = 0; k < form.k_logical; ++k) {
                    const int x = a[index(row * form.k_logical + k)];
                    const int y = b[index(k * form.n + column)];
                    sum += form.dot == isa::DotKind::kXorPopc ? x ^ y : x * y;
                }
                expected.push_back(sum);
            }
        }
    }

    /// Random distinct selects for every chunk; the logical column of each stored element.
    std::vector<int> choose_columns(int row, base::Random& random) {
        const isa::MmaForm& form = item.form();
        std::vector<int> columns;
        for (int j = 0; !form.sparse() && j < form.k_stored; ++j) columns.push_back(j);
        for (int chunk = 0; chunk < form.chunks(); ++chunk) {
            const isa::MetadataFormat& format = *form.metadata;
            const auto codes = isa::legal_codes(format, isa::MetadataOrdering::kAny);
            const unsigned code = codes[random.below(static_cast<std::uint32_t>(codes.size()))];
            item.set_code(row, chunk, code);
            for (int i = 0; i < format.stored_elements; ++i) {
                // Indices have two bits; of 1:2, 01 00 is the first and 11 10 the second element.
                const auto unit = static_cast<int>(
                    format.choices() == 2 ? code == 0xe
                                          : code >> 2 * (i / format.unit_elements) & 3);
                columns.push_back(chunk * format.chunk_elements + unit * format.unit_elements +
                                  i % format.unit_elements);
            }
        }
        return columns;
    }

    static std::size_t index(int i) { return static_cast<std::size_t>(i); }
};

}  // namespace

TEST_CASE("reference: every form on every architecture multiplies small integers exactly") {
    base::Random random(7);
    int runs = 0;
    for (const isa::MmaForm& form : isa::mma_forms()) {
        const SmallIntegers problem(form, random);
        for (const isa::Architecture& architecture : isa::architectures()) {
            if (!isa::has_form(architecture, form)) continue;
            for (const isa::PartitionRow& row : isa::partitions()) {
                if (!form.sparse() && row.partition != isa::kDefaultPartition) continue;
                INFO(architecture.name << " " << form.ptx_name() << " " << row.name);
                const auto d = problem.item.run(architecture, row.partition);
                REQUIRE(d.size() == reference::packed_bytes(form.d, problem.expected.size()));
                for (std::size_t i = 0; i < problem.expected.size(); ++i) {
                    double exact = problem.expected[i];
                    // IEEE 754: a sum that cancels is -0 when rounding down.
                    if (exact == 0 && form.rounding == isa::Rounding::kDown) {
                        exact = std::bit_cast<double>(reference::load_bits(form.d, d, i));
                        REQUIRE(exact == 0);
                    }
                    REQUIRE(reference::load_bits(form.d, d, i) == test::encode(form.d, exact));
                }
                ++runs;
            }
        }
    }
    CHECK(runs > 1000);
}
