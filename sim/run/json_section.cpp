#include "sim/run/json_section.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"

namespace sptc::run {

using nlohmann::json;

namespace {
constexpr std::string_view kCited = "{\"value\", \"source\", \"confidence\"}";
}

JsonSection::JsonSection(const json& object, std::string file, std::string pointer)
    : object_(object), file_(std::move(file)), pointer_(std::move(pointer)) {
    if (!object_.is_object())
        fail(pointer_, fmt::format("found {}, expected an object", object_.dump()));
}

bool JsonSection::has(const std::string& key) {
    known_.insert(key);
    return object_.contains(key);
}

JsonSection JsonSection::section(const std::string& key) {
    return {at(key, "an object"), file_, pointer_ + "/" + key};
}

std::string JsonSection::text(const std::string& key) {
    const json& value = at(key, "a string");
    if (!value.is_string())
        fail(pointer_ + "/" + key, fmt::format("found {}, expected a string", value.dump()));
    return value.get<std::string>();
}

const json& JsonSection::cited(const std::string& key) {
    const std::string where = pointer_ + "/" + key;
    const json& object = at(key, kCited);
    if (!object.is_object()) {
        fail(where, fmt::format("found {}, expected {}: where does the number come from?",
                                object.dump(), kCited));
    }
    JsonSection parts(object, file_, where);
    const json& value = parts.at("value", "a number");
    for (const char* name : {"source", "confidence"}) {
        if (parts.text(name).empty())
            fail(where + "/" + name,
                 "found \"\", expected where the number comes from or how "
                 "sure it is");
    }
    parts.finish();
    return value;
}

double JsonSection::number(const std::string& key) {
    const json& value = cited(key);
    if (!value.is_number()) {
        fail(pointer_ + "/" + key, fmt::format("found {}, expected a number", value.dump()));
    }
    return value.get<double>();
}

std::vector<std::uint32_t> JsonSection::numbers(const std::string& key) {
    const json& values = cited(key);
    const auto legal = [](const json& value) {
        return value.is_number_unsigned() &&
               value.get<std::uint64_t>() <= std::numeric_limits<std::uint32_t>::max();
    };
    if (!values.is_array() || !std::all_of(values.begin(), values.end(), legal)) {
        fail(pointer_ + "/" + key,
             fmt::format("found {}, expected a list of whole numbers from 0 to {}", values.dump(),
                         std::numeric_limits<std::uint32_t>::max()));
    }
    return values.get<std::vector<std::uint32_t>>();
}

double JsonSection::whole_number(const std::string& key, double largest) {
    constexpr double kLargestExact = 9e15;
    const double value = number(key);
    if (value < 0 || value > std::min(largest, kLargestExact) || value != std::floor(value)) {
        fail(pointer_ + "/" + key, fmt::format("found {}, expected a whole number from 0 to {:.0f}",
                                               value, std::min(largest, kLargestExact)));
    }
    return value;
}

void JsonSection::finish() const {
    for (const auto& [key, value] : object_.items()) {
        if (!known_.contains(key)) {
            fail(pointer_ + "/" + key,
                 fmt::format("unknown key; expected one of {}", fmt::join(known_, ", ")));
        }
    }
}

void JsonSection::fail(const std::string& pointer, std::string_view what) const {
    throw base::ConfigError(
        fmt::format("{}: {}: {}", file_, pointer.empty() ? "/" : pointer, what));
}

const json& JsonSection::at(const std::string& key, std::string_view expected) {
    known_.insert(key);
    const auto found = object_.find(key);
    if (found == object_.end())
        fail(pointer_ + "/" + key, "missing: found nothing, expected " + std::string(expected));
    return *found;
}

}  // namespace sptc::run
