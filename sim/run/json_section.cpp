#include "sim/run/json_section.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"

namespace sptc::run {

using nlohmann::json;

JsonSection::JsonSection(const json& object, std::string file, std::string pointer)
    : object_(object), file_(std::move(file)), pointer_(std::move(pointer)) {
    if (!object_.is_object())
        fail(pointer_, fmt::format("expected an object, found {}", object_.type_name()));
}

bool JsonSection::has(const std::string& key) {
    known_.insert(key);
    return object_.contains(key);
}

JsonSection JsonSection::section(const std::string& key) {
    return {at(key), file_, pointer_ + "/" + key};
}

std::string JsonSection::text(const std::string& key) {
    const json& value = at(key);
    if (!value.is_string())
        fail(pointer_ + "/" + key, fmt::format("expected a string, found {}", value.dump()));
    return value.get<std::string>();
}

const json& JsonSection::cited(const std::string& key) {
    const std::string where = pointer_ + "/" + key;
    const json& object = at(key);
    if (!object.is_object()) {
        fail(where, fmt::format("expected {{\"value\", \"source\", \"confidence\"}}: where does "
                                "the number come from? Found {}",
                                object.dump()));
    }
    JsonSection parts(object, file_, where);
    const json& value = parts.at("value");
    (void)parts.text("source");
    (void)parts.text("confidence");
    parts.finish();
    return value;
}

double JsonSection::number(const std::string& key) {
    const json& value = cited(key);
    if (!value.is_number()) {
        fail(pointer_ + "/" + key, fmt::format("expected a number, found {}", value.dump()));
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
             fmt::format("expected a list of whole numbers of range, found {}", values.dump()));
    }
    return values.get<std::vector<std::uint32_t>>();
}

double JsonSection::whole_number(const std::string& key, double largest) {
    constexpr double kLargestExact = 9e15;
    const double value = number(key);
    if (value < 0 || value > std::min(largest, kLargestExact) || value != std::floor(value)) {
        fail(pointer_ + "/" + key,
             fmt::format("expected a whole number of range, found {}", value));
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

const json& JsonSection::at(const std::string& key) {
    known_.insert(key);
    const auto found = object_.find(key);
    if (found == object_.end()) fail(pointer_ + "/" + key, "missing");
    return *found;
}

}  // namespace sptc::run
