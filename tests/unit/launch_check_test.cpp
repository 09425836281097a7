// Expected outputs of a launch file, and the content of buffers that tests need.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "tests/support/launch_file.hpp"
#include "traces/launch/check.hpp"
#include "traces/launch/element.hpp"
#include "traces/launch/fill.hpp"
#include "traces/tensor_file/npy.hpp"

using namespace sptc;
using Catch::Contains;
using test::kKernelMembers;
using test::launch_problem;
using test::read_launch_members;
using test::TemporaryDirectory;
using types::DataType;

namespace {

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    return {bytes.begin(), bytes.end()};
}

launch::OutputCheck check_f32(const std::vector<float>& expected, const std::vector<float>& found,
                              const launch::Tolerance& tolerance,
                              std::vector<std::uint64_t> dimensions = {}) {
    return launch::check_output(
        {"D", "D.npy", bytes_of(expected), DataType::kF32, std::move(dimensions), tolerance},
        bytes_of(found));
}

std::string with_output(const std::string& output, const std::string& buffer) {
    return kKernelMembers + R"(, "buffers": {"A": {)" + buffer + R"(}}, "outputs": [)" + output +
           "]";
}

}  // namespace

TEST_CASE("launch check: without a tolerance every bit counts") {
    const launch::OutputCheck same = check_f32({1, 2, NAN}, {1, 2, NAN}, {});
    CHECK(same.elements == 3);
    CHECK(same.mismatches == 0);
    CHECK(same.first_mismatch.empty());
    const launch::OutputCheck zeros = check_f32({0, 0}, {0, -0.0f}, {});
    CHECK(zeros.mismatches == 1);
    CHECK(zeros.first_mismatch == "D[1] is -0 (0x80000000), expected 0 (0x0)");
    const launch::OutputCheck placed = check_f32({1, 2, 3, 4}, {1, 2, 3, 5}, {}, {2, 2});
    CHECK(placed.first_mismatch == "D[1][1] is 5 (0x40a00000), expected 4 (0x40800000)");
}

TEST_CASE("launch check: a tolerance is absolute + relative * abs(expected), ends included") {
    CHECK(check_f32({-8}, {-8.5f}, {0.5, 0}).mismatches == 0);
    CHECK(check_f32({-8}, {std::nextafter(-8.5f, -9.0f)}, {0.5, 0}).mismatches == 1);
    CHECK(check_f32({-8}, {-9}, {0, 0.125}).mismatches == 0);
    CHECK(check_f32({-8}, {-9.5f}, {0.5, 0.125}).mismatches == 0);
    CHECK(check_f32({-8}, {std::nextafter(-9.5f, -10.0f)}, {0.5, 0.125}).mismatches == 1);
    CHECK(check_f32({0}, {-0.0f}, {0, 0.1}).mismatches == 0);
}

TEST_CASE("launch check: within a tolerance NaN agrees with NaN and infinity with itself only") {
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const launch::Tolerance wide{1e30, 1};
    CHECK(check_f32({NAN, kInfinity}, {-NAN, kInfinity}, wide).mismatches == 0);
    CHECK(check_f32({NAN, 0}, {0, NAN}, wide).mismatches == 2);
    CHECK(check_f32({kInfinity, kInfinity, 0}, {-kInfinity, 0, kInfinity}, wide).mismatches == 3);
}

TEST_CASE("launch check: elements of every size are told apart") {
    const auto check = [](DataType type, std::vector<std::uint8_t> expected,
                          std::vector<std::uint8_t> found, const launch::Tolerance& tolerance) {
        return launch::check_output({"D", "f", bytes_of(expected), type, {}, tolerance},
                                    bytes_of(found));
    };
    // Nibbles from the low one up: 0x8f is -1, -8.
    const launch::OutputCheck nibbles = check(DataType::kS4, {0x8f, 0x21}, {0x8f, 0x31}, {});
    CHECK(nibbles.elements == 4);
    CHECK(nibbles.first_mismatch == "D[3] is 3 (0x3), expected 2 (0x2)");
    CHECK(check(DataType::kB1, {0x80}, {0x00}, {}).first_mismatch ==
          "D[7] is 0 (0x0), expected 1 (0x1)");
    CHECK(check(DataType::kS8, {0xff}, {0x01}, {2, 0}).mismatches == 0);
    CHECK(check(DataType::kU8, {0xff}, {0x01}, {2, 0}).mismatches == 1);
    // f16 1.0 and the next value, 1 + 2^-10.
    CHECK(check(DataType::kF16, {0x00, 0x3c}, {0x01, 0x3c}, {0x1p-10, 0}).mismatches == 0);
    CHECK(check(DataType::kF16, {0x00, 0x3c}, {0x01, 0x3c}, {0x1p-11, 0}).mismatches == 1);
}

