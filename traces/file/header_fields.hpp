#pragma once
#include <cstdint>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sptc::trace_file {

/// A JSON object of a trace's header. Every member throws Malformed "/pointer: what is wrong".
class HeaderFields {
  public:
    /// `value` must be an object with no keys but these, and outlive this.
    HeaderFields(const nlohmann::json& value, std::string pointer,
                 std::initializer_list<std::string_view> keys);

    [[nodiscard]] bool has(std::string_view key) const;
    [[nodiscard]] std::string string(std::string_view key) const;
    /// From 0 to `limit`.
    [[nodiscard]] std::uint64_t integer(std::string_view key, std::uint64_t limit) const;
    /// The same, 0 when it is absent.
    [[nodiscard]] std::uint64_t integer_or_0(std::string_view key, std::uint64_t limit) const;
    [[nodiscard]] const nlohmann::json& array(std::string_view key) const;
    [[nodiscard]] std::vector<std::uint64_t> integers(std::string_view key,
                                                      std::uint64_t limit) const;
    [[nodiscard]] HeaderFields object(std::string_view key,
                                      std::initializer_list<std::string_view> keys) const;

    [[noreturn]] void fail(std::string_view key, std::string_view message) const;

  private:
    [[nodiscard]] const nlohmann::json& at(std::string_view key) const;

    const nlohmann::json& value_;
    std::string pointer_;
};

}  // namespace sptc::trace_file
