#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "models/base/random.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/mma.hpp"
#include "models/reference/mma.hpp"
#include "models/types/data_type.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using test::ProgramRun;
using test::run_sptc;
using test::TemporaryDirectory;

namespace {

constexpr std::string_view kSparse =
    "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32";
constexpr std::string_view kDense = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32";
constexpr std::array<unsigned, 6> kNibbles{0x4, 0x8, 0x9, 0xc, 0xd, 0xe};

/// The four input files of a batch, as bytes.
struct Batch {
    const isa::MmaForm& form;
    std::size_t count;
    std::string a, b, c, e;

    [[nodiscard]] std::size_t d_bytes() const {
        return static_cast<std::size_t>(form.matrices() * form.m * form.n * types::bits(form.d) /
                                        8);
    }
    /// Writes A.bin, B.bin, C.bin and, if sparse, E.bin.
    void write(const TemporaryDirectory& directory) const {
        directory.write("A.bin", a);
        directory.write("B.bin", b);
        directory.write("C.bin", c);
        if (form.sparse()) directory.write("E.bin", e);
    }
    [[nodiscard]] std::string arguments() const {
        return fmt::format("mma --op {} --a A.bin --b B.bin --c C.bin {} --count {} --out D.bin ",
                           form.ptx_name(), form.sparse() ? "--e E.bin" : "", count);
    }
    /// Item `i` by models/reference.
    [[nodiscard]] std::string reference(std::size_t i, std::string_view arch = "sm_80") const {
        const auto item = [&](const std::string& matrices) {
            const std::size_t bytes = matrices.size() / count;
            return std::as_bytes(std::span(matrices)).subspan(i * bytes, bytes);
        };
        const auto d = reference::mma(form, isa::find_architecture(arch),
                                      {item(a), item(b), item(c), item(e)});
        return {reinterpret_cast<const char*>(d.data()), d.size()};
    }
};

std::string random_bytes(std::size_t size, base::Random& random) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(256));
    return bytes;
}

std::string random_metadata(const isa::MmaForm& form, std::size_t size, base::Random& random) {
    if (!form.sparse()) return {};
    const auto codes = isa::legal_codes(*form.metadata, isa::MetadataOrdering::kOrdered);
    const auto count = static_cast<std::uint32_t>(codes.size());
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(codes[random.below(count)] | codes[random.below(count)] << 4);
    }
    return bytes;
}

/// Random bits: every class of number, NaN and infinity among them.
Batch random_batch(const isa::MmaForm& form, std::size_t count, std::uint64_t seed) {
    base::Random random(seed);
    const auto bytes = [&](int elements, types::DataType type) {
        return count * static_cast<std::size_t>(form.matrices() * elements * types::bits(type) / 8);
    };
    const auto metadata = static_cast<std::size_t>(form.m * form.metadata_bytes_per_row());
    return {form,
            count,
            random_bytes(bytes(form.m * form.k_stored, form.a), random),
            random_bytes(bytes(form.k_logical * form.n, form.b), random),
            random_bytes(bytes(form.m * form.n, form.c), random),
            random_metadata(form, count * metadata, random)};
}

/// A fresh directory with a batch in it.
struct Workplace {
    explicit Workplace(const Batch& batch) { batch.write(directory); }

    [[nodiscard]] ProgramRun run(const std::string& arguments) const {
        return run_sptc(directory.path(), arguments);
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        return base::read_text(directory.path() / name);
    }
    /// Nothing but the inputs is there: no D.bin, no part of one.
    [[nodiscard]] bool has_only_inputs() const {
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            const std::string name = entry.path().filename();
            if (name.size() != 5 || std::string("ABCE").find(name[0]) == std::string::npos) {
                return false;
            }
        }
        return true;
    }

    TemporaryDirectory directory;
};

template <class E>
void append(std::string& bytes, E value) {
    bytes.append(reinterpret_cast<const char*>(&value), sizeof(E));
}

}  // namespace

TEST_CASE("sptc mma: random bits of every form give the reference's D") {
    for (const isa::MmaForm& form : isa::mma_forms()) {
        CAPTURE(form.ptx_name());
        const std::string arch = fmt::format("sm_{}", std::max(form.first_architecture, 75));
        const Batch batch = random_batch(form, 40, 7);
        const Workplace workplace(batch);
        const ProgramRun run = workplace.run(batch.arguments() + "--check --arch " + arch);
        REQUIRE(run.exit_code == 0);
        CHECK_THAT(run.out, Contains(fmt::format("check      {} elements, 0 mismatches",
                                                 40 * form.matrices() * form.m * form.n)));
        const std::string d = workplace.read("D.bin");
        REQUIRE(d.size() == 40 * batch.d_bytes());
        for (std::size_t i = 0; i < 40; ++i) {
            CHECK(d.substr(i * batch.d_bytes(), batch.d_bytes()) == batch.reference(i, arch));
        }
    }
}

