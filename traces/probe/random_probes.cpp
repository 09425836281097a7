#include "traces/probe/random_probes.hpp"

#include "traces/probe/random_operands.hpp"

namespace sptc::probe {
namespace {

/// Every instruction has a generator of its own, so that parts can be drawn apart.
void draw(const RandomPart& part, NumericsProbe& probe) {
    constexpr auto kClasses = static_cast<std::uint64_t>(InputClass::kCount);
    for (std::uint64_t i = part.first; i < part.first + part.instructions; ++i) {
        base::Random mixed(part.seed);
        base::Random random(mixed.bits() + i);
        probe.instructions.push_back(
            random_operands(*probe.kernel.form, static_cast<InputClass>(i % kClasses), random));
    }
}

isa::Architecture with_fp8(isa::Architecture architecture, isa::Fp8Path path,
                           std::string_view parameters_of) {
    const isa::Architecture& other = isa::find_architecture(parameters_of);
    architecture.fp8_path = path;
    architecture.fp8 = other.fp8;
    if (path == isa::Fp8Path::kEmulated) architecture.fdpa = other.fdpa;
    return architecture;
}

}  // namespace

void fill_random(const isa::Architecture& architecture, const RandomPart& part,
                 NumericsProbe& probe) {
    draw(part, probe);
    probe.hypotheses.push_back(by_reference("expected", "as the architecture table says",
                                            *probe.kernel.form, architecture));
}

void fill_fp8_paths(const isa::Architecture& architecture, const RandomPart& part,
                    NumericsProbe& probe) {
    draw(part, probe);
    const isa::MmaForm& form = *probe.kernel.form;
    const struct {
        const char* name;
        const char* statement;
        isa::Fp8Path path;
        std::string_view parameters_of;
    } kPaths[] = {
        {"emulated", "widened to f16, two HMMA, then C is added", isa::Fp8Path::kEmulated, "sm_90"},
        {"native F=13", "one QMMA that keeps 13 bits", isa::Fp8Path::kNative, "sm_89"},
        {"native F=25", "one QMMA that keeps 25 bits", isa::Fp8Path::kNative, "sm_120"}};
    for (const auto& path : kPaths) {
        probe.hypotheses.push_back(
            by_reference(path.name, path.statement, form,
                         with_fp8(architecture, path.path, path.parameters_of)));
    }
}

}  // namespace sptc::probe
