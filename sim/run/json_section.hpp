#pragma once
#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::run {

/// One object of a configuration file, all of whose keys must be asked for. What is wrong is a
/// ConfigError that names file and JSON pointer. The document must outlive it.
class JsonSection {
  public:
    JsonSection(const nlohmann::json& object, std::string file, std::string pointer);

    [[nodiscard]] JsonSection section(const std::string& key);
    [[nodiscard]] std::string text(const std::string& key);

    /// For keys that may be absent.
    [[nodiscard]] bool has(const std::string& key);

    /// A number with its source: {"value": 4, "source": "...", "confidence": "..."}.
    [[nodiscard]] double number(const std::string& key);

    /// Several whole numbers with their source.
    [[nodiscard]] std::vector<std::uint32_t> numbers(const std::string& key);

    /// The same as number() for a whole number of the target's range.
    template <class Integer>
    void read(const std::string& key, Integer& target) {
        target = static_cast<Integer>(
            whole_number(key, static_cast<double>(std::numeric_limits<Integer>::max())));
    }

    /// Every key must have been read.
    void finish() const;

    [[noreturn]] void fail(const std::string& pointer, std::string_view what) const;

  private:
    /// What stands at "value", beside "source" and "confidence".
    [[nodiscard]] const nlohmann::json& cited(const std::string& key);
    [[nodiscard]] double whole_number(const std::string& key, double largest);
    /// `expected`: what the message says where it is missing.
    const nlohmann::json& at(const std::string& key, std::string_view expected);

    const nlohmann::json& object_;
    std::string file_;
    std::string pointer_;
    std::set<std::string> known_;
};

}  // namespace sptc::run
