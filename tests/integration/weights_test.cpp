// prune -> compress -> inspect, as a user runs them.
#include <fmt/format.h>

#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <sstream>
#include <string>

#include "models/base/random.hpp"
#include "models/sparsity/compress.hpp"
#include "models/sparsity/index_packing.hpp"
#include "models/sparsity/metadata.hpp"
#include "models/sparsity/metadata_order.hpp"
#include "models/sparsity/prune.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/npy.hpp"
#include "traces/tensor_file/safetensors.hpp"
#include "traces/tensor_file/write_safetensors.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using sparsity::Dense;
using tensor_file::Matrix;
using test::ProgramRun;
using test::TemporaryDirectory;
using types::DataType;

namespace {

using Halves = Dense<std::uint16_t>;

Halves random_halves(std::size_t rows, std::size_t columns) {
    base::Random random(rows * 1000 + columns);
    Halves matrix{rows, columns, {}};
    while (matrix.elements.size() < rows * columns) {
        matrix.elements.push_back(types::f64_to_f16(random.normal()));
    }
    return matrix;
}

struct Workplace {
    [[nodiscard]] ProgramRun run(const std::string& arguments) const {
        return test::run_sptc(directory.path(), arguments);
    }
    [[nodiscard]] std::filesystem::path path(const std::string& name) const {
        return directory.path() / name;
    }
    void write(const std::string& name, const Halves& matrix) const {
        tensor_file::write_npy(path(name), tensor_file::matrix_of(DataType::kF16, matrix.rows,
                                                                  matrix.columns, matrix.elements));
    }
    [[nodiscard]] Halves read(const std::string& name) const {
        const Matrix matrix = tensor_file::read_npy(path(name));
        return {matrix.rows, matrix.columns, tensor_file::elements_of<std::uint16_t>(matrix)};
    }
    [[nodiscard]] std::set<std::string> files() const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            names.insert(entry.path().filename());
        }
        return names;
    }

    TemporaryDirectory directory;
};

/// The matrix that a compressed file stands for, [padded M x padded K].
Halves expanded(const std::filesystem::path& file, const sparsity::Pattern& pattern,
                const std::string& order) {
    const Matrix values = tensor_file::read_safetensors(file, "values");
    sparsity::Compressed<std::uint16_t> compressed;
    compressed.rows = values.rows;
    compressed.stored_columns = values.columns;
    compressed.columns =
        values.columns / static_cast<std::size_t>(pattern.n) * static_cast<std::size_t>(pattern.m);
    compressed.values = tensor_file::elements_of<std::uint16_t>(values);
    if (pattern.name == "2:4") {
        const Matrix metadata = tensor_file::read_safetensors(file, "metadata");
        CHECK(metadata.rows == values.rows);
        CHECK(metadata.columns == compressed.columns / 16);
        std::vector<std::uint16_t> words = tensor_file::elements_of<std::uint16_t>(metadata);
        if (order == "cutlass") {
            words = sparsity::restore_metadata(std::span<const std::uint16_t>(words), values.rows);
        }
        compressed.indices = sparsity::decode_metadata(words, metadata.columns);
    } else {
        const Matrix indices = tensor_file::read_safetensors(file, "indices");
        CHECK(indices.rows == values.rows);
        for (std::size_t r = 0; r < indices.rows; ++r) {
            const auto row = sparsity::unpack_indices(
                std::span(indices.data).subspan(r * indices.columns, indices.columns),
                values.columns, pattern);
            compressed.indices.insert(compressed.indices.end(), row.begin(), row.end());
        }
    }
    return sparsity::expand(compressed, pattern);
}

