// How many matrix instructions per second pass through the three modules, from register fragments
// to register fragments, on one core. Reported, never asserted.
#include <fmt/format.h>

#include <array>
#include <ctime>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/base/random.hpp"
#include "models/isa/arithmetic.hpp"
#include "models/tensor_core/tensor_core.hpp"
#include "models/types/data_type.hpp"

using namespace sptc;

namespace {

constexpr int kDistinct = 16;  // operand sets, so that the caches are used as in a kernel

struct Operands {
    std::array<isa::LaneRegister, 4> a, b, c, d;
    isa::LaneRegister e;
};

std::uint32_t random_f16_pair(base::Random& random) {
    const std::uint32_t low = types::f64_to_f16(random.normal());
    return low | static_cast<std::uint32_t>(types::f64_to_f16(random.normal())) << 16;
}

void fill(Operands& operands, base::Random& random) {
    constexpr std::array<std::uint32_t, 6> kCodes{0x4, 0x8, 0x9, 0xC, 0xD, 0xE};
    for (std::size_t reg = 0; reg < 4; ++reg) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            operands.a[reg][lane] = random_f16_pair(random);
            operands.b[reg][lane] = random_f16_pair(random);
            operands.c[reg][lane] = 0;
        }
    }
    for (std::uint32_t& word : operands.e) {
        word = 0;
        for (int nibble = 0; nibble < 8; ++nibble) word = word << 4 | kCodes[random.below(6)];
    }
}

isa::MmaOperands view(Operands& operands) {
    isa::MmaOperands result;
    for (std::size_t i = 0; i < 4; ++i) {
        result.a[i] = &operands.a[i];
        result.b[i] = &operands.b[i];
        result.c[i] = &operands.c[i];
        result.d[i] = &operands.d[i];
    }
    result.e = &operands.e;
    return result;
}

struct Listener : tensor_core::MmaListener {
    void mma_done(std::uint64_t, base::Cycle) override { ++done; }
    std::uint64_t done = 0;
};

/// Time of this process on the processor: other load on the machine hardly shows.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void measure(const isa::MmaForm& form, tensor_core::TensorCore& core, std::vector<Operands>& sets,
             std::string_view level) {
    constexpr double kSeconds = 0.5;
    isa::Instruction instruction;
    instruction.mma = &form;
    base::Cycle now = core.earliest(0);
    std::uint64_t count = 0;
    double elapsed = 0;
    for (const double start = processor_seconds(); elapsed < kSeconds;) {
        for (int i = 0; i < 1000; ++i, ++count) {
            core.issue(instruction, view(sets[count % kDistinct]), count, now);
            for (++now; core.busy(); ++now) core.tick(now);
            now = core.earliest(now);
        }
        elapsed = processor_seconds() - start;
    }
    fmt::print("{:10} {:75} {:7.1f} ns  {:6.2f} M/s\n", level, form.ptx_name(),
               elapsed * 1e9 / static_cast<double>(count),
               static_cast<double>(count) / elapsed * 1e-6);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view only = argc > 1 ? argv[1] : "";  // a level
    std::vector<Operands> sets(kDistinct);
    base::Random random(1);
    for (Operands& operands : sets) fill(operands, random);

    Listener listener;
    std::vector<std::unique_ptr<tensor_core::TensorCore>> cores;
    std::vector<numeric::Simd> levels;
    for (const auto level :
         {numeric::Simd::kPortable, numeric::Simd::kAvx2, numeric::Simd::kAvx512}) {
        if (!numeric::supported(level)) continue;
        if (!only.empty() && only != numeric::name(level)) continue;
        tensor_core::TensorCoreSpec spec;
        spec.simd = level;
        const std::string module_name = fmt::format("core_{}", numeric::name(level));
        cores.push_back(std::make_unique<tensor_core::TensorCore>(module_name.c_str(), spec));
        cores.back()->listener.bind(listener);
        levels.push_back(level);
    }
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    for (std::size_t i = 0; i < cores.size(); ++i) {
        for (const isa::MmaForm& form : isa::mma_forms()) {
            measure(form, *cores[i], sets, numeric::name(levels[i]));
        }
    }
}
