// How many matrix instructions per second pass through the three modules, from register fragments
// to register fragments, on one core, on random normal values (integers: all values). Reported,
// never asserted. Usage: tensor_core_bench [ARCH [LEVEL]], default sm_80 and the widest level.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <ctime>
#include <fstream>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "models/tensor_core/tensor_core.hpp"
#include "tests/support/mma_case.hpp"

using namespace sptc;

namespace {

constexpr int kDistinct = 16;  // operand sets, so that the caches are used as in a kernel

/// A normal value cut off to a floating-point type; any bits of another type.
std::uint64_t random_element(types::DataType type, base::Random& random) {
    const types::DataTypeRow& row = types::row(type);
    if (row.exponent_bits == 0) return random.bits();
    const auto bits = std::bit_cast<std::uint64_t>(random.normal());
    const int bias = (1 << (row.exponent_bits - 1)) - 1;
    const int field = static_cast<int>((bits >> 52) & 0x7ff) - 1023 + bias;
    const int fraction_bits = row.bits - 1 - row.exponent_bits;
    const std::uint64_t sign = (bits >> 63) << (row.bits - 1);
    if (field <= 0) return sign;
    return sign | static_cast<std::uint64_t>(field) << fraction_bits |
           ((bits & 0xfffffffffffffu) >> (52 - fraction_bits));
}

test::Registers random_operands(const isa::MmaForm& form, base::Random& random) {
    test::MmaCase mma(form);
    test::randomise_codes(mma, random);
    for (std::uint64_t& value : mma.a) value = random_element(form.a, random);
    for (std::uint64_t& value : mma.b) value = random_element(form.b, random);
    return test::pack(mma);
}

struct Listener : tensor_core::MmaListener {
    void mma_done(std::uint64_t, base::Cycle) override { ++done; }
    std::uint64_t done = 0;
};

/// Time of this process on the processor: other load on the machine hardly shows.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void measure(const isa::MmaForm& form, tensor_core::TensorCore& core) {
    constexpr double kSeconds = 0.2;
    base::Random random(1);
    std::vector<test::Registers> sets;
    for (int i = 0; i < kDistinct; ++i) sets.push_back(random_operands(form, random));
    std::vector<isa::MmaOperands> views;
    for (test::Registers& set : sets) views.push_back(set.operands());

    isa::Instruction instruction;
    instruction.mma = &form;
    base::Cycle now = core.earliest(0);
    std::uint64_t count = 0;
    double elapsed = 0;
    for (const double start = processor_seconds(); elapsed < kSeconds;) {
        for (int i = 0; i < 1000; ++i, ++count) {
            core.issue(instruction, views[count % kDistinct], count, now);
            for (++now; core.busy(); ++now) core.tick(now);
            now = core.earliest(now);
        }
        elapsed = processor_seconds() - start;
    }
    fmt::print("{:82} {:8.1f} ns  {:6.2f} M/s\n", form.ptx_name(),
               elapsed * 1e9 / static_cast<double>(count),
               static_cast<double>(count) / elapsed * 1e-6);
}

std::string processor_name() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown processor";
}

std::optional<numeric::Simd> level_of(std::string_view wanted) {
    for (const numeric::Simd level : test::supported_levels()) {
        if (numeric::name(level) == wanted) return level;
    }
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    tensor_core::TensorCoreSpec spec;
    spec.arch = argc > 1 ? argv[1] : "sm_80";
    spec.simd = argc > 2 ? level_of(argv[2]) : numeric::choose_simd();
    if (!spec.simd) return fmt::print("this processor lacks {}\n", argv[2]), 2;

    Listener listener;
    tensor_core::TensorCore core("core", spec);
    core.listener.bind(listener);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    fmt::print("{}, {}, {}\n", processor_name(), spec.arch, numeric::name(*spec.simd));
    for (const isa::MmaForm* form : test::forms_of(spec.arch)) measure(*form, core);
}
