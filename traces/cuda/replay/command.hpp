#pragma once
#include <string>
#include <vector>

namespace sptc::cuda {

/// Exit codes, those of `sptc` (sim/commands/command.hpp).
enum ExitCode : int {
    kDone = 0,
    kMismatch = 1,  ///< an output is not what the launch file expects
    kUsageError = 2,
    kInputError = 3,   ///< a file or kernel is wrong, or there is no GPU
    kMemoryFault = 4,  ///< the kernel accessed memory out of range or misaligned
    kInternalError = 70
};

/// The words of a command line behind the verb: options take a value, the rest are positional.
class Words {
  public:
    /// Throws UsageError for an option that is not one of `options`.
    Words(std::vector<std::string> words, const std::vector<std::string>& options);

    /// The positional words; throws UsageError unless there are as many as names.
    [[nodiscard]] std::vector<std::string> positional(const std::vector<std::string>& names) const;
    [[nodiscard]] const std::vector<std::string>& positional() const { return positional_; }
    [[nodiscard]] std::string option(const std::string& name, const std::string& otherwise) const;
    /// Throws UsageError unless it is an integer from `low` to `high`.
    [[nodiscard]] int number(const std::string& name, int otherwise, int low, int high) const;

  private:
    std::vector<std::string> positional_;
    std::vector<std::pair<std::string, std::string>> options_;
};

struct UsageError {
    std::string message;
};

int run_verb(const std::vector<std::string>& words);      ///< KERNEL.ptx --launch LAUNCH.json
int record_verb(const std::vector<std::string>& words);   ///< CAMPAIGN OUT
int resolve_verb(const std::vector<std::string>& words);  ///< LAUNCH.json...
int info_verb(const std::vector<std::string>& words);

}  // namespace sptc::cuda
