#include <catch2/catch.hpp>
#include <filesystem>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/launch/device_memory.hpp"
#include "traces/launch/fill.hpp"
#include "traces/launch/launch.hpp"

using namespace sptc;
using Catch::Contains;

namespace {

/// A folder that is removed with its content.
struct Folder {
    Folder() {
        char name[] = "/tmp/sptc-launch-XXXXXX";
        path = ::mkdtemp(name);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

/// Reads a launch file of this text; returns the message instead when `message` is given.
launch::Launch read(const Folder& folder, const std::string& text) {
    const auto path = folder.path / "l.json";
    base::write_text(path, text);
    return launch::read_launch(path);
}

/// The message without the folder: "l.json: ...".
std::string problem(const std::string& text) {
    const Folder folder;
    base::write_bytes(folder.path / "four.bin", std::vector<std::byte>(4));
    try {
        (void)read(folder, text);
    } catch (const base::ConfigError& error) {
        std::string message = error.what();
        const std::string prefix = folder.path.string() + "/";
        for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
            message.erase(at, prefix.size());
        }
        return message;
    }
    return "";
}

/// A launch file with more members.
std::string with(const std::string& more) {
    return R"({"schema": "sptc.launch/1", "entry": "k", "grid": [2, 3], "block": [128])" + more +
           "}";
}

std::string with_buffer(const std::string& members) {
    return with(R"(, "buffers": {"A": {)" + members + "}}");
}

}  // namespace

TEST_CASE("launch: a file with everything is read") {
    const Folder folder;
    base::write_bytes(folder.path / "A.bin", std::vector<std::byte>(6, std::byte{7}));
    const launch::Launch launch = read(folder, with(R"(,
        "dynamic_shared_bytes": 4096, "registers_per_thread": 128,
        "buffers": {"A": {"file": "A.bin"}, "B": {"bytes": 100},
                    "C": {"bytes": 3, "fill": "a5"},
                    "D": {"type": "f16", "dimensions": [4, 5]},
                    "R": {"type": "f32", "dimensions": [8], "random": {"seed": 1, "distribution": "normal"}}},
        "arguments": [{"buffer": "A", "offset_bytes": 2}, {"u32": 5}, {"s32": -1}, {"f32": 1.5},
                      {"f16": 1}, {"u64": 18446744073709551615}],
        "outputs": ["D"])"));
    CHECK(launch.grid.x == 2);
    CHECK(launch.grid.y == 3);
    CHECK(launch.grid.z == 1);
    CHECK(launch.block.count() == 128);
    CHECK(launch.dynamic_shared_bytes == 4096);
    CHECK(launch.registers_per_thread == 128u);
    REQUIRE(launch.buffers.size() == 5);
    CHECK(launch.buffers[0].data == std::vector<std::byte>(6, std::byte{7}));
    CHECK(launch.buffers[1].bytes == 100);
    CHECK(launch.buffers[1].data.empty());
    CHECK(launch.buffers[2].data == std::vector<std::byte>(3, std::byte{0xa5}));
    CHECK(launch.buffers[3].bytes == 40);
    CHECK(launch.buffers[4].data.size() == 32);
    REQUIRE(launch.arguments.size() == 6);
    CHECK(std::get<launch::BufferArgument>(launch.arguments[0]).offset_bytes == 2);
    const auto bits = [&](std::size_t i) {
        return std::get<launch::ScalarArgument>(launch.arguments[i]).bits;
    };
    CHECK(bits(1) == 5);
    CHECK(bits(2) == 0xffffffff);
    CHECK(bits(3) == 0x3fc00000);
    CHECK(bits(4) == 0x3c00);
    CHECK(bits(5) == ~0ull);
    CHECK(launch.outputs == std::vector<std::string>{"D"});
}

TEST_CASE("launch: what is written is read back") {
    const Folder folder;
    launch::Launch launch;
    launch.entry = "k";
    launch.grid = {7, 2, 1};
    launch.block = {64, 1, 1};
    launch.dynamic_shared_bytes = 48;
    launch::Buffer a{"A", 4, std::vector<std::byte>(4, std::byte{9}), types::DataType::kF16, {2}};
    launch::Buffer d{"D", 16, {}, types::DataType::kF32, {2, 2}};
    launch.buffers = {a, d};
    launch.arguments = {launch::BufferArgument{"A", 2}, launch::ScalarArgument{"s16", 0xfffe},
                        launch::ScalarArgument{"f32", 0x7fc00001}};
    launch.outputs = {"D"};
    launch::write_launch(launch, folder.path / "l.json");
    const launch::Launch again = launch::read_launch(folder.path / "l.json");
    CHECK(again.grid.x == 7);
    CHECK(again.block.x == 64);
    CHECK(again.dynamic_shared_bytes == 48);
    CHECK_FALSE(again.registers_per_thread.has_value());
    REQUIRE(again.buffers.size() == 2);
    CHECK(again.buffers[0].data == a.data);
    CHECK(again.buffers[1].data.empty());
    CHECK(again.buffers[1].dimensions == d.dimensions);
    REQUIRE(again.arguments.size() == 3);
    CHECK(std::get<launch::ScalarArgument>(again.arguments[1]).bits == 0xfffe);
    CHECK(std::get<launch::ScalarArgument>(again.arguments[2]).bits == 0x7fc00001);
    CHECK(again.outputs == launch.outputs);
}

TEST_CASE("launch: JSON syntax errors name the file, line and column") {
    CHECK_THAT(problem("{\n  \"schema\": ,\n}"),
               Contains("l.json: parse error at line 2, column 13"));
    CHECK_THAT(problem(""), Contains("l.json: parse error at line 1"));
    CHECK_THAT(problem("[]"), Contains("l.json: /: found [], expected an object"));
}

TEST_CASE("launch: unknown keys and wrong values name their JSON pointer") {
    CHECK_THAT(problem(with_buffer(R"("fil": "x")")),
               Contains("l.json: /buffers/A/fil: unknown key; expected one of file, bytes"));
    CHECK_THAT(problem(with(R"(, "gird": [1])")), Contains("l.json: /gird: unknown key"));
    CHECK(problem(with(R"(, "a/b~c": 1)")).starts_with("l.json: /a~1b~0c: unknown key"));
    CHECK(problem(R"({"schema": "sptc.launch/2"})") ==
          "l.json: /schema: found \"sptc.launch/2\", expected \"sptc.launch/1\"");
    CHECK(problem(R"({"schema": "sptc.launch/1"})") == "l.json: /entry: is missing");
    CHECK(problem(with(R"(, "dynamic_shared_bytes": -1)")) ==
          "l.json: /dynamic_shared_bytes: found -1, expected an integer from 0 to 1048576");
    CHECK_THAT(problem(R"({"schema": "sptc.launch/1", "entry": "k", "grid": [0], "block": [1]})"),
               Contains("/grid/0: found 0, expected an integer from 1 to 2147483647"));
    CHECK_THAT(
        problem(R"({"schema": "sptc.launch/1", "entry": "k", "grid": [1], "block": [64, 32]})"),
        Contains("/block: 2048 threads, expected at most 1024"));
    CHECK_THAT(problem(R"({"schema": "sptc.launch/1", "entry": "k", "grid": "x", "block": [1]})"),
               Contains("/grid: found \"x\", expected an array"));
}

TEST_CASE("launch: buffers are checked for size, content and names") {
    CHECK_THAT(problem(with_buffer("")), Contains("/buffers/A: has no size"));
    CHECK_THAT(problem(with_buffer(R"("bytes": 68719476737)")),
               Contains("/buffers/A/bytes: found"));
    CHECK_THAT(problem(with_buffer(R"("type": "f32", "dimensions": [4294967296, 4294967296])")),
               Contains("/buffers/A/dimensions: larger than 68719476736 bytes"));
    CHECK_THAT(problem(with_buffer(R"("bytes": 3, "type": "f32", "dimensions": [2])")),
               Contains("/bytes: found 3, but type and dimensions make 8"));
    CHECK_THAT(problem(with_buffer(R"("file": "four.bin", "bytes": 5)")),
               Contains("/buffers/A/file: has 4 bytes, expected 5"));
    CHECK_THAT(problem(with_buffer(R"("file": "none.bin")")),
               Contains("/buffers/A/file: none.bin: cannot be opened"));
    CHECK_THAT(problem(with_buffer(R"("bytes": 4, "fill": "0g")")), Contains("/buffers/A/fill"));
    CHECK_THAT(problem(with_buffer(R"("bytes": 4, "fill": "00", "file": "four.bin")")),
               Contains("at most one of file, fill, constant, random"));
    CHECK_THAT(problem(with_buffer(R"("bytes": 4, "type": "f23")")),
               Contains("/buffers/A/type: unknown type 'f23': expected one of f16"));
    CHECK_THAT(problem(with_buffer(R"("bytes": 4, "random": {"seed": 1, "distribution": "bits"})")),
               Contains("/buffers/A/random: needs the buffer's \"type\""));
    CHECK_THAT(problem(with_buffer(
                   R"("bytes": 4, "type": "s8", "random": {"seed": 1, "distribution": "normal"})")),
               Contains("/buffers/A/random/distribution"));
    CHECK_THAT(problem(with(R"(, "buffers": {"../A": {"bytes": 4}})")),
               Contains("/buffers/..~1A: a buffer's name"));
}

TEST_CASE("launch: arguments and outputs are checked") {
    const std::string buffer = R"(, "buffers": {"A": {"bytes": 8}})";
    CHECK_THAT(problem(with(buffer + R"(, "arguments": [{"buffer": "B"}])")),
               Contains("/arguments/0/buffer: no buffer 'B'"));
    CHECK_THAT(problem(with(buffer + R"(, "arguments": [{"buffer": "A", "offset_bytes": 9}])")),
               Contains("/arguments/0/offset_bytes: found 9, expected an integer from 0 to 8"));
    CHECK_THAT(problem(with(R"(, "arguments": [{"u32": 4294967296}])")),
               Contains("/arguments/0/u32: found 4294967296"));
    CHECK_THAT(problem(with(R"(, "arguments": [{"s8": -129}])")),
               Contains("/arguments/0/s8: found -129, expected an integer from -128 to 127"));
    CHECK_THAT(problem(with(R"(, "arguments": [{"f32": "x"}])")), Contains("expected a number"));
    CHECK_THAT(problem(with(R"(, "arguments": [{"u33": 1}])")),
               Contains("/arguments/0/u33: unknown kind of argument; expected one of buffer, u8"));
    CHECK_THAT(problem(with(R"(, "arguments": [{"u32": 1, "u64": 2}])")),
               Contains("/arguments/0: expected one member"));
    CHECK_THAT(problem(with(R"(, "arguments": [{"": 1}])")), Contains("/arguments/0"));
    CHECK_THAT(problem(with(R"(, "outputs": ["D"])")), Contains("/outputs/0: no buffer 'D'"));
}

TEST_CASE("launch: random content depends on the seed only") {
    using launch::Distribution;
    const auto draw = [](std::uint64_t seed) {
        return launch::random_bytes(types::DataType::kF16, Distribution::kUniform, seed, 2000);
    };
    CHECK(draw(1) == draw(1));
    CHECK(draw(1) != draw(2));
    const auto bytes = draw(1);
    double sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        const double value = types::f16_to_f64(static_cast<std::uint16_t>(
            std::to_integer<unsigned>(bytes[i]) | (std::to_integer<unsigned>(bytes[i + 1]) << 8)));
        REQUIRE(std::abs(value) <= 1.0);
        sum += value;
    }
    // The mean of 1000 uniforms on [-1, 1) has a standard deviation of 0.018.
    CHECK(std::abs(sum / 1000) < 0.1);
}

TEST_CASE("device memory: buffers are aligned, apart, and know their ends") {
    launch::Buffer a{"A", 100, std::vector<std::byte>(100, std::byte{1}), {}, {}};
    launch::Buffer b{"B", 8, {}, {}, {}};
    launch::DeviceMemory memory({a, b}, launch::Values::kOn);
    const std::uint64_t at = memory.address("A");
    CHECK(at % 256 == 0);
    CHECK(memory.address("B") % 256 == 0);
    CHECK(memory.contains(at, 100));
    CHECK_FALSE(memory.contains(at, 101));
    CHECK_FALSE(memory.contains(at + 100, 1));
    CHECK_FALSE(memory.contains(at - 1, 1));
    CHECK_FALSE(memory.contains(UINT64_MAX, 2));
    CHECK_FALSE(memory.contains(at + 4, UINT64_MAX));
    REQUIRE(memory.find(at + 99, 1) != nullptr);
    *memory.find(at + 99, 1) = std::byte{5};
    CHECK(memory.content("A")[99] == std::byte{5});
    CHECK(memory.find(at + 99, 2) == nullptr);
    CHECK(memory.describe(at + 164) == "64 bytes past the end of buffer 'A' (100 bytes)");
    CHECK(memory.describe(at + 5) == "byte 5 of buffer 'A' (100 bytes)");
    CHECK(memory.describe(memory.address("B") - 3) ==
          "3 bytes before the start of buffer 'B' (8 bytes)");
    CHECK_THROWS_WITH(memory.address("C"), "unknown buffer 'C': expected one of A, B");
}

TEST_CASE("device memory: with values off only initial content is kept") {
    launch::Buffer a{"A", 4, std::vector<std::byte>(4), {}, {}};
    launch::Buffer b{"B", 1ull << 36, {}, {}, {}};  // would need 64 GiB
    launch::DeviceMemory memory({a, b}, launch::Values::kOff);
    CHECK(memory.find(memory.address("A"), 4) != nullptr);
    CHECK(memory.contains(memory.address("B") + (1ull << 36) - 1, 1));
    CHECK(memory.find(memory.address("B"), 4) == nullptr);
    CHECK(memory.content("B").empty());
}
