#include <catch2/catch.hpp>
#include <cstring>

#include "models/base/error.hpp"
#include "models/isa/extended_metadata.hpp"
#include "models/reference/mma.hpp"
#include "models/tensor_core/mma_runner.hpp"
#include "tests/support/fresh_simulation.hpp"
#include "tests/support/random_extended.hpp"

using namespace sptc;
using tensor_core::MmaRunner;
using tensor_core::TensorCoreSpec;

namespace {

TensorCoreSpec flexible(std::string arch = "sm_80") {
    TensorCoreSpec spec;
    spec.arch = std::move(arch);
    spec.flexible.largest_group = sparsity::kMaxPatternGroup;
    return spec;
}

/// The named patterns and some random ones with M up to 32.
std::vector<const sparsity::Pattern*> some_patterns(base::Random& random) {
    std::vector<const sparsity::Pattern*> all;
    for (const sparsity::Pattern& pattern : sparsity::patterns()) all.push_back(&pattern);
    for (const auto& [n, m] : {std::pair{1, 1}, {1, 32}, {31, 32}, {32, 32}, {16, 32}, {3, 31}}) {
        all.push_back(&test::pattern_of(n, m));
    }
    for (int i = 0; i < 10; ++i) {
        const int m = 1 + static_cast<int>(random.below(32));
        all.push_back(
            &test::pattern_of(1 + static_cast<int>(random.below(static_cast<unsigned>(m))), m));
    }
    return all;
}

std::vector<std::byte> execute(MmaRunner& runner, const isa::MmaForm& form,
                               const test::ExtendedItem& item) {
    std::vector<std::byte> d(item.c.size());
    runner.run({&form, isa::MetadataOrdering::kOrdered}, {item.a, item.b, item.c, item.e, d});
    return d;
}

const isa::MmaForm& form_of(const sparsity::Pattern& pattern, sparsity::IndexFormat format,
                            isa::ExtendedKey key) {
    key.pattern = &pattern;
    key.format = format;
    return isa::extended_form(key);
}

}  // namespace

TEST_CASE("extended mma: every pattern, format and type gives the reference's bits") {
    base::Random random(7);
    for (const char* arch : {"sm_80", "sm_90"}) {
        test::FreshSimulation simulation;
        MmaRunner runner(flexible(arch));
        for (const sparsity::Pattern* pattern : some_patterns(random)) {
            for (const sparsity::IndexFormatRow& row : sparsity::index_formats()) {
                for (const isa::ExtendedKey& key : test::extended_types()) {
                    const isa::MmaForm& form = form_of(*pattern, row.format, key);
                    INFO(arch << " " << form.ptx_name());
                    const test::ExtendedItem item = test::random_item(form, random);
                    REQUIRE(execute(runner, form, item) ==
                            reference::mma(form, isa::find_architecture(arch),
                                           {item.a, item.b, item.c, item.e}));
                }
            }
        }
    }
}

TEST_CASE("extended mma: computing pass by pass gives the same bits and cycles") {
    base::Random random(8);
    for (const sparsity::Pattern* pattern : some_patterns(random)) {
        for (const isa::ExtendedKey& key : test::extended_types()) {
            const isa::MmaForm& form = form_of(*pattern, sparsity::IndexFormat::kBitmask, key);
            INFO(form.ptx_name());
            const test::ExtendedItem item = test::random_item(form, random);
            std::vector<std::vector<std::byte>> bits;
            std::vector<base::Cycle> cycles;
            for (const auto mode :
                 {tensor_core::ValuesMode::kWholeInstruction, tensor_core::ValuesMode::kPerPass}) {
                test::FreshSimulation simulation;
                TensorCoreSpec spec = flexible();
                spec.values_mode = mode;
                MmaRunner runner(spec);
                bits.push_back(execute(runner, form, item));
                cycles.push_back(runner.cycles());
            }
            REQUIRE(bits[0] == bits[1]);
            REQUIRE(cycles[0] == cycles[1]);
        }
    }
}

