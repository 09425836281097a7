#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/launch/launch.hpp"

namespace sptc::launch {
namespace {

using Json = nlohmann::ordered_json;

Json extents(const isa::Dim3& dim) { return Json::array({dim.x, dim.y, dim.z}); }

/// The value of a scalar as read_launch takes it: floats are written as their bits, which any value
/// survives.
Json scalar(const ScalarArgument& argument) {
    const std::string& type = argument.type;
    const std::string width = type.substr(1);
    if (type[0] == 's') {
        const int unused = 64 - std::stoi(width);
        return {{type, static_cast<std::int64_t>(argument.bits << unused) >> unused}};
    }
    return {{type[0] == 'f' ? "b" + width : type, argument.bits}};
}

Json structure(const StructArgument& argument) {
    std::string hex;
    for (const std::byte byte : argument.bytes) {
        hex += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    }
    Json json{{"bytes", hex}};
    for (const StructPointer& pointer : argument.pointers) {
        json["pointers"].push_back({{"offset", pointer.offset_bytes},
                                    {"buffer", pointer.buffer},
                                    {"addend", pointer.addend_bytes}});
    }
    return json;
}

Json argument(const Argument& argument) {
    if (const auto* bytes = std::get_if<StructArgument>(&argument)) return structure(*bytes);
    if (const auto* buffer = std::get_if<BufferArgument>(&argument)) {
        Json json{{"buffer", buffer->buffer}};
        if (buffer->offset_bytes != 0) json["offset_bytes"] = buffer->offset_bytes;
        return json;
    }
    return scalar(std::get<ScalarArgument>(argument));
}

std::string data_file(const Buffer& buffer) { return buffer.name + ".bin"; }

}  // namespace

std::string launch_text(const Launch& launch) {
    SPTC_ASSERT(launch.next.empty() && launch.expectations.empty());
    Json document{{"schema", kSchema},
                  {"entry", launch.entry},
                  {"grid", extents(launch.grid)},
                  {"block", extents(launch.block)},
                  {"dynamic_shared_bytes", launch.dynamic_shared_bytes}};
    if (launch.registers_per_thread)
        document["registers_per_thread"] = *launch.registers_per_thread;
    document["buffers"] = Json::object();
    for (const Buffer& buffer : launch.buffers) {
        Json json = Json::object();
        if (!buffer.data.empty()) json["file"] = data_file(buffer);
        json["bytes"] = buffer.bytes;
        if (buffer.type) json["type"] = types::name(*buffer.type);
        if (!buffer.dimensions.empty()) json["dimensions"] = buffer.dimensions;
        document["buffers"][buffer.name] = std::move(json);
    }
    document["arguments"] = Json::array();
    for (const Argument& each : launch.arguments) document["arguments"].push_back(argument(each));
    document["outputs"] = launch.outputs;
    return document.dump(2) + "\n";
}

void write_launch(const Launch& launch, const std::filesystem::path& path) {
    for (const Buffer& buffer : launch.buffers) {
        if (buffer.data.empty()) continue;
        base::write_bytes(path.parent_path() / data_file(buffer), buffer.data);
    }
    base::write_text(path, launch_text(launch));
}

}  // namespace sptc::launch
