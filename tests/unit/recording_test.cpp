#include "traces/cuda/recording.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/sha256.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/campaign/pack.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using cuda::KeepRule;
using cuda::KeptOutput;

namespace {

std::vector<std::byte> counting(std::size_t bytes) {
    std::vector<std::byte> content(bytes);
    for (std::size_t i = 0; i < bytes; ++i) content[i] = static_cast<std::byte>(i * 7 + i / 256);
    return content;
}

cuda::Recording sample() {
    cuda::Recording recording;
    recording.device = {"Some GPU", "", 80, 108, 1 << 20, 1410, 1215, "13.0"};
    recording.measured_clock_mhz = 1407.25;
    recording.date = "2026-01-02T03:04:05Z";
    recording.generator = 1;
    for (const char* name : {"first", "second"}) {
        cuda::Answer answer;
        answer.name = name;
        answer.kernel_sha256 = base::sha256_hex(std::string_view("k"));
        answer.launch_sha256 = base::sha256_hex(std::string_view("l"));
        answer.inputs_sha256 = base::sha256_hex(std::string_view("i"));
        answer.outputs.push_back(cuda::keep("D", counting(1000), {64, 3}));
        answer.outputs.push_back(cuda::keep("cycles", counting(8), {}));
        answer.times = cuda::times_of({3, 1, 2, 5, 4});
        recording.answers.push_back(answer);
    }
    cuda::Answer failed;
    failed.name = "third";
    failed.problem = "not run: needs sm_90";
    recording.answers.push_back(failed);
    return recording;
}

void overwrite(const std::filesystem::path& file, std::size_t at, std::byte value) {
    auto bytes = base::read_bytes(file);
    REQUIRE(at < bytes.size());
    REQUIRE(bytes[at] != value);
    bytes[at] = value;
    base::write_bytes(file, bytes);
}

}  // namespace

TEST_CASE("kept output: the digest is FNV-1a of 64 bits, folded to 16") {
    // FNV-1a of "a" is af63dc4c8601ec8c (Fowler, Noll, Vo: test vectors of draft-eastlake-fnv).
    CHECK(cuda::digest_of(std::as_bytes(std::span("a", 1))) == (0xaf63 ^ 0xdc4c ^ 0x8601 ^ 0xec8c));
}

TEST_CASE("kept output: all digests and every third block are kept, the last block shorter") {
    const auto content = counting(1000);
    const KeptOutput output = cuda::keep("D", content, {64, 3});
    CHECK(output.blocks() == 16);
    CHECK(output.kept.size() == output.kept_bytes());
    CHECK(output.sha256 == base::sha256_hex(content));
    for (std::uint64_t i = 0; i < 16; ++i) {
        const auto block = std::span(content).subspan(64 * i, i == 15 ? 40 : 64);
        CHECK(output.digest(i) == cuda::digest_of(block));
        const auto kept = output.block(i);
        CHECK(kept.size() == (i % 3 == 0 ? block.size() : 0));
        CHECK(std::equal(kept.begin(), kept.end(), block.begin()));
    }
}

TEST_CASE("kept output: a difference is found where it is, with its bits when they are kept") {
    const auto content = counting(1000);
    const KeptOutput expected = cuda::keep("D", content, {64, 3});
    CHECK(cuda::compare(expected, expected).differing_blocks == 0);
    auto changed = content;
    changed[64 * 4 + 1] ^= std::byte{1};  // a block of which only the digest is kept
    changed[64 * 6 + 9] ^= std::byte{1};
    const auto difference = cuda::compare(expected, cuda::keep("D", changed, {64, 3}));
    CHECK(difference.differing_blocks == 2);
    CHECK(difference.first_block == 4);
    CHECK(difference.first_byte == 64 * 6 + 9);
}

TEST_CASE("kept output: outputs whose digests collide still differ") {
    KeptOutput expected = cuda::keep("D", counting(128), {64, 2});
    KeptOutput found = expected;
    found.sha256 = base::sha256_hex(std::string_view("other"));
    CHECK(cuda::compare(expected, found).differing_blocks == 1);
}

TEST_CASE("recording: what is written is read") {
    const test::TemporaryDirectory directory;
    const cuda::Recording written = sample();
    cuda::write_recording(written, directory.path());
    const cuda::Recording read = cuda::read_recording(directory.path());
    CHECK(read.device.name == "Some GPU");
    CHECK(read.measured_clock_mhz == 1407.25);
    REQUIRE(read.answers.size() == 3);
    CHECK(read.answers[1].outputs[0].kept == written.answers[1].outputs[0].kept);
    CHECK(read.answers[1].outputs[1].sha256 == written.answers[1].outputs[1].sha256);
    CHECK(read.answers[0].times.median_us == 3);
    CHECK(read.answers[0].times.low_us == 2);
    CHECK(read.answers[0].times.high_us == 4);
    CHECK(read.answers[2].problem == "not run: needs sm_90");
}

