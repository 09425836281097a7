// Struct arguments and sequences of launches (docs/launch_format.md).
#include <catch2/catch.hpp>

#include "tests/support/launch_file.hpp"
#include "traces/launch/argument.hpp"

using namespace sptc;
using Catch::Contains;
using test::kKernelMembers;
using test::launch_problem;
using test::read_launch_members;
using test::TemporaryDirectory;

namespace {

std::string with_argument(const std::string& argument) {
    return kKernelMembers + R"(, "buffers": {"A": {"bytes": 8}}, "arguments": [)" + argument + "]";
}

std::uint64_t address_of(const std::string& name) { return name == "A" ? 0x7f0000000000u : 0x10; }

}  // namespace

TEST_CASE("launch: a struct argument is its bytes with the addresses of buffers put in") {
    const TemporaryDirectory directory;
    const launch::Launch launch = read_launch_members(
        directory, with_argument(R"({"bytes": "0102 ffffffffffffffff 03", "pointers":
            [{"offset": 2, "buffer": "A", "addend": -1}]})"));
    const auto bytes = launch::argument_bytes(launch.arguments.at(0), address_of);
    // 0x7f0000000000 - 1 = 0x7effffffffff, little-endian.
    const std::vector<unsigned> expected{1, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7e, 0, 0, 3};
    REQUIRE(bytes.size() == expected.size());
    for (std::size_t i = 0; i < bytes.size(); ++i)
        CHECK(std::to_integer<unsigned>(bytes[i]) == expected[i]);
    CHECK(launch::argument_kind(launch.arguments.at(0)) == "a struct of 11 bytes");
}

TEST_CASE("launch: scalars and addresses have the bytes of their type") {
    CHECK(launch::argument_bytes(launch::ScalarArgument{"s16", 0xfffe}, address_of) ==
          std::vector{std::byte{0xfe}, std::byte{0xff}});
    CHECK(launch::argument_bytes(launch::BufferArgument{"B", 2}, address_of).at(0) ==
          std::byte{0x12});
    CHECK(launch::argument_bytes(launch::BufferArgument{"B", 2}, address_of).size() == 8);
}

TEST_CASE("launch: a wrong struct argument names its JSON pointer") {
    const TemporaryDirectory directory;
    const auto problem = [&](const std::string& argument) {
        return launch_problem(directory, with_argument(argument));
    };
    CHECK_THAT(problem(R"({"bytes": "0"})"),
               Contains("/arguments/0/bytes: found 1 hexadecimal digits, expected two for each"));
    CHECK_THAT(problem(R"({"bytes": ""})"), Contains("/arguments/0/bytes: found 0"));
    CHECK_THAT(problem(R"({"bytes": "0g"})"), Contains("/arguments/0/bytes: found 'g'"));
    CHECK_THAT(problem(R"({"bytes": 5})"), Contains("/arguments/0/bytes: found 5"));
    CHECK_THAT(problem(R"({"bytes": "00", "pointer": []})"),
               Contains("/arguments/0/pointer: unknown key; expected one of bytes, pointers"));
    const auto pointers = [&](const std::string& list) {
        return problem(R"({"bytes": "00112233445566778899aabbccddeeff", "pointers": [)" + list +
                       "]}");
    };
    CHECK(pointers(R"({"offset": 8, "buffer": "A"}, {"offset": 0, "buffer": "A"})").empty());
    CHECK_THAT(
        pointers(R"({"offset": 9, "buffer": "A"})"),
        Contains("/arguments/0/pointers/0/offset: found 9, expected an integer from 0 to 8"));
    CHECK_THAT(pointers(R"({"offset": 0, "buffer": "B"})"),
               Contains("/arguments/0/pointers/0/buffer: no buffer 'B'"));
    CHECK_THAT(pointers(R"({"offset": 0, "buffer": "A"}, {"offset": 7, "buffer": "A"})"),
               Contains("/arguments/0/pointers/1/offset: overlaps the pointer at offset 0"));
    CHECK_THAT(pointers(R"({"offset": 0, "buffer": "A", "addend": 1.5})"),
               Contains("/arguments/0/pointers/0/addend: found 1.5"));
    CHECK_THAT(pointers(R"({"offset": 0, "buffer": "A", "addend": 9223372036854775808})"),
               Contains("/arguments/0/pointers/0/addend"));
    CHECK_THAT(problem(R"({"bytes": "00", "pointers": [{"offset": 0, "buffer": "A"}]})"),
               Contains("/arguments/0/pointers/0: a pointer needs 8 bytes"));
}