TEST_CASE("launch: expected outputs are read from raw and .npy files") {
    const TemporaryDirectory directory;
    base::write_bytes(directory.path() / "raw.bin", bytes_of<float>({1, 2}));
    tensor_file::write_npy(directory.path() / "a.npy", DataType::kF32,
                           std::vector<std::uint64_t>{2, 1}, bytes_of<float>({1, 2}));
    const launch::Launch raw = read_launch_members(
        directory, with_output(R"("A", {"buffer": "A"}, {"buffer": "A", "expected": "raw.bin"})",
                               R"("bytes": 8)"));
    CHECK(raw.outputs == std::vector<std::string>{"A", "A", "A"});
    REQUIRE(raw.expectations.size() == 1);
    CHECK(raw.expectations[0].tolerance.exact());
    CHECK_FALSE(raw.expectations[0].type.has_value());
    const launch::Launch npy = read_launch_members(
        directory,
        with_output(R"({"buffer": "A", "expected": "a.npy", "tolerance": {"relative": 0.5}})",
                    R"("bytes": 8)"));
    CHECK(npy.expectations.at(0).type == DataType::kF32);
    CHECK(npy.expectations.at(0).dimensions == std::vector<std::uint64_t>{2, 1});
    CHECK(npy.expectations.at(0).tolerance.relative == 0.5);
}

TEST_CASE("launch: wrong expected outputs name their JSON pointer") {
    const TemporaryDirectory directory;
    base::write_bytes(directory.path() / "raw.bin", bytes_of<float>({1, 2}));
    tensor_file::write_npy(directory.path() / "half.npy", DataType::kF16,
                           std::vector<std::uint64_t>{4}, bytes_of<float>({1, 2}));
    const auto problem = [&](const std::string& output) {
        return launch_problem(directory, with_output(output, R"("bytes": 8, "type": "f32")"));
    };
    CHECK_THAT(problem("5"), Contains("/outputs/0: expected a buffer's name or {\"buffer\""));
    CHECK_THAT(problem(R"({"buffer": "B"})"), Contains("/outputs/0/buffer: no buffer 'B'"));
    CHECK_THAT(problem(R"({"buffer": "A", "expect": "x"})"),
               Contains("/outputs/0/expect: unknown key; expected one of buffer, expected"));
    CHECK_THAT(problem(R"({"buffer": "A", "expected": "none.bin"})"),
               Contains("/outputs/0/expected: ") && Contains("none.bin: cannot be opened"));
    CHECK_THAT(
        problem(R"({"buffer": "A", "expected": "half.npy"})"),
        Contains("/outputs/0/expected: half.npy has elements of type f16, but buffer 'A' of f32"));
    CHECK_THAT(problem(R"({"buffer": "A", "tolerance": {}})"),
               Contains("/outputs/0/tolerance: needs \"expected\""));
    const auto tolerance = [&](const std::string& members) {
        return problem(R"({"buffer": "A", "expected": "raw.bin", "tolerance": {)" + members + "}}");
    };
    CHECK(tolerance(R"("absolute": 0.5)").empty());
    CHECK_THAT(tolerance(R"("absolute": -1)"), Contains("/outputs/0/tolerance/absolute: found -1"));
    CHECK_THAT(tolerance(R"("relativ": 1)"), Contains("/outputs/0/tolerance/relativ: unknown key"));
    CHECK_THAT(launch_problem(directory, with_output(R"({"buffer": "A", "expected": "raw.bin"})",
                                                     R"("bytes": 9)")),
               Contains("/outputs/0/expected: raw.bin has 8 bytes, but buffer 'A' has 9"));
}

