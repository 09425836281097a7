#include "traces/file/trace_header.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "traces/file/header_fields.hpp"
#include "traces/file/instruction_json.hpp"
#include "traces/file/varint.hpp"

namespace sptc::trace_file {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "sptc.trace/1";

// Limits of the CUDA programming guide (compute capability 8.0), and sanity limits for the rest.
constexpr std::uint64_t kMaximumGridX = 0x7fffffff;
constexpr std::uint64_t kMaximumGridYz = 65535;
constexpr std::uint64_t kMaximumThreads = 1024;
constexpr std::uint64_t kMaximumRegisters = 255;
constexpr std::uint64_t kMaximumSharedBytes = 1u << 20;
constexpr std::uint64_t kMaximumRegisterIds = 1u << 16;
constexpr std::uint64_t kMaximumSms = 1u << 16;

Json extents(const isa::Dim3& dim) { return Json::array({dim.x, dim.y, dim.z}); }

isa::Dim3 read_extents(const HeaderFields& fields, std::string_view key, std::uint64_t limit_x,
                       std::uint64_t limit_yz) {
    const std::vector<std::uint64_t> found = fields.integers(key, limit_x);
    if (found.size() != 3 || found[0] == 0 || found[1] == 0 || found[2] == 0 ||
        found[1] > limit_yz || found[2] > limit_yz) {
        fields.fail(key, "expected three extents of at least 1 that a GPU can launch");
    }
    return {static_cast<std::uint32_t>(found[0]), static_cast<std::uint32_t>(found[1]),
            static_cast<std::uint32_t>(found[2])};
}

std::string read_hash(const HeaderFields& fields) {
    std::string hash = fields.string("sha256");
    if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
        fields.fail("sha256", "expected 64 lower-case hexadecimal digits");
    }
    return hash;
}

Origin read_origin(const HeaderFields& fields) {
    Origin origin;
    const HeaderFields kernel = fields.object("kernel", {"file", "sha256"});
    origin.kernel_file = kernel.string("file");
    origin.kernel_sha256 = read_hash(kernel);
    const HeaderFields launch = fields.object("launch", {"file", "sha256"});
    origin.launch_file = launch.string("file");
    origin.launch_sha256 = read_hash(launch);
    const HeaderFields recorded = fields.object("recorded", {"gpu", "sms", "simulated_sms"});
    origin.gpu = recorded.string("gpu");
    origin.sms = static_cast<std::uint32_t>(recorded.integer("sms", kMaximumSms));
    origin.simulated_sms = recorded.string("simulated_sms");
    if (origin.simulated_sms != "all" && origin.simulated_sms != "representative") {
        recorded.fail("simulated_sms", "expected all or representative");
    }
    return origin;
}

/// By RegisterId: the first physical register + 256 times how many.
Json physical_json(const std::vector<isa::PhysicalRegisters>& registers) {
    Json list = Json::array();
    for (const isa::PhysicalRegisters& each : registers)
        list.push_back(each.first + 256 * each.count);
    return list;
}

std::vector<isa::PhysicalRegisters> read_physical(const HeaderFields& fields,
                                                  const isa::KernelShape& shape) {
    constexpr std::uint64_t kLargest = 2 * 256 + 255;
    std::vector<isa::PhysicalRegisters> registers;
    for (const std::uint64_t code : fields.integers("physical_registers", kLargest)) {
        registers.push_back(
            {static_cast<std::uint8_t>(code % 256), static_cast<std::uint8_t>(code / 256)});
    }
    if (registers.size() != shape.scoreboard_registers) {
        fields.fail("physical_registers",
                    fmt::format("{} numbers, expected scoreboard_registers, {}", registers.size(),
                                shape.scoreboard_registers));
    }
    return registers;
}

isa::KernelShape read_shape(const HeaderFields& fields) {
    isa::KernelShape shape;
    shape.entry = fields.string("entry");
    shape.grid = read_extents(fields, "grid", kMaximumGridX, kMaximumGridYz);
    shape.block = read_extents(fields, "block", kMaximumThreads, kMaximumThreads);
    if (shape.block.count() > kMaximumThreads) fields.fail("block", "more than 1024 threads");
    const auto number = [&fields](std::string_view key, std::uint64_t limit) {
        return static_cast<std::uint32_t>(fields.integer(key, limit));
    };
    shape.shared_bytes_per_cta = number("shared_bytes_per_cta", kMaximumSharedBytes);
    shape.registers_per_thread = number("registers_per_thread", kMaximumRegisters);
    shape.registers_estimated = number("registers_estimated", 1) != 0;
    shape.scoreboard_registers = number("scoreboard_registers", kMaximumRegisterIds);
    shape.lowered = fields.integer_or_0("lowered", 1) != 0;
    if (fields.has("not_lowered")) shape.not_lowered = fields.string("not_lowered");
    if (fields.has("physical_registers")) shape.physical_registers = read_physical(fields, shape);
    return shape;
}

}  // namespace

std::string header_json(const TraceHeader& header) {
    const Origin& origin = header.origin;
    const isa::KernelShape& shape = header.shape;
    Json json{{"schema", kSchema},
              {"sptc", header.sptc_version},
              {"kernel", {{"file", origin.kernel_file}, {"sha256", origin.kernel_sha256}}},
              {"launch", {{"file", origin.launch_file}, {"sha256", origin.launch_sha256}}},
              {"recorded",
               {{"gpu", origin.gpu}, {"sms", origin.sms}, {"simulated_sms", origin.simulated_sms}}},
              {"shape",
               {{"entry", shape.entry},
                {"grid", extents(shape.grid)},
                {"block", extents(shape.block)},
                {"shared_bytes_per_cta", shape.shared_bytes_per_cta},
                {"registers_per_thread", shape.registers_per_thread},
                {"registers_estimated", shape.registers_estimated ? 1 : 0},
                {"scoreboard_registers", shape.scoreboard_registers},
                {"lowered", shape.lowered ? 1 : 0}}}};
    if (!shape.not_lowered.empty()) json["shape"]["not_lowered"] = shape.not_lowered;
    if (!shape.physical_registers.empty()) {
        json["shape"]["physical_registers"] = physical_json(shape.physical_registers);
    }
    Json& list = json["instructions"] = Json::array();
    for (std::size_t i = 0; i < header.instructions.size(); ++i) {
        list.push_back(instruction_json(header.instructions, i));
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TraceHeader parse_header(std::string_view text) {
    nlohmann::json json;
    try {
        json = nlohmann::json::parse(text);
    } catch (const nlohmann::json::exception& problem) {
        throw Malformed(fmt::format("is no JSON: {}", problem.what()));
    }
    const HeaderFields fields(
        json, "", {"schema", "sptc", "kernel", "launch", "recorded", "shape", "instructions"});
    if (fields.string("schema") != kSchema) {
        fields.fail("schema", fmt::format("expected {}", kSchema));
    }
    TraceHeader header;
    header.sptc_version = fields.string("sptc");
    header.origin = read_origin(fields);
    header.shape = read_shape(fields.object(
        "shape", {"entry", "grid", "block", "shared_bytes_per_cta", "registers_per_thread",
                  "registers_estimated", "scoreboard_registers", "lowered", "not_lowered",
                  "physical_registers"}));
    const nlohmann::json& list = fields.array("instructions");
    const MmaFormNames forms = mma_form_names();
    for (std::size_t i = 0; i < list.size(); ++i) {
        add_instruction(list[i], fmt::format("/instructions/{}", i),
                        header.shape.scoreboard_registers, forms, header.instructions);
    }
    return header;
}

}  // namespace sptc::trace_file
