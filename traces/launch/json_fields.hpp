#pragma once
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "traces/launch/scalar.hpp"

namespace sptc::launch {

/// A JSON value for a message: at most 60 characters.
[[nodiscard]] std::string shortened(const nlohmann::ordered_json& value);

/// Throws ConfigError "file: /pointer: message".
[[noreturn]] void fail_at(std::string_view file, std::string_view pointer,
                          std::string_view message);

/// The value as an integer in [low, high]; throws ConfigError for anything else.
[[nodiscard]] std::uint64_t integer_of(const nlohmann::ordered_json& value, std::string_view file,
                                       std::string_view pointer, std::uint64_t low,
                                       std::uint64_t high);

/// A JSON object and where it stands, for messages "file: /pointer: what was found; what was
/// expected".
class Fields {
  public:
    /// Throws ConfigError unless `value` is an object.
    Fields(const nlohmann::ordered_json& value, std::string file, std::string pointer);
    /// The value is viewed: it must outlive the fields.
    Fields(nlohmann::ordered_json&& value, std::string file, std::string pointer) = delete;

    /// Every key must be one of these.
    void expect_only(std::initializer_list<std::string_view> legal) const;

    /// The member, or nullptr when it is absent.
    [[nodiscard]] const nlohmann::ordered_json* find(std::string_view key) const;
    /// The member; throws ConfigError when it is absent.
    [[nodiscard]] const nlohmann::ordered_json& at(std::string_view key) const;

    [[nodiscard]] std::string string(std::string_view key) const;
    [[nodiscard]] std::uint64_t integer(std::string_view key, std::uint64_t low,
                                        std::uint64_t high) const;
    [[nodiscard]] std::int64_t signed_integer(std::string_view key) const;
    [[nodiscard]] double real(std::string_view key) const;
    [[nodiscard]] const nlohmann::ordered_json& array(std::string_view key) const;
    /// The i-th element of an array member; throws ConfigError unless it is an object.
    [[nodiscard]] Fields element(std::string_view key, std::size_t i) const;

    [[nodiscard]] std::string pointer(std::string_view key) const;
    [[nodiscard]] const std::string& pointer() const { return pointer_; }
    [[nodiscard]] const std::string& file() const { return file_; }
    [[nodiscard]] const nlohmann::ordered_json& value() const { return value_; }

    /// Throws ConfigError "file: /pointer/key: message".
    [[noreturn]] void fail(std::string_view key, std::string_view message) const;
    [[noreturn]] void fail(std::string_view message) const;

  private:
    const nlohmann::ordered_json& value_;
    std::string file_;
    std::string pointer_;
};

/// A member that is a number; throws ConfigError for anything else.
[[nodiscard]] Number number_of(const Fields& fields, std::string_view key);

}  // namespace sptc::launch