TEST_CASE("launch: a struct argument survives being written and read") {
    const TemporaryDirectory directory;
    launch::Launch launch;
    launch.entry = "k";
    launch.grid = launch.block = {1, 1, 1};
    launch.buffers = {{"A", 4, {}, {}, {}}};
    launch.arguments.emplace_back(
        launch::StructArgument(std::vector<std::byte>(9, std::byte{0xa5}), {{1, "A", -4}}));
    launch::write_launch(launch, directory.path() / "l.json");
    const launch::Launch again = launch::read_launch(directory.path() / "l.json");
    const auto& argument = std::get<launch::StructArgument>(again.arguments.at(0));
    CHECK(argument.bytes == std::vector<std::byte>(9, std::byte{0xa5}));
    REQUIRE(argument.pointers.size() == 1);
    CHECK(argument.pointers[0].offset_bytes == 1);
    CHECK(argument.pointers[0].buffer == "A");
    CHECK(argument.pointers[0].addend_bytes == -4);
}

TEST_CASE("launch: several kernels are read in order, on the same buffers") {
    const TemporaryDirectory directory;
    const launch::Launch launch = read_launch_members(directory, R"(
        "launches": [{"entry": "one", "grid": [2], "block": [32], "arguments": [{"buffer": "A"}]},
                     {"entry": "two", "grid": [1, 3], "block": [8, 8], "dynamic_shared_bytes": 100000,
                      "registers_per_thread": 40, "arguments": [{"u32": 5}]}],
        "buffers": {"A": {"bytes": 8}}, "outputs": ["A"])");
    CHECK(launch.entry == "one");
    CHECK(launch.arguments.size() == 1);
    REQUIRE(launch.next.size() == 1);
    CHECK(launch.next[0].entry == "two");
    CHECK(launch.next[0].grid.y == 3);
    CHECK(launch.next[0].block.count() == 64);
    CHECK(launch.next[0].dynamic_shared_bytes == 100000);
    CHECK(launch.next[0].registers_per_thread == 40u);
    CHECK(std::get<launch::ScalarArgument>(launch.next[0].arguments.at(0)).bits == 5);
}

TEST_CASE("launch: wrong sequences of launches name their JSON pointer") {
    const TemporaryDirectory directory;
    CHECK_THAT(launch_problem(directory, R"("launches": [])"), Contains("/launches: is empty"));
    CHECK_THAT(launch_problem(directory, R"("launches": [5])"),
               Contains("/launches/0: found 5, expected an object"));
    CHECK_THAT(launch_problem(directory, "\"launches\": [{" + kKernelMembers + "}], \"grid\": [1]"),
               Contains("/grid: stands beside \"launches\""));
    CHECK_THAT(
        launch_problem(directory, "\"launches\": [{" + kKernelMembers + ", \"outputs\": []}]"),
        Contains("/launches/0/outputs: unknown key"));
    CHECK_THAT(launch_problem(directory, "\"launches\": [{" + kKernelMembers + "}, {}]"),
               Contains("/launches/1/entry: is missing"));
    CHECK_THAT(launch_problem(directory, "\"launches\": [{" + kKernelMembers +
                                             ", \"arguments\": [{\"u8\": 256}]}]"),
               Contains("/launches/0/arguments/0/u8: found 256"));
}
