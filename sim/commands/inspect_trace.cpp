#include "sim/commands/inspect_trace.hpp"

#include <fmt/format.h>

#include <bit>
#include <map>

#include "models/base/error.hpp"
#include "traces/file/cta_reader.hpp"
#include "traces/file/trace_summary.hpp"

namespace sptc::commands {
namespace {

using trace_file::OperationSummary;
using trace_file::TraceHeader;

void print_header(const trace_file::TraceReader& trace, const std::string& file) {
    const TraceHeader& header = trace.header();
    const isa::KernelShape& shape = header.shape;
    fmt::print("trace          {}: {} bytes, written by sptc {}\n", file, trace.file_bytes(),
               header.sptc_version);
    fmt::print("kernel         {}\n", shape.entry);
    fmt::print("grid           {} x {} x {}\n", shape.grid.x, shape.grid.y, shape.grid.z);
    fmt::print("block          {} x {} x {}\n", shape.block.x, shape.block.y, shape.block.z);
    fmt::print("shared memory  {} bytes per CTA\n", shape.shared_bytes_per_cta);
    fmt::print("registers      {} per thread{}\n", shape.registers_per_thread,
               shape.registers_estimated ? " (estimated)" : "");
    fmt::print("timed as       {}\n", shape.lowered ? "machine operations" : "PTX as written");
    fmt::print("kernel file    {}  sha256 {}\n", header.origin.kernel_file,
               header.origin.kernel_sha256);
    fmt::print("launch file    {}  sha256 {}\n", header.origin.launch_file,
               header.origin.launch_sha256);
    fmt::print("recorded       on GPU {} of {} SMs, --sms {}\n", header.origin.gpu,
               header.origin.sms, header.origin.simulated_sms);
}

void print_row(std::string_view name, const OperationSummary& row) {
    fmt::print("  {:<18}{:>8}{:>16}{:>16}{:>16}{:>18}\n", name, row.instructions,
               row.warp_instructions, row.predicated_off, row.traffic_instructions, row.bytes);
}

void print_forms(const TraceHeader& header) {
    std::map<std::string, std::size_t> forms;
    for (std::size_t i = 0; i < header.instructions.size(); ++i) {
        const isa::MmaForm* form = header.instructions[i].mma;
        if (form != nullptr) ++forms[form->ptx_name()];
    }
    for (const auto& [name, count] : forms) fmt::print("  {:>26}  {}\n", count, name);
}

/// "lanes" of a record: all, none, or the mask.
std::string lanes_text(std::uint32_t mask) {
    if (mask == 0) return "none";
    return mask == ~0u ? "all" : fmt::format("{:#010x}", mask);
}

/// "0x1000 + 16 per lane", or the addresses one by one.
template <class Addresses>
std::string addresses_text(const Addresses& addresses, std::uint32_t mask) {
    if (mask == 0) return {};
    const auto first = static_cast<std::size_t>(std::countr_zero(mask));
    const std::uint32_t others = mask & (mask - 1);
    const std::uint64_t base = addresses[first];
    if (others == 0) return fmt::format("{:#x}", base);
    const auto second = static_cast<std::size_t>(std::countr_zero(others));
    const auto distance = static_cast<std::int64_t>(std::uint64_t{addresses[second]} - base);
    const std::int64_t stride = distance / static_cast<std::int64_t>(second - first);
    bool straight = true;
    std::string list = fmt::format("{:#x}", base);
    for (std::uint32_t rest = others; rest != 0; rest &= rest - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
        const auto offset = static_cast<std::uint64_t>(stride) * (lane - first);
        straight = straight && addresses[lane] == base + offset;
        list += fmt::format(" {:#x}", addresses[lane]);
    }
    return straight ? fmt::format("{:#x} + {} per lane", base, stride) : list;
}

std::string details(const isa::WarpInstruction& executed) {
    const isa::Instruction& instruction = *executed.instruction;
    const std::uint32_t mask = trace_file::address_lanes(instruction, executed.active_mask);
    if (mask == 0) return {};
    switch (trace_file::payload_of(instruction)) {
        case trace_file::Payload::kNone:
            return {};
        case trace_file::Payload::kSleep:
            return fmt::format("{} ns", executed.sleep_nanoseconds);
        case trace_file::Payload::kBarrier:
            return executed.barrier_threads == 0
                       ? fmt::format("barrier {}", executed.barrier)
                       : fmt::format("barrier {}, {} threads", executed.barrier,
                                     executed.barrier_threads);
        case trace_file::Payload::kCopy:
            return fmt::format("{} -> {}", addresses_text(executed.addresses, mask),
                               addresses_text(executed.shared_addresses, mask));
        default:
            return addresses_text(executed.addresses, mask);
    }
}

}  // namespace

bool is_trace_file(const std::string& file) {
    return file.ends_with(".trace") || trace_file::is_trace(file);
}

void inspect_trace(const std::string& file) {
    const trace_file::TraceReader trace(file);
    const trace_file::TraceSummary summary = trace_file::summarise(trace);
    print_header(trace, file);
    fmt::print("CTAs           {} of {} whole, {} only their global traffic\n", summary.whole_ctas,
               trace.header().shape.grid.count(), summary.traffic_ctas);
    const std::uint64_t records =
        summary.total.warp_instructions + summary.total.traffic_instructions;
    if (records > 0) {
        fmt::print("size           {:.3f} bytes per warp instruction\n",
                   static_cast<double>(trace.file_bytes()) / static_cast<double>(records));
    }
    fmt::print("  {:<18}{:>8}{:>16}{:>16}{:>16}{:>18}\n", "operation", "in PTX", "executed",
               "predicated off", "traffic only", "bytes");
    for (std::size_t i = 0; i < summary.operations.size(); ++i) {
        const OperationSummary& row = summary.operations[i];
        if (row.instructions + row.warp_instructions == 0) continue;
        print_row(isa::operation_name(static_cast<isa::Operation>(i)), row);
    }
    print_row("all", summary.total);
    print_forms(trace.header());
}

void list_trace_records(const std::string& file, const TraceRecords& records) {
    const trace_file::TraceReader trace(file);
    const TraceHeader& header = trace.header();
    const trace_file::CtaBlocks* blocks = trace.index().find(records.cta);
    if (blocks == nullptr) {
        throw base::ConfigError(fmt::format("{}: holds no CTA {}; the grid has {}", file,
                                            records.cta, header.shape.grid.count()));
    }
    if (records.warp >= header.shape.warps_per_cta()) {
        throw base::ConfigError(fmt::format("{}: no warp {}; a CTA has warps 0 to {}", file,
                                            records.warp, header.shape.warps_per_cta() - 1));
    }
    trace_file::CtaReader reader(trace, *blocks);
    isa::WarpInstruction executed;
    std::uint64_t printed = 0;
    for (; printed < records.limit && reader.next_index(records.warp) >= 0; ++printed) {
        const auto index = static_cast<std::size_t>(reader.next_index(records.warp));
        reader.next(records.warp, executed);
        const std::string text = fmt::format(
            "{:>8}  line {:<6}{:<12}{:<40}  {}", printed, executed.instruction->line,
            lanes_text(executed.active_mask), header.instructions.text(index), details(executed));
        fmt::print("{}\n", text.substr(0, text.find_last_not_of(' ') + 1));
    }
    if (reader.next_index(records.warp) >= 0) {
        fmt::print("... and more; --limit shows them\n");
    } else if (reader.end(records.warp) == trace_file::SegmentEnd::kCut) {
        fmt::print("recorded to here; the warp goes on\n");
    }
}

}  // namespace sptc::commands
