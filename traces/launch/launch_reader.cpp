#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "traces/launch/argument_reader.hpp"
#include "traces/launch/buffer_reader.hpp"
#include "traces/launch/json_fields.hpp"
#include "traces/launch/launch.hpp"
#include "traces/launch/output_reader.hpp"

namespace sptc::launch {
namespace {

// Limits of the CUDA programming guide (compute capability 8.0).
constexpr std::uint64_t kMaximumGridX = 0x7fffffff;
constexpr std::uint64_t kMaximumGridYz = 65535;
constexpr std::uint64_t kMaximumThreads = 1024;
constexpr std::uint64_t kMaximumBlockZ = 64;
constexpr std::uint64_t kMaximumRegisters = 255;
// A sanity limit; whether it fits the GPU is checked where the GPU is known.
constexpr std::uint64_t kMaximumSharedBytes = 1u << 20;

/// [x], [x, y] or [x, y, z]; missing extents are 1.
isa::Dim3 read_extents(const Fields& fields, std::string_view key,
                       const std::array<std::uint64_t, 3>& limits) {
    const nlohmann::ordered_json& found = fields.array(key);
    if (found.empty() || found.size() > 3) {
        fields.fail(key, fmt::format("found {} extents, expected 1 to 3", found.size()));
    }
    std::array<std::uint32_t, 3> extents{1, 1, 1};
    for (std::size_t i = 0; i < found.size(); ++i) {
        const std::string pointer = fmt::format("{}/{}", fields.pointer(key), i);
        extents[i] =
            static_cast<std::uint32_t>(integer_of(found[i], fields.file(), pointer, 1, limits[i]));
    }
    return {extents[0], extents[1], extents[2]};
}

/// The keys of one kernel: at the top of the file, or in each element of "launches".
constexpr std::array<std::string_view, 6> kKernelKeys{
    "entry", "grid", "block", "dynamic_shared_bytes", "registers_per_thread", "arguments"};

void read_kernel(const Fields& fields, const std::vector<Buffer>& buffers, KernelLaunch& kernel) {
    kernel.entry = fields.string("entry");
    kernel.grid = read_extents(fields, "grid", {kMaximumGridX, kMaximumGridYz, kMaximumGridYz});
    kernel.block =
        read_extents(fields, "block", {kMaximumThreads, kMaximumThreads, kMaximumBlockZ});
    if (kernel.block.count() > kMaximumThreads) {
        fields.fail("block", fmt::format("{} threads, expected at most {}", kernel.block.count(),
                                         kMaximumThreads));
    }
    if (fields.find("dynamic_shared_bytes") != nullptr) {
        kernel.dynamic_shared_bytes = static_cast<std::uint32_t>(
            fields.integer("dynamic_shared_bytes", 0, kMaximumSharedBytes));
    }
    if (fields.find("registers_per_thread") != nullptr) {
        kernel.registers_per_thread = static_cast<std::uint32_t>(
            fields.integer("registers_per_thread", 1, kMaximumRegisters));
    }
    if (fields.find("arguments") == nullptr) return;
    for (std::size_t i = 0; i < fields.array("arguments").size(); ++i) {
        kernel.arguments.push_back(read_argument(fields.element("arguments", i), buffers));
    }
}

/// "launches": the first becomes the launch itself, the others follow.
void read_kernels(const Fields& fields, Launch& launch) {
    for (const std::string_view key : kKernelKeys) {
        if (fields.find(key) != nullptr) {
            fields.fail(key, "stands beside \"launches\": expected it in each of the launches");
        }
    }
    const std::size_t count = fields.array("launches").size();
    if (count == 0) fields.fail("launches", "is empty: expected at least one launch");
    launch.next.resize(count - 1);
    for (std::size_t i = 0; i < count; ++i) {
        const Fields element = fields.element("launches", i);
        element.expect_only({"entry", "grid", "block", "dynamic_shared_bytes",
                             "registers_per_thread", "arguments"});
        KernelLaunch& kernel = i == 0 ? launch : launch.next[i - 1];
        read_kernel(element, launch.buffers, kernel);
    }
}

nlohmann::ordered_json parse_json(const std::string& text, const std::string& file) {
    try {
        return nlohmann::ordered_json::parse(text);
    } catch (const nlohmann::ordered_json::exception& problem) {
        std::string_view message = problem.what();
        if (const auto end = message.find("] "); end != std::string_view::npos) {
            message.remove_prefix(end + 2);
        }
        throw base::ConfigError(fmt::format("{}: {}", file, message));
    }
}

}  // namespace

Launch read_launch(const std::filesystem::path& path) {
    const std::string file = path.string();
    const nlohmann::ordered_json document = parse_json(base::read_text(path), file);
    const Fields fields(document, file, "");
    fields.expect_only({"schema", "entry", "grid", "block", "dynamic_shared_bytes",
                        "registers_per_thread", "launches", "buffers", "arguments", "outputs"});
    if (fields.string("schema") != kSchema) {
        fields.fail("schema",
                    fmt::format("found \"{}\", expected \"{}\"", fields.string("schema"), kSchema));
    }
    Launch launch;
    if (fields.find("buffers") != nullptr) {
        const Fields buffers(fields.at("buffers"), file, "/buffers");
        for (const auto& [name, value] : buffers.value().items()) {
            launch.buffers.push_back(
                read_buffer(Fields(value, file, buffers.pointer(name)), name, path.parent_path()));
        }
    }
    if (fields.find("launches") != nullptr) {
        read_kernels(fields, launch);
    } else {
        read_kernel(fields, launch.buffers, launch);
    }
    if (fields.find("outputs") != nullptr) read_outputs(fields, launch, path.parent_path());
    return launch;
}

}  // namespace sptc::launch
