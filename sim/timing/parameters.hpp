#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::timing {

/// One parameter of a probe: an option of `sptc probe NAME`, a key of a row of the validation data.
struct ParameterSpec {
    std::string_view name;
    std::string_view default_value;  ///< "" : must be given
    std::string_view help;
    std::vector<std::string_view> choices = {};  ///< words that are legal; empty: a number
    std::uint64_t low = 0;                       ///< of a number
    std::uint64_t high = 0;                      ///< 0 with no choices: any text
};

/// Values of all parameters of a probe, by name.
class Parameters {
  public:
    Parameters() = default;
    /// Takes what is given, defaults for the rest. Throws ConfigError when a name is unknown, a
    /// value is illegal or one without default is missing; `where` begins the message.
    Parameters(std::span<const ParameterSpec> specs,
               const std::map<std::string, std::string>& given, std::string_view where);

    [[nodiscard]] const std::string& text(std::string_view name) const;
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    [[nodiscard]] std::uint32_t number32(std::string_view name) const;
    [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const {
        return values_;
    }

  private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// "1,2,8-10" is 1, 2, 8, 9, 10; words stand for themselves; sizes take K, M and G (1024 x).
[[nodiscard]] std::vector<std::string> expand_values(const ParameterSpec& spec,
                                                     std::string_view text);

}  // namespace sptc::timing
