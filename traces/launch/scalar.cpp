#include "traces/launch/scalar.hpp"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "models/base/error.hpp"

namespace sptc::launch {
namespace {

struct Row {
    std::string_view name;
    int bits;
    char kind;  ///< 'u' unsigned or plain bits, 's' signed, 'f' floating point
};
constexpr std::array kRows{Row{"u8", 8, 'u'},   Row{"u16", 16, 'u'}, Row{"u32", 32, 'u'},
                           Row{"u64", 64, 'u'}, Row{"s8", 8, 's'},   Row{"s16", 16, 's'},
                           Row{"s32", 32, 's'}, Row{"s64", 64, 's'}, Row{"b8", 8, 'u'},
                           Row{"b16", 16, 'u'}, Row{"b32", 32, 'u'}, Row{"b64", 64, 'u'},
                           Row{"f16", 16, 'f'}, Row{"f32", 32, 'f'}, Row{"f64", 64, 'f'}};

const Row& find_row(const std::string& type) {
    std::string legal = "buffer";
    for (const Row& row : kRows) {
        if (row.name == type) return row;
        legal += ", ";
        legal += row.name;
    }
    throw base::ConfigError("unknown kind of argument; expected one of " + legal);
}

std::string text_of(const Number& number) {
    return std::visit([](auto value) { return fmt::format("{}", value); }, number);
}

std::uint64_t encode_integer(const Row& row, const Number& number) {
    const std::uint64_t all = UINT64_MAX >> (64 - row.bits);
    const std::uint64_t highest = row.kind == 's' ? all >> 1 : all;
    const std::int64_t lowest = row.kind == 's' ? -static_cast<std::int64_t>(highest) - 1 : 0;
    if (const auto* value = std::get_if<std::uint64_t>(&number); value && *value <= highest) {
        return *value;
    }
    if (const auto* value = std::get_if<std::int64_t>(&number); value && *value >= lowest) {
        return static_cast<std::uint64_t>(*value) & all;
    }
    throw base::ConfigError(fmt::format("found {}, expected an integer from {} to {}",
                                        text_of(number), lowest, highest));
}

std::uint64_t encode_real(const Row& row, const Number& number) {
    const double value = std::visit([](auto given) { return static_cast<double>(given); }, number);
    if (row.bits == 16) return types::f64_to_f16(value);
    if (row.bits == 32) return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    return std::bit_cast<std::uint64_t>(value);
}

}  // namespace

ScalarArgument encode_scalar(const std::string& type, const Number& number) {
    const Row& row = find_row(type);
    return {type, row.kind == 'f' ? encode_real(row, number) : encode_integer(row, number)};
}

}  // namespace sptc::launch
