#include "traces/tensor_file/write_safetensors.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/tensor_file/read_matrix.hpp"
#include "traces/tensor_file/safetensors.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using types::DataType;

TEST_CASE("write safetensors: tensors of every kind are read back, and the data is aligned") {
    const test::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "a.safetensors";
    const std::vector<std::uint16_t> halves{0x3c00, 0x4000, 0x4200};
    const std::vector<float> floats{1.5f, -2.0f};
    tensor_file::write_safetensors(
        file,
        std::vector<tensor_file::NamedTensor>{
            {"h", DataType::kF16, {3}, std::as_bytes(std::span(halves))},
            {"quoted \"name\"", DataType::kF32, {2, 1}, std::as_bytes(std::span(floats))}},
        {{"pattern", "2:4"}});

    const auto entries = tensor_file::list_safetensors(file);
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].begin % 8 == 0);
    CHECK(entries[1].begin == entries[0].begin + 6);
    CHECK(entries[1].end == std::filesystem::file_size(file));
    CHECK_THAT(base::read_text(file), Contains("\"__metadata__\":{\"pattern\":\"2:4\"}"));

    const tensor_file::Tensor h = tensor_file::read_tensor(file.string() + ":h");
    CHECK(h.shape == std::vector<std::uint64_t>{3});
    CHECK(tensor_file::elements_of<std::uint16_t>(h.matrix) == halves);
    const tensor_file::Matrix f = tensor_file::read_safetensors(file, "quoted \"name\"");
    CHECK(f.rows == 2);
    CHECK(f.columns == 1);
    CHECK(tensor_file::elements_of<float>(f) == floats);
}

TEST_CASE("write safetensors: a type that the format lacks is refused and nothing is written") {
    const test::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "a.safetensors";
    const std::vector<std::byte> data(4);
    const std::vector<tensor_file::NamedTensor> tensors{{"t", DataType::kTf32, {1}, data}};
    CHECK_THROWS_WITH(tensor_file::write_safetensors(file, tensors), Contains("no type tf32"));
    CHECK(std::filesystem::is_empty(directory.path()));
}

TEST_CASE("read tensor: the shape of any rank is kept, its elements lie row by row") {
    const test::TemporaryDirectory directory;
    const std::filesystem::path file = directory.path() / "a.safetensors";
    const std::vector<float> floats{1, 2, 3, 4, 5, 6, 7, 8};
    tensor_file::write_safetensors(
        file, std::vector<tensor_file::NamedTensor>{
                  {"t", DataType::kF32, {2, 2, 2}, std::as_bytes(std::span(floats))}});
    const tensor_file::Tensor tensor = tensor_file::read_tensor(file.string());
    CHECK(tensor.shape == std::vector<std::uint64_t>{2, 2, 2});
    CHECK(tensor.matrix.rows == 4);
    CHECK(tensor.matrix.columns == 2);
    CHECK_THROWS_WITH(tensor_file::read_matrix(file.string()),
                      Contains("3 dimensions, expected 2"));
}
