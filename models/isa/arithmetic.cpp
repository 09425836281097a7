#include "models/isa/arithmetic.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

constexpr std::array kRows{
    Arithmetic{"sm_80", 24, 16, -132, -20},
    Arithmetic{"sm_86", 24, 16, -132, -20},
};

}  // namespace

std::span<const Arithmetic> arithmetics() { return kRows; }

const Arithmetic& find_arithmetic(std::string_view arch) {
    std::vector<std::string_view> legal;
    for (const Arithmetic& row : kRows) {
        if (row.arch == arch) return row;
        legal.push_back(row.arch);
    }
    throw base::ConfigError(
        fmt::format("unknown architecture '{}': expected one of {}", arch, fmt::join(legal, ", ")));
}

}  // namespace sptc::isa
