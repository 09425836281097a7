#include <array>
#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/random.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/element_format.hpp"
#include "traces/tensor_file/npy.hpp"
#include "traces/tensor_file/read_matrix.hpp"

using namespace sptc;

namespace {

tensor_file::Matrix random_matrix(base::Random& random, types::DataType type) {
    tensor_file::Matrix matrix{type, 1 + random.below(50), 1 + random.below(50), {}};
    matrix.data.resize(matrix.rows * matrix.columns *
                       static_cast<std::size_t>(types::bits(type) / 8));
    for (std::byte& byte : matrix.data) byte = static_cast<std::byte>(random.bits() & 0xff);
    return matrix;
}

std::string npy_text(const test::TemporaryDirectory& directory, const tensor_file::Matrix& matrix) {
    const auto file = directory.path() / "written.npy";
    tensor_file::write_npy(file, matrix);
    return base::read_text(file);
}

std::string safetensors_text() {
    const std::string header = R"({"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
                               R"("w":{"dtype":"F16","shape":[2,3],"data_offsets":[8,20]}})";
    std::string text(8, '\0');
    text[0] = static_cast<char>(header.size());
    return text + header + std::string(20, 'x');
}

/// Reads a file that may be broken. Anything but a matrix or a ConfigError ends the test.
void read_broken(const std::string& path, bool& refused) {
    refused = false;
    try {
        const tensor_file::Matrix matrix = tensor_file::read_matrix(path);
        REQUIRE(matrix.data.size() == matrix.rows * matrix.columns *
                                          static_cast<std::size_t>(types::bits(matrix.type) / 8));
    } catch (const base::ConfigError&) {
        refused = true;
    }
}

}  // namespace

TEST_CASE("npy: every type that can be written is read back with the same bytes") {
    const test::TemporaryDirectory directory;
    base::Random random(5);
    int types_written = 0;
    for (const tensor_file::ElementFormat& format : tensor_file::element_formats()) {
        if (format.npy.empty()) continue;
        ++types_written;
        for (int trial = 0; trial < 10; ++trial) {
            const tensor_file::Matrix matrix = random_matrix(random, format.type);
            const auto file = directory.path() / "a.npy";
            tensor_file::write_npy(file, matrix);
            const tensor_file::Matrix back = tensor_file::read_npy(file);
            REQUIRE(back.type == matrix.type);
            REQUIRE(back.rows == matrix.rows);
            REQUIRE(back.columns == matrix.columns);
            REQUIRE(back.data == matrix.data);
        }
    }
    CHECK(types_written == 8);
}

TEST_CASE("npy: a matrix in Fortran order is the transposed matrix") {
    const test::TemporaryDirectory directory;
    base::Random random(6);
    for (int trial = 0; trial < 20; ++trial) {
        const auto matrix = random_matrix(random, types::DataType::kF32);
        std::string text = npy_text(directory, matrix);
        text.replace(text.find("False,"), 6, "True, ");
        const auto read = tensor_file::read_matrix(directory.write("f.npy", text));
        const auto source = tensor_file::elements_of<std::uint32_t>(matrix);
        const auto found = tensor_file::elements_of<std::uint32_t>(read);
        for (std::size_t r = 0; r < matrix.rows; ++r) {
            for (std::size_t c = 0; c < matrix.columns; ++c) {
                REQUIRE(found[r * matrix.columns + c] == source[c * matrix.rows + r]);
            }
        }
    }
}

TEST_CASE("tensor files: a file that is cut anywhere is a ConfigError") {
    const test::TemporaryDirectory directory;
    base::Random random(7);
    const std::string npy = npy_text(directory, random_matrix(random, types::DataType::kF16));
    bool refused = false;
    for (std::size_t size = 0; size < npy.size(); size += size < 140 ? 1 : 97) {
        read_broken(directory.write("cut.npy", npy.substr(0, size)), refused);
        REQUIRE(refused);
    }
    const std::string safetensors = safetensors_text();
    for (std::size_t size = 0; size < safetensors.size(); ++size) {
        read_broken(directory.write("cut.safetensors", safetensors.substr(0, size)) + ":w",
                    refused);
        REQUIRE(refused);
    }
    read_broken(directory.write("whole.safetensors", safetensors) + ":w", refused);
    CHECK_FALSE(refused);
}

TEST_CASE("tensor files: any changed bytes give a matrix or a ConfigError, nothing else") {
    const test::TemporaryDirectory directory;
    base::Random random(8);
    const std::string npy = npy_text(directory, random_matrix(random, types::DataType::kF64));
    const std::string safetensors = safetensors_text();
    int refusals = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        const bool is_npy = trial % 2 == 0;
        std::string text = is_npy ? npy : safetensors;
        const std::uint32_t header_bytes = is_npy ? 80 : 118;
        for (std::uint32_t change = 0; change <= random.below(3); ++change) {
            const char structure[] = "{}[](),:'\"0123456789\\\xff\x80\x01\x00e-. ";
            text[random.below(header_bytes)] = structure[random.below(sizeof structure)];
        }
        bool refused = false;
        read_broken(
            is_npy ? directory.write("b.npy", text) : directory.write("b.safetensors", text) + ":w",
            refused);
        refusals += refused ? 1 : 0;
    }
    CHECK(refusals > 1500);
}