TEST_CASE("recording: one damaged answer does not stop the others") {
    const test::TemporaryDirectory directory;
    cuda::write_recording(sample(), directory.path());
    overwrite(directory.path() / cuda::kAnswersFile, 5, std::byte{0xfe});
    const cuda::Recording read = cuda::read_recording(directory.path());
    CHECK_THAT(read.answers[0].problem,
               Contains("/answers/0/outputs/0/kept_sha256: does not match") && Contains("damaged"));
    CHECK(read.answers[0].outputs.empty());
    CHECK(read.answers[1].answered());
}

TEST_CASE("recording: truncated answers are missing one by one") {
    const test::TemporaryDirectory directory;
    cuda::write_recording(sample(), directory.path());
    const auto file = directory.path() / cuda::kAnswersFile;
    const auto size = std::filesystem::file_size(file);
    std::filesystem::resize_file(file, size - 1);
    const cuda::Recording read = cuda::read_recording(directory.path());
    CHECK(read.answers[0].answered());
    CHECK_THAT(read.answers[1].problem, Contains("/answers/1/outputs/1/offset: answers.bin has " +
                                                 std::to_string(size - 1)));
    std::filesystem::remove(file);
    CHECK(!cuda::read_recording(directory.path()).answers[0].answered());
}

TEST_CASE("recording: a changed recording.json is refused") {
    const test::TemporaryDirectory directory;
    cuda::write_recording(sample(), directory.path());
    const auto file = directory.path() / cuda::kRecordingFile;
    std::string text = base::read_text(file);
    text.replace(text.find("1407.25"), 7, "1999.25");
    base::write_text(file, text);
    CHECK_THROWS_WITH(cuda::read_recording(directory.path()),
                      Contains("recording.json: /sha256: ") && Contains("refused"));
    base::write_text(file, text.substr(0, text.size() / 2));
    CHECK_THROWS_AS(cuda::read_recording(directory.path()), base::ConfigError);
}

TEST_CASE("pack: files come out as they went in; a damaged one does not stop the others") {
    const test::TemporaryDirectory directory;
    std::filesystem::create_directories(directory.path() / "in/sub");
    base::write_text(directory.path() / "in/a.txt", std::string(5000, 'a'));
    base::write_text(directory.path() / "in/sub/b.txt", "b");
    const auto pack = directory.path() / "pack";
    campaign::write_pack(directory.path() / "in", {"a.txt", "sub/b.txt"}, pack);
    CHECK(campaign::unpack(pack, directory.path() / "out").empty());
    CHECK(base::read_text(directory.path() / "out/a.txt") == std::string(5000, 'a'));
    CHECK(base::read_text(directory.path() / "out/sub/b.txt") == "b");

    overwrite(pack, 8 + 12 + 5 + 8, std::byte{0x77});  // in the frame of a.txt
    const auto damaged = campaign::unpack(pack, directory.path() / "again");
    REQUIRE(damaged.size() == 1);
    CHECK(damaged[0].name == "a.txt");
    CHECK(base::read_text(directory.path() / "again/sub/b.txt") == "b");
}

TEST_CASE("pack: after a damaged name or length the next file is found") {
    const test::TemporaryDirectory directory;
    std::filesystem::create_directories(directory.path() / "in");
    for (const char* name : {"a", "b", "c"}) base::write_text(directory.path() / "in" / name, name);
    const auto pack = directory.path() / "pack";
    // Bytes of the head of the first file: 8 and 12 are the lengths, 20 is its name.
    for (const std::size_t at : {8u, 11u, 12u, 19u, 20u}) {
        campaign::write_pack(directory.path() / "in", {"a", "b", "c"}, pack);
        overwrite(pack, at, std::byte{'/'});
        const auto out = directory.path() / std::to_string(at);
        CAPTURE(at);
        CHECK(campaign::unpack(pack, out).size() == 1);
        CHECK_FALSE(std::filesystem::exists(out / "a"));
        CHECK(base::read_text(out / "b") == "b");
        CHECK(base::read_text(out / "c") == "c");
    }
}

TEST_CASE("pack: names that lead out of the folder and cut ends are damage, other files errors") {
    const test::TemporaryDirectory directory;
    std::filesystem::create_directories(directory.path() / "in");
    base::write_text(directory.path() / "evil", "x");
    base::write_text(directory.path() / "in/a.txt", "x");
    const auto pack = directory.path() / "pack";
    campaign::write_pack(directory.path() / "in", {"../evil"}, pack);
    auto damaged = campaign::unpack(pack, directory.path() / "deep/out");
    REQUIRE(damaged.size() == 1);
    CHECK_THAT(damaged[0].problem, Contains("from byte 8 on: no file of a legal name"));
    CHECK_FALSE(std::filesystem::exists(directory.path() / "deep/evil"));
    campaign::write_pack(directory.path() / "in", {"a.txt"}, pack);
    std::filesystem::resize_file(pack, std::filesystem::file_size(pack) - 1);
    CHECK(campaign::unpack(pack, directory.path() / "out").size() == 1);
    CHECK_THROWS_WITH(campaign::unpack(directory.path() / "evil", directory.path() / "out"),
                      Contains("no archive"));
}
