#include "traces/launch/mma_operand.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <set>

#include "models/base/sha256.hpp"
#include "tests/support/launch_file.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using launch::MmaOperand;
using launch::OperandClass;
using types::DataType;

namespace {

constexpr std::uint64_t kBlock = 512;
constexpr auto kClasses = static_cast<std::uint64_t>(OperandClass::kCount);

std::vector<std::uint16_t> halves(MmaOperand operand, OperandClass kind, std::uint64_t seed = 7) {
    const auto bytes =
        launch::mma_operands(DataType::kF16, operand, kBlock, seed, kBlock * kClasses);
    std::vector<std::uint16_t> block(kBlock / 2);
    std::memcpy(block.data(), bytes.data() + static_cast<std::uint64_t>(kind) * kBlock, kBlock);
    return block;
}

int exponent_field(std::uint16_t half) { return half >> 10 & 0x1f; }

}  // namespace

TEST_CASE("mma operands: a block depends on the seed and its number only") {
    const auto all = launch::mma_operands(DataType::kBf16, MmaOperand::kB, kBlock, 3, 40 * kBlock);
    const auto fewer =
        launch::mma_operands(DataType::kBf16, MmaOperand::kB, kBlock, 3, 13 * kBlock);
    CHECK(std::equal(fewer.begin(), fewer.end(), all.begin()));
    CHECK(launch::mma_operands(DataType::kBf16, MmaOperand::kB, kBlock, 4, 40 * kBlock) != all);
}

TEST_CASE("mma operands: every class of f16 reaches what it is named after") {
    for (const std::uint16_t each : halves(MmaOperand::kA, OperandClass::kOrdinary)) {
        CHECK((exponent_field(each) >= 12 && exponent_field(each) <= 15));
    }
    for (const std::uint16_t each : halves(MmaOperand::kA, OperandClass::kTiny)) {
        CHECK(exponent_field(each) <= 2);
    }
    for (const std::uint16_t each : halves(MmaOperand::kA, OperandClass::kHuge)) {
        CHECK((exponent_field(each) >= 28 && exponent_field(each) <= 30));
    }
    const auto wide = halves(MmaOperand::kA, OperandClass::kWide);
    std::set<int> exponents;
    for (const std::uint16_t each : wide) exponents.insert(exponent_field(each));
    CHECK(exponents.size() > 25);
    CHECK(exponents.count(31) == 0);
    const auto specials = halves(MmaOperand::kA, OperandClass::kSpecials);
    CHECK(std::any_of(specials.begin(), specials.end(),
                      [](std::uint16_t each) { return exponent_field(each) == 31; }));
    std::set<std::uint16_t> zeros;
    std::size_t count = 0;
    for (const std::uint16_t each : halves(MmaOperand::kA, OperandClass::kSignedZeros)) {
        if ((each & 0x7fff) != 0) continue;
        zeros.insert(each);
        ++count;
    }
    CHECK(zeros == std::set<std::uint16_t>{0x0000, 0x8000});
    CHECK(count > kBlock / 2 / 2);
}

TEST_CASE("mma operands: cancelling neighbours of A differ in the sign, four of B nearly agree") {
    const auto a = halves(MmaOperand::kA, OperandClass::kCancelling);
    for (std::size_t i = 0; i < a.size(); i += 2) CHECK((a[i] ^ a[i + 1]) == 0x8000);
    const auto b = halves(MmaOperand::kB, OperandClass::kCancelling);
    for (std::size_t i = 0; i < b.size(); ++i) {
        if (i % 4 != 0) CHECK((b[i] ^ b[i - 1]) <= 1);
    }
}

TEST_CASE("mma operands: the bytes of generator version 1 stay as they are") {
    // Golden: recordings of GPUs were made with them. Another value needs another
    // kGeneratorVersion.
    REQUIRE(launch::kGeneratorVersion == 1);
    std::vector<std::byte> all;
    for (const types::DataTypeRow& row : types::data_types()) {
        for (const MmaOperand operand : {MmaOperand::kA, MmaOperand::kB, MmaOperand::kC}) {
            const auto bytes = launch::mma_operands(row.type, operand, 256, 11, 256 * 18);
            all.insert(all.end(), bytes.begin(), bytes.end());
        }
    }
    for (const char* pattern : {"2:4", "1:2"}) {
        const auto bytes = launch::random_metadata(pattern, 5, 1024);
        all.insert(all.end(), bytes.begin(), bytes.end());
    }
    CHECK(base::sha256_hex(all) ==
          "cdfa3345f9dd168ff35ee964b283eb0f209433b704067dc6d78639a9b34bd701");
}

TEST_CASE("metadata: every nibble is a legal code of its pattern, and all codes occur") {
    const struct {
        const char* pattern;
        std::set<unsigned> codes;
    } kPatterns[] = {{"2:4", {0x4, 0x8, 0xc, 0x9, 0xd, 0xe}}, {"1:2", {0x4, 0xe}}};
    for (const auto& [pattern, codes] : kPatterns) {
        std::set<unsigned> found;
        for (const std::byte each : launch::random_metadata(pattern, 1, 4096)) {
            found.insert(std::to_integer<unsigned>(each) & 15);
            found.insert(std::to_integer<unsigned>(each) >> 4);
        }
        CHECK(found == codes);
    }
}

TEST_CASE("launch: wrong members of the distributions mma and metadata are named") {
    const test::TemporaryDirectory directory;
    const auto problem = [&](const std::string& type, const std::string& random) {
        return test::launch_problem(
            directory, test::kKernelMembers + R"(, "buffers": {"A": {"bytes": 1024, "type": ")" +
                           type + R"(", "random": {"seed": 1, )" + random + "}}}");
    };
    CHECK(problem("f16", R"("distribution": "mma", "operand": "A", "block_bytes": 512)") == "");
    CHECK_THAT(problem("f16", R"("distribution": "mma", "operand": "A", "block_bytes": 100)"),
               Contains("/buffers/A/random/block_bytes: found 100, expected a multiple of 8 that "
                        "divides the buffer's 1024 bytes"));
    CHECK_THAT(problem("f16", R"("distribution": "mma", "operand": "E", "block_bytes": 512)"),
               Contains("/buffers/A/random/operand: found \"E\", expected A, B or C"));
    CHECK_THAT(problem("f16", R"("distribution": "mma", "operand": "A")"),
               Contains("/buffers/A/random/block_bytes: is missing"));
    CHECK_THAT(problem("u32", R"("distribution": "metadata", "pattern": "3:4")"),
               Contains("/buffers/A/random/pattern: unknown pattern '3:4': expected 2:4 or 1:2"));
    CHECK_THAT(problem("f16", R"("distribution": "normal", "operand": "A")"),
               Contains("/buffers/A/random/operand: only for the distribution mma"));
    CHECK_THAT(problem("f16", R"("distribution": "mma", "operand": "A", "block_bytes": 512,
                                  "low": 1)"),
               Contains("/buffers/A/random/low: only for the distribution integers"));
}
