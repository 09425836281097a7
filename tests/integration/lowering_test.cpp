#include <catch2/catch.hpp>

#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;

namespace {

const std::filesystem::path kRoot = std::filesystem::current_path();

std::string kernel(const std::string& suffix) {
    return (kRoot / "tests/kernels/mma_sp_chain_1").string() + suffix;
}

}  // namespace

TEST_CASE("inspect --lowered lists machine operations, their PTX lines and the registers") {
    const test::TemporaryDirectory directory;
    const auto run = test::run_sptc(directory.path(), "inspect --lowered " + kernel(".ptx"));
    CHECK(run.exit_code == 0);
    CHECK(run.out.find("    55      HMMA.SP ") != std::string::npos);
    CHECK(run.out.find("registers  19 per thread") != std::string::npos);
}

TEST_CASE("run --lowering takes on and off, and nothing else") {
    const test::TemporaryDirectory directory;
    const std::string command =
        "run " + kernel(".ptx") + " --launch " + kernel(".launch.json") + " --lowering ";
    CHECK(test::run_sptc(directory.path(), command + "on").exit_code == 0);
    CHECK(test::run_sptc(directory.path(), command + "off").exit_code == 0);
    CHECK(test::run_sptc(directory.path(), command + "some").exit_code != 0);
}
