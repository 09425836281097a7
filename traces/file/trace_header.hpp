#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "models/isa/instruction_source.hpp"
#include "traces/file/instruction_table.hpp"

namespace sptc::trace_file {

/// Where a trace comes from. File names are without their folder, hashes as base::sha256_hex().
struct Origin {
    std::string kernel_file;
    std::string kernel_sha256;  ///< of the PTX text
    std::string launch_file;
    std::string launch_sha256;  ///< of the launch file's text; not of the files it names
    std::string gpu;            ///< the simulated GPU's name
    std::uint32_t sms = 0;      ///< how many it has
    std::string simulated_sms;  ///< "all" or "representative", as --sms takes it
};

/// What stands at the beginning of a trace.
struct TraceHeader {
    std::string sptc_version;  ///< that wrote the file
    Origin origin;
    isa::KernelShape shape;
    InstructionTable instructions;
};

/// As JSON, schema sptc.trace/1 (docs/trace_format.md).
[[nodiscard]] std::string header_json(const TraceHeader& header);

/// Throws Malformed with the JSON pointer of what is wrong. Whatever passes is safe to simulate:
/// every register, mma form and size is one that exists.
[[nodiscard]] TraceHeader parse_header(std::string_view json);

}  // namespace sptc::trace_file