TEST_CASE("sptc mma: a sparse product of small integers is the exact integer product") {
    const isa::MmaForm& form = *isa::parse_mma(kSparse).form;
    base::Random random(11);
    Batch batch{form, 3, {}, {}, {}, {}};
    std::vector<float> expected;
    for (std::size_t item = 0; item < batch.count; ++item) {
        int a[16][32] = {}, b[32][8];
        for (auto& row : a) {
            unsigned words[2] = {};
            for (unsigned chunk = 0; chunk < 8; ++chunk) {
                const unsigned nibble = kNibbles[random.below(6)];
                words[chunk / 4] |= nibble << (4 * (chunk % 4));
                for (const unsigned position : {nibble & 3, nibble >> 2}) {
                    const int value = static_cast<int>(random.below(9)) - 4;
                    row[4 * chunk + position] = value;
                    append(batch.a, types::f64_to_f16(value));
                }
            }
            for (const unsigned word : words) append(batch.e, static_cast<std::uint16_t>(word));
        }
        for (auto& row : b) {
            for (int& value : row) {
                value = static_cast<int>(random.below(9)) - 4;
                append(batch.b, types::f64_to_f16(value));
            }
        }
        for (auto& row : a) {
            for (int n = 0; n < 8; ++n) {
                int sum = static_cast<int>(random.below(100));
                append(batch.c, static_cast<float>(sum));
                for (int k = 0; k < 32; ++k) sum += row[k] * b[k][n];
                expected.push_back(static_cast<float>(sum));
            }
        }
    }
    const Workplace workplace(batch);
    REQUIRE(workplace.run(batch.arguments()).exit_code == 0);
    const std::string d = workplace.read("D.bin");
    std::vector<float> found(d.size() / sizeof(float));
    std::memcpy(found.data(), d.data(), d.size());
    CHECK(found == expected);
}

TEST_CASE("sptc mma: a batch of more than one chunk is computed without a seam") {
    const Batch batch = random_batch(*isa::parse_mma(kDense).form, 4100, 3);
    const Workplace workplace(batch);
    REQUIRE(workplace.run(batch.arguments()).exit_code == 0);
    const std::string d = workplace.read("D.bin");
    REQUIRE(d.size() == batch.count * batch.d_bytes());
    for (const std::size_t i : {0u, 4094u, 4095u, 4096u, 4099u}) {
        CAPTURE(i);
        CHECK(d.substr(i * batch.d_bytes(), batch.d_bytes()) == batch.reference(i));
    }
}

TEST_CASE("sptc mma: the counts follow from the widths of an A100's tensor core") {
    const Batch batch = random_batch(*isa::parse_mma(kSparse).form, 64, 5);
    const Workplace workplace(batch);
    REQUIRE(workplace.run(batch.arguments() + "--json one.json --check").exit_code == 0);
    REQUIRE(workplace.run(batch.arguments() + "--json two.json --check").exit_code == 0);
    auto one = nlohmann::json::parse(workplace.read("one.json"));
    auto two = nlohmann::json::parse(workplace.read("two.json"));
    CHECK(one["executed_macs"] == 64 * 16 * 8 * 16);
    CHECK(one["b_values_fetched"] == 64 * 32 * 8);
    // One every 8 cycles (2048 MACs / 256); the last is ready 24.7 +- 1.5 cycles after its issue.
    CHECK(one["cycles"].get<double>() == Approx(63 * 8 + 24.7).margin(1.5));
    CHECK(one["check"]["elements"] == 64 * 16 * 8);
    CHECK(one["check"]["mismatches"] == 0);
    one.erase("host");
    two.erase("host");
    CHECK(one == two);
}

TEST_CASE("sptc mma: --arch gives the same bits as the GPU and no cycles") {
    const Batch batch = random_batch(*isa::parse_mma(kDense).form, 8, 6);
    const Workplace workplace(batch);
    REQUIRE(workplace.run(batch.arguments() + "--gpu a100").exit_code == 0);
    const std::string by_gpu = workplace.read("D.bin");
    const ProgramRun run = workplace.run(batch.arguments() + "--arch sm_80");
    REQUIRE(run.exit_code == 0);
    CHECK_THAT(run.out, !Contains("cycles"));
    CHECK(workplace.read("D.bin") == by_gpu);
}

