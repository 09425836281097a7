#include "models/isa/architecture.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string>
#include <vector>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

constexpr FdpaParameters kNone{0, 0, 0, 0};
constexpr FdpaParameters kVolta{23, 8, kInertExponent, -19};
constexpr FdpaParameters kTuring{24, 16, kInertExponent, -20};
constexpr FdpaParameters kAmpere{24, 16, -132, -20};
constexpr FdpaParameters kHopper{25, 32, -133, -21};
constexpr FdpaParameters kAdaFp8{13, 16, kInertExponent, kInertExponent, 13};

constexpr std::array kRows{
    Architecture{"sm_70", "volta", 70, kVolta, Fp8Path::kAbsent, kNone},
    Architecture{"sm_75", "turing", 75, kTuring, Fp8Path::kAbsent, kNone},
    Architecture{"sm_80", "ampere", 80, kAmpere, Fp8Path::kAbsent, kNone},
    Architecture{"sm_86", "ampere", 86, kAmpere, Fp8Path::kAbsent, kNone},
    Architecture{"sm_89", "ada", 89, kAmpere, Fp8Path::kNative, kAdaFp8},
    Architecture{"sm_90", "hopper", 90, kHopper, Fp8Path::kEmulated, kNone},
    Architecture{"sm_100", "blackwell", 100, kHopper, Fp8Path::kEmulated, kNone},
    Architecture{"sm_120", "blackwell", 120, kHopper, Fp8Path::kNative, kHopper},
};

/// The closest forms that an architecture has: of the same types first, then of the same A.
std::vector<std::string> alternatives(const Architecture& architecture, const MmaForm& wanted) {
    const auto collect = [&](auto&& similar) {
        std::vector<std::string> names;
        for (const MmaForm& form : mma_forms()) {
            if (has_form(architecture, form) && similar(form)) names.push_back(form.ptx_name());
        }
        return names;
    };
    auto names = collect([&](const MmaForm& form) {
        return form.sparse() == wanted.sparse() && form.a == wanted.a && form.b == wanted.b &&
               form.d == wanted.d && form.saturating == wanted.saturating;
    });
    if (names.empty()) names = collect([&](const MmaForm& form) { return form.a == wanted.a; });
    if (names.empty()) names = collect([](const MmaForm&) { return true; });
    return names;
}

}  // namespace

std::span<const Architecture> architectures() { return kRows; }

const Architecture& find_architecture(std::string_view name) {
    std::vector<std::string_view> legal;
    for (const Architecture& row : kRows) {
        if (row.name == name) return row;
        legal.push_back(row.name);
    }
    throw base::ConfigError(
        fmt::format("unknown architecture '{}': expected one of {}", name, fmt::join(legal, ", ")));
}

bool has_form(const Architecture& architecture, const MmaForm& form) {
    return architecture.number >= form.first_architecture &&
           architecture.number <= form.last_architecture;
}

void require_form(const Architecture& architecture, const MmaForm& form) {
    if (has_form(architecture, form)) return;
    throw base::ConfigError(fmt::format("{} has no '{}'; it has\n  {}", architecture.name,
                                        form.ptx_name(),
                                        fmt::join(alternatives(architecture, form), "\n  ")));
}

}  // namespace sptc::isa