/// Are the elements of `small` those of `large`, and the rest of `large` zeros?
bool is_padding_of(const Halves& large, const Halves& small) {
    if (large.rows < small.rows || large.columns < small.columns) return false;
    for (std::size_t r = 0; r < large.rows; ++r) {
        for (std::size_t c = 0; c < large.columns; ++c) {
            const bool inside = r < small.rows && c < small.columns;
            if (large.row(r)[c] != (inside ? small.row(r)[c] : 0)) return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("sptc prune and compress: every pattern comes back from the compressed file") {
    for (const sparsity::Pattern& pattern : sparsity::patterns()) {
        for (const auto& [rows, columns] : {std::pair{32, 64}, {5, 67}}) {
            CAPTURE(pattern.name, rows, columns);
            const Workplace workplace;
            const Halves weights =
                random_halves(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
            workplace.write("w.npy", weights);
            const ProgramRun prune =
                workplace.run(fmt::format("prune w.npy p.npy --pattern {}", pattern.name));
            REQUIRE(prune.exit_code == 0);
            Halves expected = weights;
            const auto report = sparsity::prune(expected, pattern);
            CHECK(workplace.read("p.npy") == expected);
            CHECK_THAT(prune.out, Contains(fmt::format("{:.4f}", report.retained_magnitude)));
            CHECK_THAT(prune.out,
                       Contains(fmt::format("{} of {} elements", report.zeros, rows * columns)));

            REQUIRE(workplace
                        .run(fmt::format("compress p.npy c.safetensors --pattern {}", pattern.name))
                        .exit_code == 0);
            CHECK(is_padding_of(expanded(workplace.path("c.safetensors"), pattern, "row-major"),
                                expected));
        }
    }
}

TEST_CASE("sptc compress: the CUTLASS order holds the same matrix, padded to 32 rows and columns") {
    const Workplace workplace;
    const sparsity::Pattern& pattern = sparsity::find_pattern("2:4");
    Halves weights = random_halves(33, 100);
    (void)sparsity::prune(weights, pattern);
    workplace.write("p.npy", weights);
    const ProgramRun run = workplace.run("compress p.npy c.safetensors --order cutlass");
    REQUIRE(run.exit_code == 0);
    CHECK_THAT(run.err, Contains("K = 100 is padded with zeros to 128") &&
                            Contains("M = 33 is padded with zeros to 64"));
    const Halves found = expanded(workplace.path("c.safetensors"), pattern, "cutlass");
    CHECK(found.rows == 64);
    CHECK(found.columns == 128);
    CHECK(is_padding_of(found, weights));
}

TEST_CASE("sptc expand: what compress wrote comes back element by element, in every format") {
    for (const char* options :
         {"--pattern 2:4", "--pattern 2:4 --order cutlass", "--pattern 2:4 --index-format bitmask",
          "--pattern 3:7 --index-format combinatorial", "--pattern 1:16"}) {
        CAPTURE(options);
        const Workplace workplace;
        workplace.write("w.npy", random_halves(33, 101));
        const std::string pattern =
            std::string(options).substr(0, std::string(options).find(" --", 3));
        REQUIRE(workplace.run("prune w.npy p.npy " + pattern).exit_code == 0);
        REQUIRE(workplace.run(fmt::format("compress p.npy c.safetensors {}", options)).exit_code ==
                0);
        const ProgramRun run = workplace.run("expand c.safetensors d.npy");
        INFO(run.err);
        REQUIRE(run.exit_code == 0);
        CHECK(workplace.read("d.npy") == workplace.read("p.npy"));
    }
}

TEST_CASE("sptc expand: a file that compress did not write, or that was changed, is refused") {
    const Workplace workplace;
    workplace.write("w.npy", random_halves(16, 32));
    REQUIRE(workplace.run("prune w.npy p.npy").exit_code == 0);
    REQUIRE(workplace.run("compress p.npy c.safetensors").exit_code == 0);
    const Matrix values = tensor_file::read_safetensors(workplace.path("c.safetensors"), "values");
    const std::vector<std::byte> words(16 * 2 * 2);  // positions 0, 0 in every group
    const std::array<tensor_file::NamedTensor, 2> tensors{
        tensor_file::NamedTensor{"values", values.type, {16, 16}, values.data},
        tensor_file::NamedTensor{"metadata", DataType::kU16, {16, 2}, words}};
    tensor_file::write_safetensors(workplace.path("foreign.safetensors"), tensors);
    std::map<std::string, std::string> text{{"schema", "sptc.compressed/1"},
                                            {"pattern", "2:4"},
                                            {"rows", "16"},
                                            {"columns", "32"},
                                            {"order", "row-major"},
                                            {"index_format", "coordinate"}};
    tensor_file::write_safetensors(workplace.path("changed.safetensors"), tensors, text);
    text["order"] = "other";
    tensor_file::write_safetensors(workplace.path("order.safetensors"), tensors, text);
    for (const auto& [file, said] :
         {std::pair{"foreign", "no text entry 'schema'"}, std::pair{"changed", "row 0"},
          std::pair{"order", "expected row-major or cutlass"}}) {
        const ProgramRun run = workplace.run(fmt::format("expand {}.safetensors d.npy", file));
        CHECK(run.exit_code != 0);
        CHECK_THAT(run.err, Contains(said));
    }
    CHECK_FALSE(workplace.files().contains("d.npy"));
}

TEST_CASE("sptc compress: a 2:4 f16 matrix shrinks to 9/16 of its bytes") {
    const Workplace workplace;
    workplace.write("w.npy", random_halves(64, 128));
    REQUIRE(workplace.run("prune w.npy p.npy").exit_code == 0);
    const ProgramRun run = workplace.run("compress p.npy c.safetensors");
    REQUIRE(run.exit_code == 0);
    CHECK_THAT(run.out, Contains("9216 bytes of tensors, 0.5625 of the input"));
    const ProgramRun list = workplace.run("inspect c.safetensors");
    CHECK(list.exit_code == 0);
    CHECK_THAT(list.out,
               Contains("metadata  U16   [64 x 8]") && Contains("values    F16   [64 x 64]"));
}

TEST_CASE("sptc inspect: a pruned matrix fits its pattern and says how its groups are filled") {
    const Workplace workplace;
    // Groups with 0, 1, 2, 2 nonzeros; -2 and 3 are the ends of the range.
    workplace.write("p.npy", {2,
                              8,
                              {0, 0, 0, 0, 0, 0x4200, 0, 0,  //
                               0x3c00, 0, 0, 0xc000, 0x3c00, 0x3c00, 0, 0}});
    const ProgramRun run = workplace.run("inspect p.npy");
    REQUIRE(run.exit_code == 0);
    CHECK_THAT(run.out, Contains("f16 [2 x 8], 32 bytes"));
    CHECK_THAT(run.out, Contains("11 of 16 elements (68.75 %)"));
    CHECK_THAT(run.out, Contains("range      -2 to 3"));
    CHECK_THAT(run.out, Contains("fits 2:4   yes"));
    CHECK_THAT(run.out, Contains("fits 1:4   no: row 1, columns 0..3 have 2 nonzeros"));
    CHECK_THAT(run.out, Contains("fits 1:2   no: row 1, columns 4..5 have 2 nonzeros"));
    const std::size_t groups = run.out.find("groups of four");
    REQUIRE(groups != std::string::npos);
    CHECK(run.out.substr(groups) ==
          "groups of four with so many nonzeros:\n"
          "  0                   1   25.00 %\n"
          "  1                   1   25.00 %\n"
          "  2                   2   50.00 %\n"
          "  3                   0    0.00 %\n"
          "  4                   0    0.00 %\n");
}

TEST_CASE("sptc inspect: tensors of any rank and integer type have a range") {
    const Workplace workplace;
    const std::vector<std::int32_t> numbers{-7, 0, 5, 6, 0, 1};
    tensor_file::write_npy(workplace.path("cube.npy"), DataType::kS32,
                           std::array<std::uint64_t, 3>{1, 2, 3},
                           std::as_bytes(std::span(numbers)));
    const ProgramRun run = workplace.run("inspect cube.npy");
    CHECK(run.exit_code == 0);
    CHECK_THAT(run.out, Contains("s32 [1 x 2 x 3]") && Contains("2 of 6 elements") &&
                            Contains("range      -7 to 6") && !Contains("fits"));
}

TEST_CASE("sptc prune: bf16 is written as f32 with the same values, and said so") {
    const Workplace workplace;
    const std::vector<std::uint16_t> bits{0x3f80, 0xc000, 0x4040, 0x3f00};  // 1 -2 3 0.5
    const std::vector<tensor_file::NamedTensor> tensors{
        {"layer.w", DataType::kBf16, {1, 4}, std::as_bytes(std::span(bits))}};
    tensor_file::write_safetensors(workplace.path("m.safetensors"), tensors);
    const ProgramRun run = workplace.run("prune m.safetensors:layer.w p.npy");
    REQUIRE(run.exit_code == 0);
    CHECK_THAT(run.err, Contains("bf16 is written as f32"));
    const Matrix pruned = tensor_file::read_npy(workplace.path("p.npy"));
    CHECK(tensor_file::elements_of<float>(pruned) == std::vector<float>{0, -2, 3, 0});
}

TEST_CASE("sptc prune: K that is no multiple of the group is said so and keeps its shape") {
    const Workplace workplace;
    workplace.write("w.npy", random_halves(3, 6));
    const ProgramRun run = workplace.run("prune w.npy p.npy");
    CHECK(run.exit_code == 0);
    CHECK_THAT(run.err,
               Contains("K = 6 is not a multiple of 4") && Contains("padded with 2 zeros"));
    CHECK(workplace.read("p.npy").columns == 6);
}

TEST_CASE("sptc compress: a matrix that violates its pattern names the first bad row and group") {
    const Workplace workplace;
    Halves weights{2, 8, std::vector<std::uint16_t>(16)};
    for (const std::size_t column : {4u, 5u, 7u}) weights.row(1)[column] = 0x3c00;
    workplace.write("w.npy", weights);
    const ProgramRun run = workplace.run("compress w.npy c.safetensors");
    CHECK(run.exit_code == 3);
    CHECK_THAT(run.err, Contains("w.npy: not 2:4 sparse: row 1, columns 4..7"));
    CHECK(workplace.files() == std::set<std::string>{"w.npy"});
}

TEST_CASE(
    "sptc prune, compress, inspect: bad input is an error that names the file, never output") {
    const Workplace workplace;
    workplace.write("w.npy", random_halves(2, 8));
    const std::string whole = base::read_text(workplace.path("w.npy"));
    workplace.directory.write("short.npy", whole.substr(0, whole.size() - 1));
    workplace.directory.write("junk.npy", "not a tensor");
    workplace.directory.write("short.safetensors", std::string("\x40\0\0\0\0\0\0\0{", 9));
    workplace.directory.write("gpu.json", "{\"schema\": \"sptc.gpu/1\", ");
    workplace.directory.write("notes.txt", "hello");
    const std::set<std::string> before = workplace.files();

    const auto check = [&](const std::string& arguments, int exit_code,
                           const std::string& message) {
        CAPTURE(arguments);
        const ProgramRun run = workplace.run(arguments);
        CHECK(run.exit_code == exit_code);
        CHECK(run.out == "");
        CHECK_THAT(run.err, Contains(message));
        CHECK(workplace.files() == before);
    };
    for (const std::string file : {"short.npy", "junk.npy", "short.safetensors", "none.npy"}) {
        check("prune " + file + " p.npy", 3, file + ": ");
        check("compress " + file + " c.safetensors", 3, file + ": ");
        check("inspect " + file, 3, file + ": ");
    }
    check("inspect gpu.json", 3, "gpu.json: byte");
    check("inspect notes.txt", 3, "expected FILE.npy");
    check("inspect --hierarchy h900", 3, "expected one of a100");
    check("inspect --gpu h900", 3, "expected one of a100");
    check("inspect", 2, "one of FILE, --gpu GPU and --hierarchy GPU");
    check("prune w.npy", 2, "OUT is required");
    check("prune w.npy p.txt", 2, "ending in .npy");
    check("compress w.npy c.npy", 2, "ending in .safetensors");
    check("compress w.npy c.safetensors --order rows", 2, "--order");
    check("prune w.npy p.npy --pattern 5:4", 3, "unknown pattern '5:4': cannot keep 5 of 4");
    check("prune w.npy none/p.npy", 3, "none/p.npy: cannot be written");
}

TEST_CASE("sptc inspect --gpu: every number of a description comes with its source") {
    const Workplace workplace;
    const ProgramRun run = workplace.run("inspect --gpu a100");
    REQUIRE(run.exit_code == 0);
    std::istringstream lines(run.out);
    std::size_t rows = 0;
    bool sms = false;
    for (std::string line; std::getline(lines, line);) {
        if (line.rfind("/", 0) != 0) continue;
        ++rows;
        std::istringstream words(line);
        std::string pointer, value, confidence, source;
        words >> pointer >> value >> confidence >> source;
        CHECK_FALSE(source.empty());
        if (pointer == "/sms") sms = value == "108" && confidence == "vendor" && source == "A100";
    }
    CHECK(sms);
    CHECK_THAT(run.out, Contains("\n" + std::to_string(rows) + " parameters: "));
    CHECK(rows > 80);
}

TEST_CASE("sptc inspect: an A100's peaks are those of its whitepaper") {
    const Workplace workplace;
    const ProgramRun run = workplace.run("inspect a100");
    REQUIRE(run.exit_code == 0);
    // NVIDIA A100 whitepaper, table 1: 312 and 624 TFLOPS f16, 19.5 TFLOPS f32.
    CHECK_THAT(run.out, Contains("311.9 TFLOPS dense, 623.7 TFLOPS 2:4") &&
                            Contains("19.5 TFLOPS outside the tensor cores"));
}

TEST_CASE(
    "sptc inspect --hierarchy: the tree shows the three tensor core modules and their ports") {
    const Workplace workplace;
    const ProgramRun run = workplace.run("inspect --hierarchy a100");
    REQUIRE(run.exit_code == 0);
    // Of each line only the words, so that the layout may change.
    std::string words;
    for (const char c : run.out) {
        if (c != ' ' || (!words.empty() && words.back() != ' ' && words.back() != '\n')) words += c;
    }
    CHECK_THAT(words, Contains("gpu gpu::Gpu\n"));
    CHECK_THAT(words, Contains("tensor_core tensor_core::TensorCore\n"));
    CHECK_THAT(words,
               Contains("metadata_decoder tensor_core::MetadataDecoder\n"
                        "selects port of tensor_core::MetadataSliceIf -> operand_selector\n"));
    CHECK_THAT(words, Contains("lanes port of tensor_core::LaneIf -> dot_product_unit\n"));
    CHECK_THAT(words, Contains("sub_core1 .. sub_core3 (as sub_core0)\n"));
    CHECK_THAT(words, Contains("sm1 .. sm107 (as sm0)\n"));
    CHECK_THAT(words, !Contains("sm2 "));
}
