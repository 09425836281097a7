#include "sim/run/gemm_elements.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/types/value.hpp"
#include "traces/tensor_file/read_matrix.hpp"

namespace sptc::run {
namespace {

using types::DataType;

double rounded(DataType type, double value) {
    return types::value_of(type, types::nearest_bits(type, value));
}

/// Calls take(index, value) for every element of a file whose type has values.
template <class Take>
void for_each_value(const tensor_file::Matrix& matrix, Take take) {
    const auto bytes = static_cast<std::size_t>(types::bits(matrix.type) / 8);
    for (std::size_t i = 0; i < matrix.data.size() / bytes; ++i) {
        std::uint64_t element = 0;
        std::memcpy(&element, matrix.data.data() + i * bytes, bytes);
        take(i, types::value_of(matrix.type, element));
    }
}

void check_file_type(const std::string& path, DataType found, DataType type) {
    const bool integer = types::is_integer(type);
    const bool fp8 = found == DataType::kE4m3 || found == DataType::kE5m2;
    if (types::is_integer(found) == integer && !fp8) return;
    throw base::ConfigError(
        fmt::format("{}: type {}, expected {} for operands of {}", path, types::name(found),
                    integer ? "s8, u8, s32 or another integer type" : "one of f16, bf16, f32, f64",
                    types::name(type)));
}

}  // namespace

sparsity::Dense<double> read_elements(const std::string& path, DataType type,
                                      std::vector<std::string>& notes) {
    const tensor_file::Matrix matrix = tensor_file::read_matrix(path);
    check_file_type(path, matrix.type, type);
    sparsity::Dense<double> out{matrix.rows, matrix.columns, {}};
    out.elements.reserve(matrix.rows * matrix.columns);
    std::uint64_t overflowed = 0;
    for_each_value(matrix, [&](std::size_t index, double value) {
        if (types::is_integer(type)) {
            const types::IntegerRange range = types::integer_range(type);
            if (value < static_cast<double>(range.least) ||
                value > static_cast<double>(range.greatest)) {
                throw base::ConfigError(
                    fmt::format("{}: element [{}][{}] is {}, expected {} to {} for {}", path,
                                index / matrix.columns, index % matrix.columns, value, range.least,
                                range.greatest, types::name(type)));
            }
            out.elements.push_back(value);
            return;
        }
        out.elements.push_back(rounded(type, value));
        if (std::isfinite(value) && std::isinf(out.elements.back())) ++overflowed;
    });
    if (overflowed != 0) {
        notes.push_back(fmt::format("{}: {} values are too large for {} and became infinity", path,
                                    overflowed, types::name(type)));
    }
    return out;
}

std::vector<double> random_elements(DataType type, std::size_t count, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<double> values(count);
    for (double& value : values) {
        if (types::is_integer(type)) {
            const types::IntegerRange range = types::integer_range(type);
            const auto span = static_cast<std::uint32_t>(range.greatest - range.least + 1);
            value = static_cast<double>(range.least + random.below(span));
        } else {
            value = rounded(type, random.normal());
        }
    }
    return values;
}

}  // namespace sptc::run
