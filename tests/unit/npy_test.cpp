#include "traces/tensor_file/npy.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/read_matrix.hpp"

using namespace sptc;
using namespace std::string_literals;
using Catch::Matchers::Contains;
using types::DataType;

namespace {

std::string npy(char major, const std::string& header, const std::string& data) {
    std::string file = "\x93NUMPY"s + major + '\0' + static_cast<char>(header.size() & 0xff) +
                       static_cast<char>(header.size() >> 8);
    if (major > 1) file += "\0\0"s;
    return file + header + data;
}

std::string dictionary(const std::string& descr, const std::string& order,
                       const std::string& shape) {
    return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
}

const std::string kHalves("\x00\x3c\x00\x40\x00\x42\x00\x44\x00\x45\x00\x46", 12);  // 1 2 3 4 5 6

/// What reading a file with this content says; "" when it is read.
std::string message(const std::string& content) {
    const test::TemporaryDirectory directory;
    const std::string file = directory.write("a.npy", content);
    try {
        (void)tensor_file::read_matrix(file);
    } catch (const base::ConfigError& error) {
        const std::string text = error.what();
        REQUIRE(text.find(file) == 0);
        return text.substr(file.size());
    }
    return "";
}

}  // namespace

TEST_CASE("npy: format versions 1, 2 and 3 give the same matrix") {
    const test::TemporaryDirectory directory;
    for (const char major : {'\1', '\2', '\3'}) {
        const auto file =
            directory.write("a.npy", npy(major, dictionary("<f2", "False", "(2, 3)"), kHalves));
        const tensor_file::Matrix matrix = tensor_file::read_matrix(file);
        CHECK(matrix.type == DataType::kF16);
        CHECK(matrix.rows == 2);
        CHECK(matrix.columns == 3);
        CHECK(tensor_file::elements_of<std::uint16_t>(matrix) ==
              std::vector<std::uint16_t>{0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600});
    }
}

TEST_CASE("npy: Fortran order is transposed to rows") {
    const test::TemporaryDirectory directory;
    const auto file =
        directory.write("a.npy", npy(1, dictionary("<f2", "True", "(2, 3)"), kHalves));
    CHECK(tensor_file::elements_of<std::uint16_t>(tensor_file::read_npy(file)) ==
          std::vector<std::uint16_t>{0x3c00, 0x4200, 0x4500, 0x4000, 0x4400, 0x4600});
}

TEST_CASE("npy: keys in any order, double quotes, missing commas and long integers are read") {
    CHECK(message(npy(1, "{\"shape\":(2L,3),\"fortran_order\":False,\"descr\":\"=f2\"}",
                      kHalves)) == "");
    CHECK(message(npy(1, dictionary("|u1", "False", "(3, 4,)"), kHalves)) == "");
    CHECK(message(npy(1, dictionary("<u2", "False", "(1, 6)"), kHalves)) == "");
    CHECK(message(npy(1, dictionary("<i4", "False", "(3, 1)"), kHalves)) == "");
}

TEST_CASE("npy: wrong magic, version and length name their byte") {
    CHECK_THAT(message(""), Contains("byte 0: the file ends here"));
    CHECK_THAT(message("PK\x03\x04 not an array"), Contains("byte 0: not a .npy file"));
    CHECK_THAT(message(npy(4, "", "")), Contains("byte 6: .npy format 4.0"));
    CHECK_THAT(message("\x93NUMPY\x01\x00\xff\x00{}"s),
               Contains("255 bytes of the header from byte 10"));
    CHECK_THAT(message("\x93NUMPY\x02\x00\xff\xff\xff\xff{}"s),
               Contains("byte 8: a header of 4294967295 bytes"));
}

TEST_CASE("npy: a malformed header names the byte where it goes wrong") {
    const auto with = [](const std::string& header) { return message(npy(1, header, kHalves)); };
    CHECK_THAT(with("'descr'"),
               Contains("byte 10: malformed .npy header: found ''', expected '{'"));
    CHECK_THAT(with("{'descr': [('a', '<f2')]}"), Contains("byte 20") && Contains("structured"));
    CHECK_THAT(with("{'descr': '<f2"), Contains("byte 20") && Contains("never ends"));
    CHECK_THAT(with("{'descr': '<f2', 'x': 1}"), Contains("byte 28") && Contains("key 'x'"));
    CHECK_THAT(with("{'descr': '<f2', 'descr': '<f2'}"), Contains("repeated key 'descr'"));
    CHECK_THAT(with("{'descr': '<f2', 'shape': (2, 3)}"), Contains("'fortran_order' is missing"));
    CHECK_THAT(with(dictionary("<f2", "Maybe", "(2, 3)")),
               Contains("found 'M', expected True or False"));
    CHECK_THAT(with(dictionary("<f2", "False", "(2, -3)")), Contains("found '-'"));
    CHECK_THAT(with(dictionary("<f2", "False", "(2, 99999999999999999999)")), Contains("64 bits"));
    CHECK_THAT(with(dictionary("<f2", "False", "(2, 3")),
               Contains("found '}', expected a non-negative"));
    CHECK_THAT(with(dictionary("<f2", "False", "(2 3)")), Contains("found '3', expected ')'"));
    CHECK_THAT(with(dictionary("<f2", "False", "(2, 3)") + "x"),
               Contains("found 'x', expected the end"));
}

