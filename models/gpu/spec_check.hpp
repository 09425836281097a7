#pragma once
#include <concepts>
#include <string>
#include <string_view>

namespace sptc::gpu {

template <class Value>
concept Number = std::integral<Value> || std::floating_point<Value>;

/// Requirements on the values of one description. What fails is a ConfigError with the JSON
/// pointer, what was found and what was expected.
class SpecCheck {
  public:
    explicit SpecCheck(std::string_view gpu) : gpu_(gpu) {}

    void require(bool condition, std::string_view pointer, const std::string& found,
                 std::string_view expected) const {
        if (!condition) fail(pointer, found, expected);
    }
    template <Number Value>
    void require(bool condition, std::string_view pointer, Value found,
                 std::string_view expected) const {
        if (!condition) fail(pointer, text(static_cast<double>(found)), expected);
    }
    template <Number Value>
    void positive(std::string_view pointer, Value found) const {
        require(found > 0, pointer, found, "more than 0");
    }
    template <Number Value>
    void range(std::string_view pointer, Value found, Value low, Value high) const {
        require(found >= low && found <= high, pointer, found,
                text(static_cast<double>(low)) + " to " + text(static_cast<double>(high)));
    }

  private:
    static std::string text(double value);
    [[noreturn]] void fail(std::string_view pointer, const std::string& found,
                           std::string_view expected) const;

    std::string_view gpu_;
};

}  // namespace sptc::gpu
