#include "sim/run/progress.hpp"

#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <string>

using sptc::run::Progress;

namespace {

/// What a Progress prints while the test moves the clock.
class Printed {
  public:
    explicit Printed(Progress::Style style)
        : stream_(std::tmpfile()),
          progress_(std::make_unique<Progress>("work", stream_, style, [this] { return now; })) {
        REQUIRE(stream_ != nullptr);
    }
    ~Printed() { std::fclose(stream_); }
    Printed(const Printed&) = delete;
    Printed& operator=(const Printed&) = delete;

    Progress& progress() { return *progress_; }
    void finish() { progress_.reset(); }

    std::string text() {
        std::fflush(stream_);
        std::string content(static_cast<std::size_t>(std::ftell(stream_)), '\0');
        std::rewind(stream_);
        REQUIRE(std::fread(content.data(), 1, content.size(), stream_) == content.size());
        return content;
    }

    double now = 100;

  private:
    std::FILE* stream_;
    std::unique_ptr<Progress> progress_;
};

}  // namespace

TEST_CASE("progress: nothing is printed in the first two seconds") {
    Printed printed(Progress::Style::kLog);
    for (; printed.now < 102; printed.now += 0.25) printed.progress().update(0.5);
    printed.finish();
    CHECK(printed.text() == "");
}

TEST_CASE("progress: a log gets a line after two seconds and then one every five") {
    Printed printed(Progress::Style::kLog);
    for (; printed.now <= 107; printed.now += 0.5) {
        printed.progress().update((printed.now - 100) / 8);
    }
    CHECK(printed.text() ==
          "sptc: work: 25 %, 2 s, about 6 s left\n"
          "sptc: work: 88 %, 7 s, about 1 s left\n");
}

TEST_CASE("progress: a terminal's line is rewritten every second and cleared at the end") {
    Printed printed(Progress::Style::kTerminal);
    printed.now = 102;
    printed.progress().update(-1, "5 cycles");
    printed.now = 102.5;
    printed.progress().update(-1, "never seen");
    printed.now = 103;
    printed.progress().update(-1);
    printed.finish();
    const std::string last = "sptc: work: 3 s";
    CHECK(printed.text() == "\rsptc: work: 2 s, 5 cycles\r" + last + std::string(10, ' ') + "\r" +
                                std::string(last.size(), ' ') + "\r");
}

TEST_CASE("progress: finished work is not said to take longer") {
    Printed printed(Progress::Style::kLog);
    printed.now = 104;
    printed.progress().update(1.5);
    CHECK(printed.text() == "sptc: work: 100 %, 4 s, about 0 s left\n");
}
