#include <cstdio>
#include <exception>

#include "models/base/error.hpp"
#include "traces/cuda/replay/command.hpp"

namespace {

using namespace sptc;

constexpr char kUsage[] =
    R"(sptc-gpu: runs on a real GPU what sptc simulates (docs/recording.md)
  sptc-gpu run KERNEL.ptx --launch LAUNCH.json [--out DIR] [--json FILE] [--repeats N] [--warm-up N]
  sptc-gpu record CAMPAIGN OUT [--minutes N]   runs a campaign of `sptc record prepare`
  sptc-gpu resolve LAUNCH.json...              prints what launch files mean; needs no GPU
  sptc-gpu info
All but resolve take --device N. No setting of the GPU is ever changed.
Exit codes: 0 success; 1 an output is not as expected; 2 wrong command line; 3 wrong file or kernel, or
no GPU; 4 memory fault in the kernel; 70 bug.
)";

struct Verb {
    const char* name;
    int (*run)(const std::vector<std::string>&);
};
constexpr Verb kVerbs[] = {{"run", cuda::run_verb},
                           {"record", cuda::record_verb},
                           {"resolve", cuda::resolve_verb},
                           {"info", cuda::info_verb}};

int report(const char* message, int exit_code) {
    std::fprintf(stderr, "sptc-gpu: error: %s\n", message);
    return exit_code;
}

int run(const std::vector<std::string>& words) {
    for (const Verb& verb : kVerbs) {
        if (!words.empty() && words[0] == verb.name)
            return verb.run({words.begin() + 1, words.end()});
    }
    if (!words.empty() && (words[0] == "--help" || words[0] == "-h")) {
        std::printf("%s", kUsage);
        return cuda::kDone;
    }
    throw cuda::UsageError{(words.empty() ? "no verb" : "unknown verb '" + words[0] + "'") +
                           ": expected one of run, record, resolve, info"};
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv + 1, argv + argc});
    } catch (const cuda::UsageError& error) {
        return report(error.message.c_str(), cuda::kUsageError);
    } catch (const base::MemoryFault& error) {
        return report(error.what(), cuda::kMemoryFault);
    } catch (const base::Error& error) {
        return report(error.what(), cuda::kInputError);
    } catch (const std::exception& error) {
        return report(error.what(), cuda::kInternalError);
    }
}
