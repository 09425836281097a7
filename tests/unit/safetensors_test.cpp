#include "traces/tensor_file/safetensors.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <limits>

#include "models/base/error.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/convert.hpp"
#include "traces/tensor_file/read_matrix.hpp"

using namespace sptc;
using namespace std::string_literals;
using Catch::Matchers::Contains;
using types::DataType;

namespace {

std::string safetensors(const std::string& header, const std::string& data) {
    std::string file;
    for (int i = 0; i < 8; ++i) file += static_cast<char>(header.size() >> (8 * i) & 0xff);
    return file + header + data;
}

// w: 2 x 2 bf16 = 1, -2, 3, 0.5; b: 2 f32; h: 1 x 2 f16 = 1, 2.
const std::string kHeader = R"({"__metadata__":{"format":"pt"},)"
                            R"("w":{"dtype":"BF16","shape":[2,2],"data_offsets":[8,16]},)"
                            R"("b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                            R"("h":{"dtype":"F16","shape":[1,2],"data_offsets":[16,20]}}   )";
const std::string kData(
    "\x00\x00\x80\x3f\x00\x00\x00\x40"
    "\x80\x3f\x00\xc0\x40\x40\x00\x3f"
    "\x00\x3c\x00\x40",
    20);

std::string message(const std::string& content, const std::string& tensor = "") {
    const test::TemporaryDirectory directory;
    const std::string file = directory.write("a.safetensors", content);
    try {
        (void)tensor_file::read_safetensors(file, tensor);
    } catch (const base::ConfigError& error) {
        const std::string text = error.what();
        REQUIRE(text.find(file) == 0);
        return text.substr(file.size());
    }
    return "";
}

/// The message for a file whose only entry is `entry`.
std::string entry_message(const std::string& entry) {
    return message(safetensors(fmt::format(R"({{"a/b":{}}})", entry), kData));
}

}  // namespace

TEST_CASE("safetensors: a tensor is found by name and read from its offsets") {
    const test::TemporaryDirectory directory;
    const auto file = directory.write("a.safetensors", safetensors(kHeader, kData));
    const tensor_file::Matrix w = tensor_file::read_matrix(file + ":w");
    CHECK(w.type == DataType::kBf16);
    CHECK(w.rows == 2);
    CHECK(w.columns == 2);
    CHECK(tensor_file::to_f32(w, "w").elements == std::vector<float>{1, -2, 3, 0.5});
    CHECK(tensor_file::to_f16(w, "w").elements ==
          std::vector<std::uint16_t>{0x3c00, 0xc000, 0x4200, 0x3800});
    CHECK(tensor_file::elements_of<std::uint16_t>(tensor_file::read_matrix(file + ":h")) ==
          std::vector<std::uint16_t>{0x3c00, 0x4000});

    const auto entries = tensor_file::list_safetensors(file);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].name == "b");
    CHECK(entries[0].shape == std::vector<std::uint64_t>{2});
    CHECK(entries[2].dtype == "BF16");
    CHECK(entries[2].begin == 8 + kHeader.size() + 8);
}

TEST_CASE("safetensors: a missing or unknown name lists the matrices") {
    const std::string file = safetensors(kHeader, kData);
    CHECK_THAT(message(file),
               Contains("name a tensor") && Contains("3 tensors, of which matrices: "
                                                     "h [1 x 2] F16, w [2 x 2] BF16"));
    CHECK_THAT(message(file, "v"), Contains("no tensor 'v'") && Contains("w [2 x 2] BF16"));
    CHECK_THAT(message(file, "b"), Contains("shape [2] has 1 dimensions"));
    std::string many = "{";
    for (int i = 100; i < 130; ++i) {
        many += fmt::format(R"({}"t{}":{{"dtype":"F16","shape":[1,1],"data_offsets":[0,2]}})",
                            i == 100 ? "" : ",", i);
    }
    CHECK_THAT(message(safetensors(many + "}", kData)),
               Contains("t119 [1 x 1] F16 and 10 more") && !Contains("t120"));
}

TEST_CASE("safetensors: the only tensor of a file needs no name") {
    CHECK(entry_message(R"({"dtype":"F32","shape":[5,1],"data_offsets":[0,20]})") == "");
}

TEST_CASE("safetensors: a header longer than the file or the format allows is refused") {
    CHECK_THAT(message("1234567"), Contains("byte 7: the file ends here"));
    CHECK_THAT(message("\xff\xff\xff\xff\xff\xff\xff\xff{}"s),
               Contains("byte 0: a header of 18446744073709551615 bytes, expected at most 2"));
    CHECK_THAT(message("\x03\0\0\0\0\0\0\0{}"s), Contains("expected at most 2"));
}

