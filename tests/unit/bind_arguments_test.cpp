// Arguments of a launch in the parameter space of a kernel.
#include <catch2/catch.hpp>
#include <cstring>

#include "models/base/error.hpp"
#include "tests/support/ptx_run.hpp"
#include "traces/ptx/bind_arguments.hpp"

using namespace sptc;
using Catch::Contains;

namespace {

constexpr std::string_view kKernel = R"(.visible .entry k(
    .param .u32 count, .param .align 8 .b8 params[24], .param .u64 out)
{
    ret;
}
)";

/// The parameter space for these arguments; buffer A has the address `a`.
std::vector<std::byte> bind(std::vector<launch::Argument> arguments, std::uint64_t* a = nullptr) {
    const auto program =
        ptx::load_program(std::string(test::kPtxHeader).append(kKernel), "k.ptx", "k");
    launch::DeviceMemory memory({{"A", 64, {}, {}, {}}}, launch::Values::kOff);
    if (a != nullptr) *a = memory.address("A");
    launch::KernelLaunch launch;
    launch.arguments = std::move(arguments);
    return ptx::bind_arguments(*program, launch, memory);
}

std::string problem(std::vector<launch::Argument> arguments) {
    try {
        (void)bind(std::move(arguments));
    } catch (const base::ConfigError& error) {
        return error.what();
    }
    return "";
}

launch::StructArgument structure(std::size_t bytes) {
    return launch::StructArgument(std::vector<std::byte>(bytes, std::byte{0xee}), {});
}

const launch::ScalarArgument kFive{"u32", 5};
const launch::BufferArgument kBuffer{"A", 16};

}  // namespace

TEST_CASE("bind arguments: a struct stands at its parameter's alignment, with addresses put in") {
    launch::StructArgument params = structure(24);
    params.pointers = {{8, "A", 4}};
    std::uint64_t a = 0;
    const auto space = bind({kFive, params, kBuffer}, &a);
    REQUIRE(space.size() == 40);
    const auto at = [&](std::size_t offset) {
        std::uint64_t value = 0;
        std::memcpy(&value, space.data() + offset, 8);
        return value;
    };
    CHECK((at(0) & 0xffffffff) == 5);
    CHECK(at(8) == 0xeeeeeeeeeeeeeeee);
    CHECK(at(16) == a + 4);
    CHECK(at(24) == 0xeeeeeeeeeeeeeeee);
    CHECK(at(32) == a + 16);
}

TEST_CASE("bind arguments: a struct of a scalar's size may stand for it") {
    CHECK(bind({structure(4), structure(24), structure(8)}).at(0) == std::byte{0xee});
}

TEST_CASE("bind arguments: what does not fit names the parameter, its size and what was found") {
    CHECK_THAT(
        problem({kFive, structure(25), kBuffer}),
        Contains("parameter 1 ('params') is an array of 24 bytes, found a struct of 25 bytes"));
    CHECK_THAT(
        problem({kFive, kBuffer, kBuffer}),
        Contains("is an array of 24 bytes, found the address of a buffer: expected {\"bytes\""));
    CHECK_THAT(problem({kFive, kFive, kBuffer}), Contains("found an argument of type u32"));
    CHECK_THAT(problem({structure(5), structure(24), kBuffer}),
               Contains("parameter 0 ('count') has type .u32, found a struct of 5 bytes"));
    CHECK_THAT(problem({kBuffer, structure(24), kBuffer}),
               Contains("a buffer's address needs 64 bits"));
    CHECK_THAT(problem({kFive, structure(24), kFive}),
               Contains("has type .u64, found an argument of type u32"));
    CHECK_THAT(problem({kFive}), Contains("1 arguments, expected 3"));
}