TEST_CASE("npy: types that are not supported are named with those that are") {
    CHECK_THAT(message(npy(1, dictionary(">f4", "False", "(3, 1)"), kHalves)),
               Contains("byte 21: type '>f4' is big-endian") && Contains("<f2, <f4, <f8"));
    CHECK_THAT(message(npy(1, dictionary("<c8", "False", "(3, 1)"), kHalves)),
               Contains("type '<c8', expected one of <f2"));
}

TEST_CASE("npy: only matrices with as many bytes as they claim are read") {
    const auto with = [](const std::string& shape) {
        return message(npy(1, dictionary("<f2", "False", shape), kHalves));
    };
    CHECK_THAT(with("(6,)"), Contains("shape [6] has 1 dimensions, expected 2"));
    CHECK_THAT(with("(1, 2, 3)"), Contains("3 dimensions"));
    CHECK_THAT(with("()"), Contains("0 dimensions"));
    CHECK_THAT(with("(0, 3)"), Contains("at least one row"));
    CHECK_THAT(with("(2, 4)"),
               Contains("the file ends here, expected 16 bytes of f16 data [2 x 4]"));
    CHECK_THAT(with("(2, 2)"), Contains("4 bytes follow the data"));
    // Lying headers: a terabyte, and products that overflow 64 bits.
    CHECK_THAT(with("(1048576, 524288)"), Contains("the file ends here"));
    CHECK_THAT(with("(4294967296, 4294967296)"), Contains("needs more than"));
    CHECK_THAT(with("(9223372036854775808, 2)"), Contains("needs more than"));
}

TEST_CASE("npy: what is written has the header of format 1.0 and is read back") {
    const test::TemporaryDirectory directory;
    const std::string file = (directory.path() / "d.npy").string();
    const auto matrix = tensor_file::matrix_of<float>(DataType::kF32, 2, 2, {1, 2, 3, 4});
    tensor_file::write_npy(file, matrix);
    const std::string text = base::read_text(file);
    REQUIRE(text.size() == 128 + 16);  // NumPy pads the header to a multiple of 64
    const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }";
    CHECK(text.substr(0, 10) == "\x93NUMPY\x01\x00\x76\x00"s);
    CHECK(text.substr(10, header.size()) == header);
    CHECK(text.substr(10 + header.size(), 118 - header.size()) ==
          std::string(117 - header.size(), ' ') + "\n");
    CHECK(text.substr(128, 8) == "\x00\x00\x80\x3f\x00\x00\x00\x40"s);
    const tensor_file::Matrix back = tensor_file::read_npy(file);
    CHECK(back.data == matrix.data);
}

TEST_CASE("npy: any number of dimensions can be written, other types cannot") {
    const test::TemporaryDirectory directory;
    const auto file = directory.path() / "v.npy";
    const std::vector<std::byte> data(6);
    tensor_file::write_npy(file, DataType::kU16, std::vector<std::uint64_t>{3}, data);
    CHECK_THAT(base::read_text(file), Contains("'shape': (3,), }"));
    tensor_file::write_npy(file, DataType::kU16, std::vector<std::uint64_t>{1, 3, 1}, data);
    CHECK_THAT(base::read_text(file), Contains("'shape': (1, 3, 1), }"));
    CHECK_THROWS_WITH(
        tensor_file::write_npy(file, DataType::kBf16, std::vector<std::uint64_t>{3}, data),
        Contains("no type bf16"));
}

TEST_CASE("read_matrix: unknown extensions, missing files and directories are refused") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(tensor_file::read_matrix("weights.pt"),
                      Contains("weights.pt") && Contains(".npy") && Contains(".safetensors"));
    CHECK_THROWS_WITH(tensor_file::read_matrix("a.npy:b"), Contains("expected no tensor name"));
    CHECK_THROWS_WITH(tensor_file::read_matrix("a.safetensors:"), Contains("tensor name"));
    CHECK_THROWS_WITH(tensor_file::read_matrix("/nonexistent/a.npy"), Contains("cannot be opened"));
    std::filesystem::create_directory(directory.path() / "d.npy");
    CHECK_THROWS_WITH(tensor_file::read_matrix((directory.path() / "d.npy").string()),
                      Contains("not a regular file"));
    const auto path = tensor_file::parse_tensor_path("dir/a.safetensors:b.npy:0");
    CHECK(path.file == "dir/a.safetensors");
    CHECK(path.tensor == "b.npy:0");
}
