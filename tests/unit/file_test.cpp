#include "models/base/file.hpp"

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace sptc;

namespace {

std::size_t files_in(const std::filesystem::path& directory) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory))
        ++count;
    return count;
}

}  // namespace

TEST_CASE("file: what is not committed leaves nothing behind, and an old file as it was") {
    const test::TemporaryDirectory directory;
    const auto path = directory.path() / "out.txt";
    base::write_text(path, "old");
    {
        base::AtomicFile file(path);
        file.write(std::as_bytes(std::span("new text", 8)));
        CHECK(base::read_text(path) == "old");
    }
    CHECK(base::read_text(path) == "old");
    CHECK(files_in(directory.path()) == 1);
    base::write_text(path, "new");
    CHECK(base::read_text(path) == "new");
    CHECK(files_in(directory.path()) == 1);
}

TEST_CASE("file: a link keeps pointing at the file that is written through it") {
    const test::TemporaryDirectory directory;
    const auto target = directory.path() / "target.txt";
    const auto link = directory.path() / "link.txt";
    base::write_text(target, "old");
    std::filesystem::create_symlink(target, link);
    base::write_text(link, "new");
    CHECK(std::filesystem::is_symlink(link));
    CHECK(base::read_text(target) == "new");
}

TEST_CASE("file: a device is written in place, not replaced") {
    base::write_text("/dev/null", "gone");
    CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("file: what cannot be read or written names the path") {
    const test::TemporaryDirectory directory;
    const auto nowhere = directory.path() / "no" / "file";
    CHECK_THROWS_WITH(base::read_text(nowhere), Catch::Contains(nowhere.string()));
    CHECK_THROWS_WITH(base::read_bytes(directory.path()), Catch::Contains("directory"));
    CHECK_THROWS_WITH(base::write_text(nowhere, ""), Catch::Contains(nowhere.string()));
    CHECK_THROWS_WITH(base::write_text(directory.path(), ""), Catch::Contains("directory"));
    CHECK_THROWS_AS(base::require_writable(nowhere), base::ConfigError);
    base::require_writable(directory.path() / "file");
    CHECK(files_in(directory.path()) == 0);
}
