// The launch reader of the simulator and that of sptc-gpu, which scripts/gpu-build builds from the
// same sources with another compiler, other flags and without fmt: they accept and resolve alike.
#include <catch2/catch.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/resolved.hpp"

using namespace sptc;
using Json = nlohmann::json;

namespace {

constexpr const char* kProgram = "build/gpu/sptc-gpu";
constexpr int kFiles = 300;

std::string output_of(const std::string& command) {
    std::FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string text;
    char buffer[1 << 12];
    std::size_t read = 0;
    while ((read = std::fread(buffer, 1, sizeof buffer, pipe)) > 0) text.append(buffer, read);
    const int status = ::pclose(pipe);
    INFO(text);
    REQUIRE(status == 0);
    return text;
}

/// Writes random launch files; all are valid until damage() has been called.
class LaunchMaker {
  public:
    LaunchMaker(std::uint64_t seed, const test::TemporaryDirectory& directory)
        : random_(seed), directory_(directory) {}

    Json launch() {
        buffers_ = Json::object();
        const std::uint32_t buffers = 1 + random_.below(4);
        for (std::uint32_t i = 0; i < buffers; ++i) buffers_["b" + std::to_string(i)] = buffer();
        Json document{{"schema", "sptc.launch/1"}, {"buffers", buffers_}};
        if (random_.below(3) == 0) {
            document["launches"] = Json::array();
            for (std::uint32_t i = 0; i <= random_.below(3); ++i) {
                document["launches"].push_back(kernel());
            }
        } else {
            document.update(kernel());
        }
        document["outputs"] = Json::array();
        for (const auto& [name, each] : buffers_.items()) {
            if (random_.below(2) == 0) document["outputs"].push_back(output(name, each));
        }
        return document;
    }

    /// Changes one value to something that is wrong nearly everywhere.
    void damage(Json& document) {
        Json flat = document.flatten();
        const std::uint32_t victim = random_.below(static_cast<std::uint32_t>(flat.size()));
        auto at = flat.begin();
        std::advance(at, victim);
        static const Json kWrong[] = {-1, 1e300, "??", nullptr, 0.5, Json(1ull << 63), "f16"};
        *at = kWrong[random_.below(std::size(kWrong))];
        document = flat.unflatten();
    }

  private:
    static constexpr const char* kTypes[] = {"f16",  "bf16", "tf32", "f32", "f64",
                                             "s8",   "u8",   "s4",   "u4",  "b1",
                                             "e4m3", "e5m2", "s32",  "u16", "u32"};
    static constexpr int kBits[] = {16, 16, 32, 32, 64, 8, 8, 4, 4, 1, 8, 8, 32, 16, 32};

    Json kernel() {
        Json kernel{{"entry", "k" + std::to_string(random_.below(9))},
                    {"grid", {1 + random_.below(100)}},
                    {"block", {1 + random_.below(16), 1 + random_.below(8), 1 + random_.below(8)}}};
        if (random_.below(2) == 0) kernel["dynamic_shared_bytes"] = random_.below(160 * 1024);
        if (random_.below(2) == 0) kernel["registers_per_thread"] = 1 + random_.below(255);
        kernel["arguments"] = Json::array();
        for (std::uint32_t i = 0; i < random_.below(6); ++i) {
            kernel["arguments"].push_back(argument());
        }
        return kernel;
    }

    std::string any_buffer() {
        return "b" + std::to_string(random_.below(static_cast<std::uint32_t>(buffers_.size())));
    }

    Json argument() {
        switch (random_.below(5)) {
            case 0:
                return {{"buffer", any_buffer()}};
            case 1:
                return {{"bytes", "00112233445566778899aabbccddeeff0011223344556677"},
                        {"pointers",
                         {{{"offset", 8 * random_.below(2)}, {"buffer", any_buffer()}},
                          {{"offset", 16},
                           {"buffer", any_buffer()},
                           {"addend", static_cast<int>(random_.below(100)) - 50}}}}};
            case 2:
                return {{"f16", random_.normal() * 1000}};
            case 3:
                return {{"f32", random_.normal() * 1e-3}};
            default:
                return {{"s64", static_cast<std::int64_t>(random_.bits())}};
        }
    }

