#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "models/base/file.hpp"
#include "tests/support/gemm_kinds.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/gemm/gemm.hpp"
#include "traces/gemm/tile_choice.hpp"

using namespace sptc;

namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen((command + " 2>&1").c_str(), "r"),
                                                     pclose);
    REQUIRE(pipe != nullptr);
    std::string text;
    std::array<char, 512> part{};
    while (fgets(part.data(), part.size(), pipe.get()) != nullptr) text += part.data();
    return text;
}

// The number before or after a word of ptxas -v; -1 when the word is missing.
int number_before(const std::string& text, const std::string& word) {
    const auto at = text.find(word);
    if (at == std::string::npos) return -1;
    const auto begin = text.find_last_not_of("0123456789", at - 1);
    return std::atoi(text.c_str() + begin + 1);
}

}  // namespace

TEST_CASE(
    "gemm: ptxas assembles every default kernel without spills, and the register estimate "
    "is within 10 %, with a column-major B within 16 %",
    "[.slow]") {
    const std::string version = output_of("ptxas --version");
    if (version.find("NVIDIA") == std::string::npos) {
        WARN("no ptxas on the PATH: the generated kernels are not assembled");
        return;
    }
    // The estimate is fitted to one release; another may allocate differently.
    const bool fitted_release = version.find("release 13.0") != std::string::npos;
    const auto directory = std::filesystem::temp_directory_path() /
                           fmt::format("sptc_gemm_ptxas_{}", static_cast<long>(getpid()));
    std::filesystem::create_directories(directory);
    for (gemm::GemmProblem problem : test::gemm_kinds(512, 512, 512)) {
        for (const bool has_c : {false, true}) {
            problem.has_c = has_c;
            for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
                const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
                const auto file = directory / "kernel.ptx";
                base::write_text(file, kernel.ptx);
                const std::string report =
                    output_of(fmt::format("ptxas -arch=sm_80 -v {} -o {}", file.string(),
                                          (directory / "kernel.cubin").string()));
                INFO(kernel.entry << "\n" << report);
                // Fitted to the kernels with a row-major B.
                const bool row_major = problem.b_layout == gemm::BLayout::kRow;
                const int percent = !fitted_release ? 25 : row_major ? 10 : 16;
                const int registers = number_before(report, " registers");
                const auto estimate = static_cast<int>(kernel.registers_per_thread);
                fmt::print("{:60} ptxas {:3} registers, estimate {:3}\n", kernel.entry, registers,
                           estimate);
                CHECK(number_before(report, " bytes spill stores") == 0);
                CHECK(number_before(report, " bytes spill loads") == 0);
                CHECK(registers > 0);
                CHECK(100 * std::abs(estimate - registers) <= percent * registers);
            }
        }
    }
    std::filesystem::remove_all(directory);
}

TEST_CASE("gemm: ptxas assembles the kernels of every epilogue without spills", "[.slow]") {
    if (output_of("ptxas --version").find("NVIDIA") == std::string::npos) {
        WARN("no ptxas on the PATH: the generated kernels are not assembled");
        return;
    }
    const test::TemporaryDirectory directory;
    for (gemm::GemmProblem problem : test::gemm_kinds(512, 512, 512)) {
        if (problem.b_type() != problem.input) continue;
        const bool integer = problem.accumulator == types::DataType::kS32;
        const bool f64 = problem.accumulator == types::DataType::kF64;
        for (const std::string epilogue : {"bias+relu", integer ? "bias+requant-s8"
                                                        : f64   ? "bias"
                                                                : "bias+gelu"}) {
            problem.epilogue = {.scaled = true};
            gemm::set_steps(problem.epilogue, epilogue);
            problem.has_c = epilogue != "bias";
            // The largest tile that fits has the most accumulators.
            const gemm::GemmKernel kernel =
                gemm::write_kernel(problem, gemm::default_tiles(problem).front());
            const auto file = directory.path() / "kernel.ptx";
            base::write_text(file, kernel.ptx);
            const std::string report =
                output_of(fmt::format("ptxas -arch=sm_80 -v {} -o {}", file.string(),
                                      (directory.path() / "kernel.cubin").string()));
            INFO(kernel.entry << "\n" << report);
            CHECK(number_before(report, " registers") > 0);
            CHECK(number_before(report, " bytes spill stores") == 0);
        }
    }
}

TEST_CASE("gemm: ptxas assembles the kernels of split-K without spills", "[.slow]") {
    if (output_of("ptxas --version").find("NVIDIA") == std::string::npos) {
        WARN("no ptxas on the PATH: the generated kernels are not assembled");
        return;
    }
    const test::TemporaryDirectory directory;
    for (gemm::GemmProblem problem : test::gemm_kinds(512, 512, 4096)) {
        if (problem.b_type() != problem.input) continue;
        problem.split_k = 4;
        problem.has_c = true;
        for (const gemm::GemmTile& tile : gemm::default_tiles(problem)) {
            const gemm::GemmKernel kernel = gemm::write_kernel(problem, tile);
            const auto file = directory.path() / "kernel.ptx";
            base::write_text(file, kernel.ptx);
            const std::string report =
                output_of(fmt::format("ptxas -arch=sm_80 -v {} -o {}", file.string(),
                                      (directory.path() / "kernel.cubin").string()));
            INFO(kernel.entry << "\n" << report);
            CHECK(number_before(report, " registers") > 0);
            CHECK(number_before(report, " bytes spill stores") == 0);
        }
    }
}
