#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/fresh_simulation.hpp"
#include "tests/support/mma_case.hpp"
#include "tests/support/random_mma.hpp"

using namespace sptc;
using tensor_core::TensorCore;
using tensor_core::TensorCoreSpec;
using tensor_core::ValuesMode;
using test::MmaCase;
using test::OperandKind;

namespace {

/// Cores of one architecture: one per SIMD level, and the one that works pass by pass.
class Cores {
  public:
    explicit Cores(const test::Machine& machine) {
        for (const numeric::Simd level : test::supported_levels()) {
            add(machine, ValuesMode::kWholeInstruction, level);
        }
        add(machine, ValuesMode::kPerPass, numeric::Simd::kPortable);
        simulation_.elaborate();
    }

    void check(const MmaCase& mma, const std::vector<std::uint64_t>& expected) {
        for (std::size_t i = 0; i < cores_.size(); ++i) {
            const auto found = test::core_d(*cores_[i], mma, now_[i]);
            if (found == expected) continue;
            for (std::size_t at = 0; at < found.size(); ++at) {
                if (found[at] == expected[at]) continue;
                INFO("element " << at << " expected " << std::hex << expected[at] << " found "
                                << found[at]);
                FAIL(names_[i]);
            }
        }
    }

    /// All cores have taken the same cycles and counted the same.
    void check_equal_counts() {
        for (std::size_t i = 1; i < cores_.size(); ++i) {
            CHECK(now_[i] == now_[0]);
            CHECK(listeners_[i]->done == listeners_[0]->done);
            CHECK(cores_[i]->statistics().passes == cores_[0]->statistics().passes);
            CHECK(cores_[i]->statistics().b_values_fetched ==
                  cores_[0]->statistics().b_values_fetched);
        }
    }

  private:
    void add(const test::Machine& machine, ValuesMode mode, numeric::Simd level) {
        TensorCoreSpec spec;
        spec.arch = machine.arch;
        spec.partition = machine.partition;
        spec.values_mode = mode;
        spec.simd = level;
        names_.push_back((mode == ValuesMode::kPerPass ? "per_pass_" : "whole_") +
                         std::string(numeric::name(level)));
        cores_.push_back(std::make_unique<TensorCore>(names_.back().c_str(), spec));
        listeners_.push_back(std::make_unique<test::RecordingListener>());
        cores_.back()->listener.bind(*listeners_.back());
        now_.push_back(0);
    }

    test::FreshSimulation simulation_;
    std::vector<std::string> names_;
    std::vector<std::unique_ptr<test::RecordingListener>> listeners_;
    std::vector<std::unique_ptr<TensorCore>> cores_;
    std::vector<base::Cycle> now_;
};

/// Holds every form of a machine, at every SIMD level and pass by pass, to the reference. Gives the
/// number of elements compared.
std::uint64_t check_machine(const test::Machine& machine, int instructions, std::uint64_t seed) {
    Cores cores(machine);
    test::RandomMma random(seed);
    std::uint64_t elements = 0;
    for (const isa::MmaForm* form : test::forms_of(machine.arch)) {
        for (int kind = 0; kind < static_cast<int>(OperandKind::kCount); ++kind) {
            for (int i = 0; i < instructions; ++i) {
                const MmaCase mma = random(*form, static_cast<OperandKind>(kind));
                INFO(machine.arch << " " << form->ptx_name() << " kind " << kind << " instruction "
                                  << i);
                const auto expected = test::reference_d(mma, machine);
                cores.check(mma, expected);
                elements += expected.size();
            }
        }
    }
    cores.check_equal_counts();
    return elements;
}

std::uint64_t check_all_architectures(int instructions, std::uint64_t seed) {
    std::uint64_t elements = 0;
    for (const isa::Architecture& architecture : isa::architectures()) {
        elements += check_machine({architecture.name}, instructions, seed++);
    }
    return elements;
}

}  // namespace

TEST_CASE("tensor_core: every form of every architecture gives the reference's bits") {
    const std::uint64_t elements = check_all_architectures(1, 1);
    CHECK(elements > 500'000);
}

TEST_CASE("tensor_core: 10 million elements of all forms and architectures equal the reference",
          "[.slow]") {
    const std::uint64_t elements = check_all_architectures(14, 100);
    CHECK(elements > 10'000'000);
}

TEST_CASE("tensor_core: every partition of sparse products gives the reference's bits") {
    for (const isa::PartitionRow& row : isa::partitions()) {
        for (const std::string_view arch : {"sm_80", "sm_89", "sm_90"}) {
            Cores cores({arch, row.partition});
            test::RandomMma random(7);
            for (const isa::MmaForm* form : test::forms_of(arch)) {
                if (!form->sparse() || form->dot != isa::DotKind::kFloat) continue;
                for (const OperandKind kind : {OperandKind::kWide, OperandKind::kBoundary}) {
                    const MmaCase mma = random(*form, kind);
                    INFO(row.name << " " << arch << " " << form->ptx_name());
                    cores.check(mma, test::reference_d(mma, {arch, row.partition}));
                }
            }
        }
    }
}
