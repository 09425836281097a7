// Every kernel of the numerics campaign assembles for its architecture. Skipped where ptxas is not
// on the PATH.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "models/base/file.hpp"
#include "models/base/parallel.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/probe/numerics_campaign.hpp"

using namespace sptc;

namespace {

/// ptxas 13 knows no older target.
constexpr int kLeastTarget = 75;

bool has_ptxas() { return std::system("command -v ptxas >/dev/null 2>&1") == 0; }

/// The kernels of an architecture's campaign, by name.
std::map<std::string, std::string> kernels(const isa::Architecture& architecture) {
    std::map<std::string, std::string> texts;
    for (const probe::ProbePlan& plan : probe::plan_campaign(architecture, {})) {
        texts.emplace(plan.kernel.name(), probe::kernel_text(plan.kernel, architecture));
    }
    return texts;
}

/// The kernels that ptxas refuses, with its message.
std::vector<std::string> refused(const isa::Architecture& architecture) {
    const auto texts = kernels(architecture);
    const std::vector<std::pair<std::string, std::string>> list(texts.begin(), texts.end());
    std::vector<std::string> messages(list.size());
    const test::TemporaryDirectory directory;
    base::parallel_for(0, list.size(), [&](std::size_t i) {
        const std::string source = directory.write(fmt::format("{}.ptx", i), list[i].second);
        const std::string log = source + ".log";
        const std::string command = fmt::format("ptxas -arch={} {} -o {}.cubin >{} 2>&1",
                                                architecture.name, source, source, log);
        if (std::system(command.c_str()) != 0) {
            messages[i] = list[i].first + ": " + base::read_text(log);
        }
    });
    std::erase(messages, "");
    return messages;
}

}  // namespace

TEST_CASE("probe: ptxas assembles every kernel of the numerics campaign for its architecture",
          "[.slow]") {
    if (!has_ptxas()) {
        WARN("ptxas is not on the PATH: skipped");
        return;
    }
    for (const isa::Architecture& architecture : isa::architectures()) {
        if (architecture.number < kLeastTarget) continue;
        INFO(architecture.name);
        CHECK(refused(architecture) == std::vector<std::string>{});
    }
}
