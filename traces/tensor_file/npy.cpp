#include "traces/tensor_file/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/tensor_file/element_format.hpp"
#include "traces/tensor_file/input_file.hpp"
#include "traces/tensor_file/npy_header.hpp"

namespace sptc::tensor_file {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kVersionAt = 6;
constexpr std::size_t kLengthAt = 8;
constexpr std::uint64_t kMaxHeaderBytes = 1 << 20;  // NumPy itself refuses more than 10000
constexpr std::size_t kAlignment = 64;              // of the data, as NumPy writes it

/// The header's text and where it begins.
struct HeaderText {
    std::string text;
    std::uint64_t first_byte;
};

HeaderText read_header_text(InputFile& file) {
    const auto start = file.read(0, kLengthAt, "the .npy magic and version");
    if (std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
        file.fail(0, "not a .npy file: expected the bytes 93 'NUMPY'");
    }
    const auto major = std::to_integer<unsigned>(start[kVersionAt]);
    const auto minor = std::to_integer<unsigned>(start[kVersionAt + 1]);
    if (major < 1 || major > 3 || minor != 0) {
        file.fail(kVersionAt,
                  fmt::format(".npy format {}.{}, expected 1.0, 2.0 or 3.0", major, minor));
    }
    const std::size_t length_bytes = major == 1 ? 2 : 4;
    const std::uint64_t length =
        little_endian(file.read(kLengthAt, length_bytes, "the header's length"), 0, length_bytes);
    if (length > kMaxHeaderBytes) {
        file.fail(kLengthAt, fmt::format("a header of {} bytes, expected at most {}", length,
                                         kMaxHeaderBytes));
    }
    const std::uint64_t first_byte = kLengthAt + length_bytes;
    const auto bytes = file.read(first_byte, length, "the header");
    return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}, first_byte};
}

/// [columns x rows] row-major -> [rows x columns] row-major, in tiles that stay in the cache.
std::vector<std::byte> transposed(const std::vector<std::byte>& source, std::size_t rows,
                                  std::size_t columns, std::size_t element_bytes) {
    constexpr std::size_t kTile = 32;
    std::vector<std::byte> out(source.size());
    for (std::size_t row_tile = 0; row_tile < rows; row_tile += kTile) {
        for (std::size_t column_tile = 0; column_tile < columns; column_tile += kTile) {
            for (std::size_t r = row_tile; r < std::min(rows, row_tile + kTile); ++r) {
                for (std::size_t c = column_tile; c < std::min(columns, column_tile + kTile); ++c) {
                    std::memcpy(&out[(r * columns + c) * element_bytes],
                                &source[(c * rows + r) * element_bytes], element_bytes);
                }
            }
        }
    }
    return out;
}

/// Everything before the data of a file.
std::string header_bytes(std::string_view descr, std::span<const std::uint64_t> shape) {
    std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                                     descr, fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
    const std::size_t prefix = kLengthAt + 2;
    const std::size_t unpadded = prefix + header.size() + 1;
    header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
    header += '\n';
    SPTC_ASSERT(header.size() <= 0xffff);
    std::string bytes(kMagic);
    bytes += {'\1', '\0', static_cast<char>(header.size() & 0xff),
              static_cast<char>(header.size() >> 8)};
    return bytes + header;
}

using ExtentRule = MatrixExtent (*)(std::span<const std::uint64_t> shape, types::DataType type,
                                    std::string_view where);

Tensor load(const std::filesystem::path& path, ExtentRule extent_rule) {
    InputFile file(path);
    const HeaderText text = read_header_text(file);
    const NpyHeader header = parse_npy_header(text.text, file.name(), text.first_byte);
    const std::uint64_t data_at = text.first_byte + text.text.size();
    const MatrixExtent extent = extent_rule(
        header.shape, header.type, fmt::format("{}: byte {}", file.name(), text.first_byte));
    if (header.fortran_order && header.shape.size() > 2) {
        file.fail(text.first_byte, fmt::format("Fortran order of {} dimensions, expected at most 2",
                                               header.shape.size()));
    }
    Matrix matrix{header.type, extent.rows, extent.columns, {}};
    matrix.data =
        file.read(data_at, extent.bytes,
                  fmt::format("{} data {}", types::name(header.type), shape_text(header.shape)));
    if (data_at + extent.bytes != file.size_bytes()) {
        file.fail(data_at + extent.bytes, fmt::format("{} bytes follow the data, expected the end",
                                                      file.size_bytes() - data_at - extent.bytes));
    }
    if (header.fortran_order && header.shape.size() == 2) {
        matrix.data = transposed(matrix.data, extent.rows, extent.columns,
                                 static_cast<std::size_t>(types::bits(header.type) / 8));
    }
    return {header.shape, std::move(matrix)};
}

}  // namespace

Matrix read_npy(const std::filesystem::path& path) { return load(path, matrix_extent).matrix; }

Tensor read_npy_tensor(const std::filesystem::path& path) { return load(path, tensor_extent); }

void write_npy(const std::filesystem::path& path, types::DataType type,
               std::span<const std::uint64_t> shape, std::span<const std::byte> data) {
    const std::string_view descr = npy_descr(type);
    if (descr.empty()) {
        throw base::ConfigError(fmt::format("{}: .npy has no type {}, expected one of {}",
                                            path.string(), types::name(type), npy_spellings()));
    }
    std::uint64_t bytes = static_cast<std::uint64_t>(types::bits(type) / 8);
    for (const std::uint64_t extent : shape) bytes *= extent;
    SPTC_ASSERT(bytes == data.size());
    const std::string header = header_bytes(descr, shape);
    base::AtomicFile file(path);
    file.write(std::as_bytes(std::span(header)));
    file.write(data);
    file.commit();
}

void write_npy(const std::filesystem::path& path, const Matrix& matrix) {
    write_npy(path, matrix.type, std::array{matrix.rows, matrix.columns}, matrix.data);
}

}  // namespace sptc::tensor_file