TEST_CASE("sptc mma: a file of the wrong size is refused with expected and found bytes") {
    Batch batch = random_batch(*isa::parse_mma(kDense).form, 64, 1);
    batch.a.resize(batch.a.size() - 2);
    const Workplace workplace(batch);
    const ProgramRun run = workplace.run(batch.arguments());
    CHECK(run.exit_code == 3);
    CHECK_THAT(run.err,
               Contains("A.bin: expected 64 x 16 x 16 elements of 16 bits = 32768 bytes for A "
                        "with --count 64, found 32766"));
    CHECK(workplace.has_only_inputs());
}

TEST_CASE("sptc mma: metadata is demanded for mma.sp and refused for mma") {
    const Batch sparse = random_batch(*isa::parse_mma(kSparse).form, 2, 1);
    const Workplace workplace(sparse);
    const std::string files = "--a A.bin --b B.bin --c C.bin --count 2 --out D.bin";
    const ProgramRun without = workplace.run(fmt::format("mma --op {} {}", kSparse, files));
    CHECK(without.exit_code == 2);
    CHECK_THAT(without.err, Contains("needs the metadata file"));
    const ProgramRun with = workplace.run(fmt::format("mma --op {} {} --e E.bin", kDense, files));
    CHECK(with.exit_code == 2);
    CHECK_THAT(with.err, Contains("takes no metadata"));
    CHECK(workplace.has_only_inputs());
}

TEST_CASE("sptc mma: illegal metadata names file, item, row, chunk and code") {
    Batch batch = random_batch(*isa::parse_mma(kSparse).form, 4100, 2);
    // Item 4098, row 3: its two words are bytes 12 .. 15; chunk 5 is the high nibble of byte 14.
    const std::size_t at = 4098 * 64 + 14;
    batch.e[at] = static_cast<char>((batch.e[at] & 0x0f) | 0xf0);
    const Workplace workplace(batch);
    const ProgramRun run = workplace.run(batch.arguments());
    CHECK(run.exit_code == 3);
    CHECK_THAT(run.err, Contains("E.bin: item 4098: metadata of row 3, chunk 5 is 0xF"));
    CHECK(workplace.has_only_inputs());
}

TEST_CASE("sptc mma: a failed run leaves an older D as it was") {
    Batch batch = random_batch(*isa::parse_mma(kSparse).form, 2, 2);
    batch.e[0] = 0;
    const Workplace workplace(batch);
    workplace.directory.write("D.bin", "older");
    CHECK(workplace.run(batch.arguments()).exit_code == 3);
    CHECK(workplace.read("D.bin") == "older");
}

TEST_CASE("sptc mma: wrong options end with their documented exit code and say what is legal") {
    const Batch batch = random_batch(*isa::parse_mma(kDense).form, 2, 1);
    const Workplace workplace(batch);
    const auto run_with = [&](std::string_view op, std::string_view b, std::string_view more) {
        return workplace.run(
            fmt::format("mma --op {} --a A.bin --b {} --c C.bin --out D.bin {}", op, b, more));
    };
    const auto check = [&](const ProgramRun& run, int exit_code, const std::string& message) {
        CHECK(run.exit_code == exit_code);
        CHECK_THAT(run.err, Contains(message));
        CHECK(workplace.has_only_inputs());
    };
    check(run_with(kDense, "B.bin", ""), 2, "--count is required");
    check(run_with(kDense, "B.bin", "--count 0"), 2, "1 or more");
    check(run_with(kDense, "B.bin", "--count -1"), 2, "1 or more");
    check(run_with(kDense, "B.bin", "--count 2 --gpu a100 --arch sm_80"), 2, "excludes");
    check(run_with(kDense, "B.bin", "--count 2 --gpu b100"), 3, "expected one of a100");
    check(run_with(kDense, "B.bin", "--count 2 --arch sm_1"), 3, "expected one of sm_70");
    check(run_with("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32", "B.bin", "--count 2"), 3,
          "sm_80 has no");
    check(run_with(kDense, "none.bin", "--count 2"), 3, "none.bin: cannot be opened");
    check(run_with(kDense, "B.bin", "--count 900000000000000"), 3, "expected 900000000000000");
}

TEST_CASE("sptc mma: an output folder that does not exist is an input error") {
    const Batch batch = random_batch(*isa::parse_mma(kDense).form, 2, 1);
    const Workplace workplace(batch);
    std::string arguments = batch.arguments();
    arguments.replace(arguments.find("--out D.bin"), 11, "--out none/D.bin");
    const ProgramRun run = workplace.run(arguments);
    CHECK(run.exit_code == 3);
    CHECK_THAT(run.err, Contains("none/D.bin: cannot be written"));
}
