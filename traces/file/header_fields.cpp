#include "traces/file/header_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "traces/file/varint.hpp"

namespace sptc::trace_file {
namespace {

bool is_below(const nlohmann::json& value, std::uint64_t limit) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() <= limit;
}

}  // namespace

HeaderFields::HeaderFields(const nlohmann::json& value, std::string pointer,
                           std::initializer_list<std::string_view> keys)
    : value_(value), pointer_(std::move(pointer)) {
    if (!value.is_object()) throw Malformed(pointer_ + "/: expected an object");
    for (const auto& [key, member] : value.items()) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) fail(key, "unknown key");
    }
}

bool HeaderFields::has(std::string_view key) const { return value_.contains(std::string(key)); }

const nlohmann::json& HeaderFields::at(std::string_view key) const {
    const auto found = value_.find(std::string(key));
    if (found == value_.end()) fail(key, "is missing");
    return *found;
}

std::string HeaderFields::string(std::string_view key) const {
    const nlohmann::json& found = at(key);
    if (!found.is_string()) fail(key, "expected a string");
    return found.get<std::string>();
}

std::uint64_t HeaderFields::integer(std::string_view key, std::uint64_t limit) const {
    const nlohmann::json& found = at(key);
    if (!is_below(found, limit)) fail(key, fmt::format("expected an integer of 0 to {}", limit));
    return found.get<std::uint64_t>();
}

std::uint64_t HeaderFields::integer_or_0(std::string_view key, std::uint64_t limit) const {
    return has(key) ? integer(key, limit) : 0;
}

const nlohmann::json& HeaderFields::array(std::string_view key) const {
    const nlohmann::json& found = at(key);
    if (!found.is_array()) fail(key, "expected a list");
    return found;
}

std::vector<std::uint64_t> HeaderFields::integers(std::string_view key, std::uint64_t limit) const {
    std::vector<std::uint64_t> numbers;
    for (const nlohmann::json& element : array(key)) {
        if (!is_below(element, limit)) {
            fail(key, fmt::format("expected integers of 0 to {}", limit));
        }
        numbers.push_back(element.get<std::uint64_t>());
    }
    return numbers;
}

HeaderFields HeaderFields::object(std::string_view key,
                                  std::initializer_list<std::string_view> keys) const {
    return {at(key), fmt::format("{}/{}", pointer_, key), keys};
}

void HeaderFields::fail(std::string_view key, std::string_view message) const {
    throw Malformed(fmt::format("{}/{}: {}", pointer_, key, message));
}

}  // namespace sptc::trace_file