TEST_CASE("safetensors: malformed JSON names its byte") {
    // The stray character is byte 6 of the header, byte 14 of the file.
    CHECK_THAT(message(safetensors(R"({"a": x})", "")), Contains("byte 14: malformed JSON header"));
    CHECK_THAT(message(safetensors("[]", "")), Contains("not an object"));
    CHECK_THAT(message(safetensors("{\"\xff\": 1}", "")), Contains("malformed JSON header"));
    CHECK_THAT(message(safetensors(R"({"a":[[[[[[1]]]]]]})", "")), Contains("nested deeper"));
    CHECK_THAT(message(safetensors(R"({"a":1,"a":1})", "")), Contains(R"(repeats the key "a")"));
}

TEST_CASE("safetensors: a malformed entry is named by its JSON pointer") {
    CHECK_THAT(entry_message("7"), Contains("header /a~1b: expected an object"));
    CHECK_THAT(entry_message(R"({"dtype":"F16","shape":[1,1],"data_offsets":[0,2],"x":1})"),
               Contains("/a~1b/x: unknown key"));
    CHECK_THAT(entry_message(R"({"shape":[1,1],"data_offsets":[0,2]})"), Contains("/a~1b/dtype"));
    CHECK_THAT(entry_message(R"({"dtype":"F16","data_offsets":[0,2]})"), Contains("/a~1b/shape"));
    CHECK_THAT(entry_message(R"({"dtype":"F16","shape":[1,-1],"data_offsets":[0,2]})"),
               Contains("/a~1b/shape/1: expected a non-negative integer"));
    CHECK_THAT(entry_message(R"({"dtype":"F16","shape":[1,1e30],"data_offsets":[0,2]})"),
               Contains("/a~1b/shape/1"));
    for (const char* offsets : {"[2,0]", "[0]", "[0,1,2]", "[0,21]", "[18446744073709551615,1]"}) {
        const std::string entry =
            fmt::format(R"({{"dtype":"F16","shape":[1,1],"data_offsets":{}}})", offsets);
        CHECK_THAT(entry_message(entry), Contains("/a~1b/data_offsets"));
    }
}

TEST_CASE("safetensors: type, shape and offsets of the tensor must agree") {
    CHECK_THAT(entry_message(R"({"dtype":"I64","shape":[1,1],"data_offsets":[0,8]})"),
               Contains("type 'I64', expected one of F16, BF16, F32"));
    CHECK_THAT(entry_message(R"({"dtype":"F16","shape":[2,2],"data_offsets":[0,6]})"),
               Contains("data_offsets span 6 bytes, expected 8 for [2 x 2] F16"));
    CHECK_THAT(
        entry_message(R"({"dtype":"F16","shape":[4294967296,4294967296],"data_offsets":[0,8]})"),
        Contains("needs more than"));
    // The file is cut in the middle of the tensor.
    CHECK_THAT(message(safetensors(kHeader, kData.substr(0, 12)), "w"),
               Contains("/h/data_offsets"));
}

TEST_CASE("convert: values beyond f16 are counted, infinity and NaN are not") {
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto matrix = tensor_file::matrix_of<double>(
        DataType::kF64, 2, 3, {65519.0, 65520.0, -1e300, infinity, nan, 1.0 + 0x1p-11});
    const auto converted = tensor_file::to_f16(matrix, "A");
    CHECK(converted.elements ==
          std::vector<std::uint16_t>{0x7bff, 0x7c00, 0xfc00, 0x7c00, 0x7fff, 0x3c00});
    CHECK(converted.overflowed == 2);
    CHECK(converted.rows == 2);
    CHECK(converted.columns == 3);
    CHECK(tensor_file::to_f32(matrix, "A").overflowed == 1);
}

TEST_CASE("convert: f16 passes unchanged and integers are refused") {
    const auto matrix =
        tensor_file::matrix_of<std::uint16_t>(DataType::kF16, 1, 3, {0x7e01, 0x8000, 0x0001});
    CHECK(tensor_file::to_f16(matrix, "A").elements ==
          std::vector<std::uint16_t>{0x7e01, 0x8000, 0x0001});
    const auto integers = tensor_file::matrix_of<std::int32_t>(DataType::kS32, 1, 1, {1});
    CHECK_THROWS_WITH(tensor_file::to_f16(integers, "c.npy"),
                      Contains("c.npy: type s32, expected one of f16"));
}