    Json buffer() {
        const std::uint32_t type = random_.below(std::size(kTypes));
        const std::uint32_t elements = 64 * (1 + random_.below(8));
        Json buffer{{"type", kTypes[type]}};
        const std::uint32_t bytes = elements * static_cast<std::uint32_t>(kBits[type]) / 8;
        if (random_.below(2) == 0) {
            buffer["dimensions"] = {elements / 32, 32};
        } else {
            buffer["bytes"] = bytes;
        }
        const bool real = type < 5;
        switch (random_.below(7)) {
            case 0:
                buffer["fill"] = "3c";
                break;
            case 1:
                if (kBits[type] >= 8 && type != 10 && type != 11) buffer["constant"] = 3;
                break;
            case 2:
                buffer["random"] = {{"seed", random_.bits()}, {"distribution", "bits"}};
                break;
            case 3:
                if (real) {
                    buffer["random"] = {
                        {"seed", random_.bits()},
                        {"distribution", random_.below(2) == 0 ? "normal" : "uniform"}};
                }
                break;
            case 4:
                buffer["random"] = {{"seed", random_.bits()},
                                    {"distribution", "mma"},
                                    {"operand", std::string(1, "ABC"[random_.below(3)])},
                                    {"block_bytes", 8}};
                break;
            case 5:
                buffer["random"] = {{"seed", random_.bits()},
                                    {"distribution", "metadata"},
                                    {"pattern", random_.below(2) == 0 ? "2:4" : "1:2"}};
                break;
            default:
                break;
        }
        return buffer;
    }

    Json output(const std::string& name, const Json& buffer) {
        if (random_.below(2) == 0) return name;
        const std::string file = "e" + std::to_string(random_.below(1'000'000)) + ".bin";
        const std::string type = buffer["type"];
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < std::size(kTypes); ++i) {
            if (type == kTypes[i]) bits = static_cast<std::uint64_t>(kBits[i]);
        }
        std::uint64_t bytes = 0;
        if (buffer.contains("bytes")) {
            bytes = buffer["bytes"];
        } else {
            bytes = buffer["dimensions"][0].get<std::uint64_t>() * 32 * bits / 8;
        }
        base::write_text(directory_.path() / file, std::string(bytes, 'x'));
        Json output{{"buffer", name}, {"expected", file}};
        if (random_.below(2) == 0) {
            output["tolerance"] = {{"absolute", 1e-6 * random_.uniform()}, {"relative", 1e20}};
        }
        return output;
    }

    base::Random random_;
    const test::TemporaryDirectory& directory_;
    Json buffers_;
};

std::string resolved_here(const std::string& file) {
    try {
        return launch::resolved_text(launch::read_launch(file));
    } catch (const base::Error& problem) {
        return std::string("error: ") + problem.what() + "\n";
    }
}

/// Both readers on all files; the number that they accept.
int check_files(const std::vector<std::string>& files) {
    (void)output_of("scripts/gpu-build 2>&1");
    std::string command = kProgram;
    command += " resolve";
    for (const std::string& file : files) command += " " + file;
    const std::string theirs = output_of(command);
    std::string mine;
    int accepted = 0;
    for (const std::string& file : files) {
        const std::string text = resolved_here(file);
        accepted += text.rfind("error: ", 0) == 0 ? 0 : 1;
        mine += text + "--\n";
    }
    const auto at = std::mismatch(mine.begin(), mine.end(), theirs.begin(), theirs.end()).first;
    INFO(mine.substr(static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, at - mine.begin() - 200)),
                     400));
    CHECK(mine == theirs);
    return accepted;
}

}  // namespace

TEST_CASE("launch readers: random valid files are accepted and resolved alike by both builds") {
    const test::TemporaryDirectory directory;
    LaunchMaker maker(20260101, directory);
    std::vector<std::string> files;
    for (int i = 0; i < kFiles; ++i) {
        files.push_back(directory.write("l" + std::to_string(i) + ".json", maker.launch().dump()));
    }
    CHECK(check_files(files) == kFiles);
}

TEST_CASE("launch readers: damaged files are refused by both builds with the same words") {
    const test::TemporaryDirectory directory;
    LaunchMaker maker(77, directory);
    std::vector<std::string> files;
    for (int i = 0; i < kFiles; ++i) {
        Json document = maker.launch();
        maker.damage(document);
        files.push_back(directory.write("l" + std::to_string(i) + ".json", document.dump()));
    }
    CHECK(check_files(files) < kFiles / 2);
}
