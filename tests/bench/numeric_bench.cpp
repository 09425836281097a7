// How many matrix instructions per second the fast kernels compute on one core, from fragments to
// fragments. Reported, never asserted. Usage: numeric_bench [architecture] [part of a PTX name].
#include <fmt/format.h>

#include <ctime>
#include <string>
#include <vector>

#include "models/numeric/mma_arithmetic.hpp"
#include "tests/support/numeric_case.hpp"

using namespace sptc;

namespace {

constexpr int kDistinct = 16;  // operand sets, so that the caches are used as in a kernel

/// Time of this process on the processor: other load on the machine hardly shows.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double millions_per_second(const isa::Architecture& architecture, const isa::MmaForm& form,
                           numeric::Simd level) {
    constexpr double kSeconds = 0.03;
    const numeric::MmaArithmetic arithmetic(architecture, form, isa::kDefaultPartition, level);
    base::Random random(1);
    std::vector<test::NumericCase> cases;
    for (int i = 0; i < kDistinct; ++i) {
        cases.push_back(test::random_case(form, test::Values::kNarrow, random));
    }
    numeric::OperandFragment d{};
    std::size_t count = 0;
    double elapsed = 0;
    for (const double start = processor_seconds(); elapsed < kSeconds;) {
        for (int i = 0; i < 1000; ++i, ++count) {
            const test::NumericCase& operands = cases[count % kDistinct];
            arithmetic.instruction(operands.a, operands.b, operands.rows, operands.c, d);
        }
        elapsed = processor_seconds() - start;
    }
    return static_cast<double>(count) / elapsed * 1e-6;
}

}  // namespace

int main(int argc, char** argv) {
    const isa::Architecture& architecture = isa::find_architecture(argc > 1 ? argv[1] : "sm_80");
    const std::string part = argc > 2 ? argv[2] : "";
    std::vector<numeric::Simd> levels;
    fmt::print("million instructions per second on {}\n", architecture.name);
    for (const auto level :
         {numeric::Simd::kPortable, numeric::Simd::kAvx2, numeric::Simd::kAvx512}) {
        if (!numeric::supported(level)) continue;
        levels.push_back(level);
        fmt::print("{:>9}", numeric::name(level));
    }
    fmt::print("\n");
    for (const isa::MmaForm& form : isa::mma_forms()) {
        const std::string name = form.ptx_name();
        if (!isa::has_form(architecture, form) || name.find(part) == std::string::npos) continue;
        for (const numeric::Simd level : levels) {
            fmt::print("{:9.2f}", millions_per_second(architecture, form, level));
        }
        fmt::print("  {}\n", name);
    }
}
