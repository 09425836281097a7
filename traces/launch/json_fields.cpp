#include "traces/launch/json_fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"

namespace sptc::launch {
namespace {

/// A member name as a JSON pointer spells it (RFC 6901).
std::string escaped(std::string_view key) {
    std::string text;
    for (char letter : key) {
        if (letter == '~') {
            text += "~0";
        } else if (letter == '/') {
            text += "~1";
        } else {
            text += letter;
        }
    }
    return text;
}

}  // namespace

std::string shortened(const nlohmann::ordered_json& value) {
    std::string text = value.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
    if (text.size() > 60) text = text.substr(0, 57) + "...";
    return text;
}

void fail_at(std::string_view file, std::string_view pointer, std::string_view message) {
    throw base::ConfigError(
        fmt::format("{}: {}: {}", file, pointer.empty() ? "/" : pointer, message));
}

std::uint64_t integer_of(const nlohmann::ordered_json& value, std::string_view file,
                         std::string_view pointer, std::uint64_t low, std::uint64_t high) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() < low ||
        value.get<std::uint64_t>() > high) {
        fail_at(file, pointer,
                fmt::format("found {}, expected an integer from {} to {}", shortened(value), low,
                            high));
    }
    return value.get<std::uint64_t>();
}

Fields::Fields(const nlohmann::ordered_json& value, std::string file, std::string pointer)
    : value_(value), file_(std::move(file)), pointer_(std::move(pointer)) {
    if (!value.is_object()) {
        fail(fmt::format("found {}, expected an object", shortened(value)));
    }
}

void Fields::expect_only(std::initializer_list<std::string_view> legal) const {
    for (const auto& [key, member] : value_.items()) {
        if (std::find(legal.begin(), legal.end(), key) == legal.end()) {
            fail(key, fmt::format("unknown key; expected one of {}", fmt::join(legal, ", ")));
        }
    }
}

const nlohmann::ordered_json* Fields::find(std::string_view key) const {
    const auto found = value_.find(std::string(key));
    return found == value_.end() ? nullptr : &*found;
}

const nlohmann::ordered_json& Fields::at(std::string_view key) const {
    const nlohmann::ordered_json* found = find(key);
    if (found == nullptr) fail(key, "is missing");
    return *found;
}

std::string Fields::string(std::string_view key) const {
    const nlohmann::ordered_json& found = at(key);
    if (!found.is_string()) {
        fail(key, fmt::format("found {}, expected a string", shortened(found)));
    }
    return found.get<std::string>();
}

std::uint64_t Fields::integer(std::string_view key, std::uint64_t low, std::uint64_t high) const {
    return integer_of(at(key), file_, pointer(key), low, high);
}

std::int64_t Fields::signed_integer(std::string_view key) const {
    const nlohmann::ordered_json& found = at(key);
    const bool large = found.is_number_unsigned() &&
                       found.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX);
    if (!found.is_number_integer() || large) {
        fail(key, fmt::format("found {}, expected an integer of 64 bits", shortened(found)));
    }
    return found.get<std::int64_t>();
}

double Fields::real(std::string_view key) const {
    const nlohmann::ordered_json& found = at(key);
    if (!found.is_number()) {
        fail(key, fmt::format("found {}, expected a number", shortened(found)));
    }
    return found.get<double>();
}

const nlohmann::ordered_json& Fields::array(std::string_view key) const {
    const nlohmann::ordered_json& found = at(key);
    if (!found.is_array()) {
        fail(key, fmt::format("found {}, expected an array", shortened(found)));
    }
    return found;
}

Fields Fields::element(std::string_view key, std::size_t i) const {
    return Fields(array(key)[i], file_, fmt::format("{}/{}", pointer(key), i));
}

std::string Fields::pointer(std::string_view key) const { return pointer_ + "/" + escaped(key); }

void Fields::fail(std::string_view key, std::string_view message) const {
    fail_at(file_, pointer(key), message);
}

void Fields::fail(std::string_view message) const { fail_at(file_, pointer_, message); }

Number number_of(const Fields& fields, std::string_view key) {
    const nlohmann::ordered_json& value = fields.at(key);
    if (!value.is_number()) {
        fields.fail(key, fmt::format("found {}, expected a number", shortened(value)));
    }
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    if (value.is_number_integer()) return value.get<std::int64_t>();
    return value.get<double>();
}

}  // namespace sptc::launch
