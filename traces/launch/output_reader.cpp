#include "traces/launch/output_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "traces/launch/element.hpp"
#include "traces/launch/json_fields.hpp"

namespace sptc::launch {
namespace {

const Buffer& find_buffer(const Launch& launch, const std::string& name, std::string_view file,
                          std::string_view pointer) {
    const auto found = std::find_if(launch.buffers.begin(), launch.buffers.end(),
                                    [&](const Buffer& buffer) { return buffer.name == name; });
    if (found == launch.buffers.end()) {
        fail_at(file, pointer, fmt::format("no buffer '{}'", name));
    }
    return *found;
}

Tolerance read_tolerance(const Fields& output, const Expectation& expectation) {
    const Fields fields(output.at("tolerance"), output.file(), output.pointer("tolerance"));
    fields.expect_only({"absolute", "relative"});
    if (!expectation.type) fields.fail("needs the buffer's \"type\"");
    const auto bound = [&](std::string_view key) {
        if (fields.find(key) == nullptr) return 0.0;
        const double value = fields.real(key);
        if (!(value >= 0) || !std::isfinite(value)) {
            fields.fail(key,
                        fmt::format("found {}, expected a number that is not negative", value));
        }
        return value;
    };
    return {bound("absolute"), bound("relative")};
}

Expectation read_expectation(const Fields& fields, const Buffer& buffer,
                             const std::filesystem::path& folder) {
    Expectation expectation{buffer.name, fields.string("expected"), {},
                            buffer.type, buffer.dimensions,         {}};
    ElementFile file;
    try {
        file = read_elements(folder / expectation.file);
    } catch (const base::ConfigError& problem) {
        fields.fail("expected", problem.what());
    }
    if (file.data.size() != buffer.bytes) {
        fields.fail("expected",
                    fmt::format("{} has {} bytes, but buffer '{}' has {}", expectation.file,
                                file.data.size(), buffer.name, buffer.bytes));
    }
    if (file.type && !expectation.type) expectation.type = file.type;
    if (file.type && types::bits(*file.type) != types::bits(*expectation.type)) {
        fields.fail("expected", fmt::format("{} has elements of type {}, but buffer '{}' of {}",
                                            expectation.file, types::name(*file.type), buffer.name,
                                            types::name(*expectation.type)));
    }
    if (expectation.dimensions.empty()) expectation.dimensions = file.dimensions;
    expectation.data = std::move(file.data);
    if (fields.find("tolerance") != nullptr) {
        expectation.tolerance = read_tolerance(fields, expectation);
    }
    return expectation;
}

}  // namespace

void read_outputs(const Fields& file, Launch& launch, const std::filesystem::path& folder) {
    const nlohmann::ordered_json& outputs = file.array("outputs");
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const std::string pointer = fmt::format("/outputs/{}", i);
        if (outputs[i].is_string()) {
            const auto name = outputs[i].get<std::string>();
            (void)find_buffer(launch, name, file.file(), pointer);
            launch.outputs.push_back(name);
            continue;
        }
        if (!outputs[i].is_object()) {
            fail_at(file.file(), pointer,
                    "expected a buffer's name or {\"buffer\": NAME, \"expected\": FILE}");
        }
        const Fields fields = file.element("outputs", i);
        fields.expect_only({"buffer", "expected", "tolerance"});
        const std::string name = fields.string("buffer");
        const Buffer& buffer = find_buffer(launch, name, file.file(), fields.pointer("buffer"));
        launch.outputs.push_back(name);
        if (fields.find("expected") != nullptr) {
            launch.expectations.push_back(read_expectation(fields, buffer, folder));
        } else if (fields.find("tolerance") != nullptr) {
            fields.fail("tolerance", "needs \"expected\" beside it");
        }
    }
}

}  // namespace sptc::launch
