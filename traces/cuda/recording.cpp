#include "traces/cuda/recording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "models/base/sha256.hpp"
#include "traces/cuda/json.hpp"
#include "traces/launch/json_fields.hpp"

namespace sptc::cuda {
namespace {

using Json = nlohmann::ordered_json;
using launch::Fields;

constexpr std::uint64_t kAny = UINT64_MAX;
constexpr std::uint64_t kMostBytes = 1ull << 40;  // keeps sums of sizes far from 2^64

Json device_json(const DeviceInfo& device) {
    return {{"name", device.name},
            {"model", device.model},
            {"compute_capability", device.compute_capability},
            {"sms", device.sms},
            {"l2_bytes", device.l2_bytes},
            {"sm_clock_mhz", device.sm_clock_mhz},
            {"memory_clock_mhz", device.memory_clock_mhz},
            {"driver", device.driver}};
}

DeviceInfo read_device(const Fields& fields) {
    fields.expect_only({"name", "model", "compute_capability", "sms", "l2_bytes", "sm_clock_mhz",
                        "memory_clock_mhz", "driver"});
    return {.name = fields.string("name"),
            .model = fields.string("model"),
            .compute_capability = static_cast<int>(fields.integer("compute_capability", 50, 999)),
            .sms = static_cast<int>(fields.integer("sms", 1, 1 << 16)),
            .l2_bytes = fields.integer("l2_bytes", 0, kAny),
            .sm_clock_mhz = fields.real("sm_clock_mhz"),
            .memory_clock_mhz = fields.real("memory_clock_mhz"),
            .driver = fields.string("driver")};
}

/// Appends what is kept to `answers`.
Json output_json(const KeptOutput& output, std::vector<std::byte>& answers) {
    const std::uint64_t offset = answers.size();
    answers.insert(answers.end(), output.kept.begin(), output.kept.end());
    Json json{{"buffer", output.buffer},
              {"bytes", output.bytes},
              {"sha256", output.sha256},
              {"offset", offset}};
    if (output.rule.block_bytes == 0) return json;  // all is kept
    json["block_bytes"] = output.rule.block_bytes;
    json["every"] = output.rule.every;
    json["kept_sha256"] = base::sha256_hex(output.kept);
    return json;
}

KeptOutput read_output(const Fields& fields, const std::vector<std::byte>& answers) {
    fields.expect_only(
        {"buffer", "bytes", "sha256", "block_bytes", "every", "offset", "kept_sha256"});
    KeptOutput output;
    output.buffer = fields.string("buffer");
    output.bytes = fields.integer("bytes", 1, kMostBytes);
    output.sha256 = fields.string("sha256");
    std::string_view hash = "sha256";
    if (fields.find("block_bytes") != nullptr) {
        output.rule.block_bytes = fields.integer("block_bytes", 1, kMostBytes);
        output.rule.every = fields.integer("every", 1, kMostBytes);
        hash = "kept_sha256";
    }
    const std::uint64_t offset = fields.integer("offset", 0, kAny);
    const std::uint64_t bytes = output.kept_bytes();
    if (offset > answers.size() || bytes > answers.size() - offset) {
        fields.fail("offset", fmt::format("{} has {} bytes, expected at least {} + {}",
                                          kAnswersFile, answers.size(), offset, bytes));
    }
    const auto kept = std::span(answers).subspan(offset, bytes);
    if (base::sha256_hex(kept) != fields.string(hash)) {
        fields.fail(hash, fmt::format("does not match the {} bytes from {} of {}: damaged", bytes,
                                      offset, kAnswersFile));
    }
    output.kept.assign(kept.begin(), kept.end());
    return output;
}

Json answer_json(const Answer& answer, std::vector<std::byte>& answers) {
    if (!answer.answered()) return {{"name", answer.name}, {"problem", answer.problem}};
    Json json{{"name", answer.name},
              {"kernel_sha256", answer.kernel_sha256},
              {"launch_sha256", answer.launch_sha256},
              {"inputs_sha256", answer.inputs_sha256},
              {"outputs", Json::array()},
              {"times",
               {{"median_us", answer.times.median_us},
                {"low_us", answer.times.low_us},
                {"high_us", answer.times.high_us},
                {"runs", answer.times.runs}}}};
    for (const KeptOutput& output : answer.outputs) {
        json["outputs"].push_back(output_json(output, answers));
    }
    return json;
}

Times read_times(const Fields& fields) {
    fields.expect_only({"median_us", "low_us", "high_us", "runs"});
    return {fields.real("median_us"), fields.real("low_us"), fields.real("high_us"),
            fields.integer("runs", 0, kAny)};
}

Answer read_answer(const Fields& fields, const std::vector<std::byte>& answers) {
    fields.expect_only(
        {"name", "problem", "kernel_sha256", "launch_sha256", "inputs_sha256", "outputs", "times"});
    Answer answer;
    answer.name = fields.string("name");
    if (fields.find("problem") != nullptr) {
        answer.problem = fields.string("problem");
        return answer;
    }
    answer.kernel_sha256 = fields.string("kernel_sha256");
    answer.launch_sha256 = fields.string("launch_sha256");
    answer.inputs_sha256 = fields.string("inputs_sha256");
    answer.times = read_times(Fields(fields.at("times"), fields.file(), fields.pointer("times")));
    try {
        for (std::size_t i = 0; i < fields.array("outputs").size(); ++i) {
            answer.outputs.push_back(read_output(fields.element("outputs", i), answers));
        }
    } catch (const base::ConfigError& damage) {
        answer.outputs.clear();
        answer.problem = damage.what();
        answer.damaged = true;
    }
    return answer;
}

std::vector<std::byte> read_answers_file(const std::filesystem::path& file) {
    try {
        return base::read_bytes(file);
    } catch (const base::ConfigError&) {
        return {};  // every answer then says that its bytes are missing
    }
}

}  // namespace

Times times_of(std::vector<double> microseconds) {
    if (microseconds.empty()) return {};
    // Events tell half a microsecond; nanoseconds are kept.
    for (double& each : microseconds) each = std::round(1000 * each) / 1000;
    std::sort(microseconds.begin(), microseconds.end());
    const std::size_t last = microseconds.size() - 1;
    return {microseconds[last / 2], microseconds[last / 4], microseconds[last - last / 4],
            microseconds.size()};
}

void write_recording(const Recording& recording, const std::filesystem::path& folder) {
    std::vector<std::byte> answers;
    Json content{{"device", device_json(recording.device)},
                 {"measured_clock_mhz", recording.measured_clock_mhz},
                 {"date", recording.date},
                 {"generator", recording.generator},
                 {"campaign_sha256", recording.campaign_sha256},
                 {"answers", Json::array()}};
    for (const Answer& answer : recording.answers) {
        content["answers"].push_back(answer_json(answer, answers));
    }
    const std::string hash = base::sha256_hex(content.dump());
    const Json document{
        {"schema", kRecordingSchema}, {"sha256", hash}, {"recording", std::move(content)}};
    base::write_bytes(folder / kAnswersFile, answers);
    base::write_text(folder / kRecordingFile, document.dump() + "\n");
}

Recording read_recording(const std::filesystem::path& folder) {
    const std::string file = (folder / kRecordingFile).string();
    const Json document = parse_json(base::read_text(file), file);
    const Fields top(document, file, "");
    top.expect_only({"schema", "sha256", "recording"});
    if (top.string("schema") != kRecordingSchema) {
        top.fail("schema", fmt::format("found \"{}\", expected \"{}\"", top.string("schema"),
                                       kRecordingSchema));
    }
    const std::string hash = base::sha256_hex(top.at("recording").dump());
    if (hash != top.string("sha256")) {
        top.fail("sha256", fmt::format("found {}, but the recording has {}: it was changed and is "
                                       "refused",
                                       top.string("sha256"), hash));
    }
    const Fields fields(top.at("recording"), file, "/recording");
    fields.expect_only(
        {"device", "measured_clock_mhz", "date", "generator", "campaign_sha256", "answers"});
    Recording recording;
    recording.device = read_device(Fields(fields.at("device"), file, fields.pointer("device")));
    recording.measured_clock_mhz = fields.real("measured_clock_mhz");
    recording.date = fields.string("date");
    recording.generator = fields.integer("generator", 0, kAny);
    recording.campaign_sha256 = fields.string("campaign_sha256");
    const std::vector<std::byte> answers = read_answers_file(folder / kAnswersFile);
    for (std::size_t i = 0; i < fields.array("answers").size(); ++i) {
        recording.answers.push_back(read_answer(fields.element("answers", i), answers));
    }
    return recording;
}

}  // namespace sptc::cuda