TEST_CASE("extended mma: integers are those of A expanded to its dense columns") {
    base::Random random(9);
    test::FreshSimulation simulation;
    MmaRunner runner(flexible());
    using enum types::DataType;
    for (const sparsity::Pattern* pattern : some_patterns(random)) {
        const isa::MmaForm& form =
            isa::extended_form({pattern, sparsity::IndexFormat::kCombinatorial, kS8, kS8, kS32});
        INFO(form.ptx_name());
        const test::ExtendedItem item = test::random_item(form, random);
        const std::vector<std::byte> d = execute(runner, form, item);
        const auto s8 = [](const std::vector<std::byte>& bytes, int at) {
            return int{std::to_integer<std::int8_t>(bytes[static_cast<std::size_t>(at)])};
        };
        for (int row = 0; row < form.m; ++row) {
            std::vector<int> dense(static_cast<std::size_t>(form.k_logical));
            for (int j = 0; j < form.k_stored; ++j) {
                const int at = row * form.k_stored + j;
                const int column =
                    j / pattern->n * pattern->m + item.places[static_cast<std::size_t>(at)];
                dense[static_cast<std::size_t>(column)] = s8(item.a, at);
            }
            for (int column = 0; column < form.n; ++column) {
                const std::size_t at = 4 * static_cast<std::size_t>(row * form.n + column);
                std::uint32_t sum = 0;
                std::memcpy(&sum, &item.c[at], sizeof(sum));
                for (int k = 0; k < form.k_logical; ++k) {
                    sum += static_cast<std::uint32_t>(dense[static_cast<std::size_t>(k)] *
                                                      s8(item.b, k * form.n + column));
                }
                std::uint32_t found = 0;
                std::memcpy(&found, &d[at], sizeof(found));
                REQUIRE(found == sum);
            }
        }
    }
}

TEST_CASE("extended metadata: every format comes back from bits and from registers") {
    base::Random random(10);
    for (int m = 1; m <= sparsity::kMaxPatternGroup; ++m) {
        for (int n = 1; n <= m; n += 1 + static_cast<int>(random.below(6))) {
            const sparsity::Pattern& pattern = test::pattern_of(n, m);
            const sparsity::IndexFormatRow& row = sparsity::index_formats()[random.below(3)];
            const auto key = test::extended_types()[random.below(7)];
            const isa::MmaForm& form = form_of(pattern, row.format, key);
            INFO(form.ptx_name());
            CHECK(form.k_stored * m == form.k_logical * n);
            CHECK(form.k_stored * types::bits(form.a) % 128 == 0);
            CHECK(form.k_logical * types::bits(form.a) % 128 == 0);
            CHECK(form.b_registers() <= isa::kMaxExtendedBRegisters);
            CHECK(isa::parse_mma(form.ptx_name()).form == &form);
            const test::ExtendedItem item = test::random_item(form, random);
            const auto row_bytes = static_cast<std::size_t>(form.metadata_bytes_per_row());
            const int selector =
                static_cast<int>(random.below(static_cast<unsigned>(form.selector_count())));
            std::vector<isa::LaneRegister> e(static_cast<std::size_t>(form.metadata_registers()));
            isa::metadata_to_registers(form, selector, item.e, e);
            for (std::size_t r = 0; r < 16; ++r) {
                const auto bytes = isa::metadata_of_row(form, selector, e, static_cast<int>(r));
                const auto given = std::span(item.e).subspan(r * row_bytes, row_bytes);
                REQUIRE(std::equal(bytes.begin(), bytes.end(), given.begin(), given.end()));
                sparsity::BitReader reader(bytes);
                std::vector<std::uint8_t> places(static_cast<std::size_t>(n));
                for (int group = 0; group < form.chunks(); ++group) {
                    REQUIRE(sparsity::read_group(row.format, pattern, reader, places));
                    const std::size_t first = r * static_cast<std::size_t>(form.k_stored) +
                                              static_cast<std::size_t>(group * n);
                    REQUIRE(std::equal(places.begin(), places.end(),
                                       item.places.begin() + static_cast<std::ptrdiff_t>(first)));
                }
            }
        }
    }
}

TEST_CASE("extended mma: an illegal code and a missing datapath are refused with what is legal") {
    using Catch::Contains;
    base::Random random(11);
    const sparsity::Pattern& pattern = test::pattern_of(2, 6);
    using enum types::DataType;
    const isa::MmaForm& form =
        isa::extended_form({&pattern, sparsity::IndexFormat::kBitmask, kF16, kF16, kF32});
    test::ExtendedItem item = test::random_item(form, random);
    {
        test::FreshSimulation simulation;
        MmaRunner runner(TensorCoreSpec{});
        CHECK_THROWS_WITH(execute(runner, form, item),
                          Contains("no datapath for pattern 2:6") && Contains("a100-flexible-nm"));
    }
    {
        test::FreshSimulation simulation;
        TensorCoreSpec narrow = flexible();
        narrow.flexible.largest_group = 4;
        MmaRunner runner(narrow);
        CHECK_THROWS_WITH(execute(runner, form, item), Contains("its muxes have 4 inputs"));
    }
    test::FreshSimulation simulation;
    MmaRunner runner(flexible());
    item.e[0] = (item.e[0] & std::byte{0xc0}) | std::byte{0b111000};  // row 0, group 0
    CHECK_THROWS_WITH(execute(runner, form, item),
                      Contains("metadata of row 0, group 0 names no 2 of 6 elements: bitmask code "
                               "0b111000"));
}