TEST_CASE("launch: a buffer is a constant, random integers, or a file of any rank") {
    const TemporaryDirectory directory;
    tensor_file::write_npy(directory.path() / "cube.npy", DataType::kF16,
                           std::vector<std::uint64_t>{1, 2, 2}, bytes_of<float>({1, 2}));
    const launch::Launch launch = read_launch_members(directory, kKernelMembers + R"(, "buffers": {
        "C": {"type": "f16", "dimensions": [2], "constant": 1.5},
        "F": {"file": "cube.npy"},
        "I": {"type": "s8", "dimensions": [300],
              "random": {"seed": 1, "distribution": "integers", "low": -2, "high": 3}},
        "N": {"type": "s32", "bytes": 8, "constant": -2}})");
    CHECK(launch.buffers.at(0).data == bytes_of<std::uint16_t>({0x3e00, 0x3e00}));
    CHECK(launch.buffers.at(1).type == DataType::kF16);
    CHECK(launch.buffers.at(1).dimensions == std::vector<std::uint64_t>{1, 2, 2});
    CHECK(launch.buffers.at(3).data == bytes_of<std::int32_t>({-2, -2}));
    std::vector<std::int8_t> integers(300);
    std::memcpy(integers.data(), launch.buffers.at(2).data.data(), 300);
    const auto [low, high] = std::minmax_element(integers.begin(), integers.end());
    CHECK(static_cast<int>(*low) == -2);
    CHECK(static_cast<int>(*high) == 3);
}

TEST_CASE("launch: random integers are SplitMix64 by multiply-shift, the same for every type") {
    // SplitMix64 of seed 1 begins 0x910a2dec89025cc1, 0xbeeb8da1658eec67 (computed by the paper's
    // code); the upper halves times 17, shifted down by 32, are 9 and 12.
    CHECK(launch::random_integers(DataType::kS32, -8, 8, 1, 8) == bytes_of<std::int32_t>({1, 4}));
    CHECK(launch::random_integers(DataType::kF32, -8, 8, 1, 8) == bytes_of<float>({1, 4}));
}

TEST_CASE("launch: impossible content of buffers names its JSON pointer") {
    const TemporaryDirectory directory;
    const auto problem = [&](const std::string& buffer) {
        return launch_problem(directory,
                              kKernelMembers + R"(, "buffers": {"A": {)" + buffer + "}}");
    };
    CHECK_THAT(problem(R"("bytes": 4, "constant": 1)"),
               Contains("/buffers/A/constant: needs the buffer's \"type\""));
    CHECK_THAT(problem(R"("bytes": 4, "type": "u8", "constant": 256)"),
               Contains("/buffers/A/constant: found 256, expected an integer from 0 to 255"));
    CHECK_THAT(problem(R"("bytes": 4, "type": "s8", "constant": 0.5)"),
               Contains("/buffers/A/constant: found 0.5"));
    CHECK_THAT(problem(R"("bytes": 4, "type": "s4", "constant": 1)"),
               Contains("/buffers/A/constant: type s4 has 4 bits"));
    CHECK_THAT(problem(R"("bytes": 4, "type": "e4m3", "constant": 1)"),
               Contains("/buffers/A/constant: no numbers can be written for type e4m3"));
    CHECK_THAT(problem(R"("bytes": 4, "type": "u8", "constant": 1, "fill": "00")"),
               Contains("/buffers/A: expected at most one of file, fill, constant, random"));
    const auto integers = [&](const std::string& range, const std::string& type = "u8") {
        return problem(R"("bytes": 4, "type": ")" + type +
                       R"(", "random": {"seed": 1, "distribution": "integers", )" + range + "}");
    };
    CHECK_THAT(integers(R"("low": 3, "high": 2)"),
               Contains("/buffers/A/random/high: found 3 to 2"));
    CHECK_THAT(integers(R"("low": 0)"), Contains("/buffers/A/random/high: is missing"));
    CHECK_THAT(integers(R"("low": -9, "high": -8)"), Contains("/buffers/A/random/distribution"));
    CHECK_THAT(integers(R"("low": 0, "high": 1)", "s4"),
               Contains("/buffers/A/random/distribution"));
    CHECK_THAT(
        problem(
            R"("bytes": 4, "type": "f32", "random": {"seed": 1, "distribution": "normal", "low": 1})"),
        Contains("/buffers/A/random/low: only for the distribution integers"));
}

TEST_CASE("element: fp8 patterns have the values of the OCP specification") {
    CHECK(launch::decode_element(DataType::kE4m3, 0x7e) == 448);
    CHECK(launch::decode_element(DataType::kE4m3, 0x81) == -0x1p-9);
    CHECK(launch::decode_element(DataType::kE4m3, 0x38) == 1);
    CHECK(std::isnan(launch::decode_element(DataType::kE4m3, 0xff)));
    CHECK(launch::decode_element(DataType::kE5m2, 0x7b) == 57344);
    CHECK(std::isinf(launch::decode_element(DataType::kE5m2, 0x7c)));
}
