#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/isa/mma.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/trace_sample.hpp"
#include "traces/file/cta_reader.hpp"
#include "traces/file/trace_format.hpp"
#include "traces/file/trace_writer.hpp"
#include "traces/file/warp_decoder.hpp"

using namespace sptc;
using Catch::Matchers::Contains;
using test::SampleKernel;
using test::TemporaryDirectory;
using trace_file::SegmentEnd;

namespace {

std::uint32_t index_in(const SampleKernel& kernel, const isa::WarpInstruction& record) {
    return static_cast<std::uint32_t>(record.instruction - kernel.instructions().data());
}

/// Records of affine addresses: count of them, one every `step` bytes.
std::vector<std::byte> strided_segment(std::uint32_t index, const SampleKernel& kernel, int count,
                                       std::uint64_t step) {
    const trace_file::TraceHeader header = kernel.header();
    trace_file::WarpEncoder encoder(header.instructions, trace_file::CtaContent::kWhole);
    isa::WarpInstruction record;
    record.instruction = &kernel.instructions()[index];
    record.active_mask = ~0u;
    for (int i = 0; i < count; ++i) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            record.addresses[lane] = 0x10000 + step * static_cast<std::uint64_t>(i) + 16 * lane;
        }
        encoder.add(index, record);
    }
    std::vector<std::byte> segment;
    encoder.take(SegmentEnd::kExited, segment);
    return segment;
}

}  // namespace

TEST_CASE("trace: a decoded warp has the records that were encoded, over many segments") {
    SampleKernel kernel;
    const trace_file::TraceHeader header = kernel.header();
    base::Random random(7);
    std::vector<isa::WarpInstruction> records;
    trace_file::WarpEncoder encoder(header.instructions, trace_file::CtaContent::kWhole);
    std::vector<std::vector<std::byte>> segments(1);
    for (int i = 0; i < 20'000; ++i) {
        records.push_back(kernel.record(random));
        encoder.add(index_in(kernel, records.back()), records.back());
        if (random.below(500) != 0) continue;
        encoder.take(SegmentEnd::kGoesOn, segments.back());
        segments.emplace_back();
    }
    encoder.take(SegmentEnd::kExited, segments.back());

    trace_file::WarpDecoder decoder(header.instructions, trace_file::CtaContent::kWhole);
    isa::WarpInstruction decoded;
    std::size_t at = 0;
    for (const std::vector<std::byte>& segment : segments) {
        trace_file::ByteReader reader(segment);
        decoder.begin(reader);
        CHECK(reader.at_end());
        for (; decoder.has_record(); ++at) {
            REQUIRE(at < records.size());
            REQUIRE(decoder.index() == index_in(kernel, records[at]));
            decoder.next(decoded);
            REQUIRE(test::same_record(decoded, records[at]));
        }
    }
    CHECK(at == records.size());
    CHECK(decoder.end() == SegmentEnd::kExited);
}

TEST_CASE("trace: addresses that move by equal steps take one byte a record beside its run") {
    const SampleKernel kernel;
    const auto load = static_cast<std::uint32_t>(isa::Operation::kLoadGlobal);
    const std::size_t few = strided_segment(load, kernel, 100, 512).size();
    const std::size_t many = strided_segment(load, kernel, 1100, 512).size();
    // One byte of addresses, and two for a run of one instruction with the jump back. The length of
    // the addresses takes one digit more.
    CHECK(many - few == (1 + 2) * 1000 + 1);
}

TEST_CASE("trace: a header gives back every operation, twin, register list and mma form") {
    trace_file::TraceHeader header = SampleKernel().header();
    header.sptc_version = "1.2.3";
    const std::string json = trace_file::header_json(header);
    CHECK(trace_file::header_json(trace_file::parse_header(json)) == json);

    header.instructions = trace_file::InstructionTable();
    for (const isa::MmaForm& form : isa::mma_forms()) {
        isa::Instruction instruction;
        instruction.operation = isa::Operation::kMma;
        instruction.mma = &form;
        instruction.selector = static_cast<std::uint8_t>(std::max(1, form.selector_count()) - 1);
        header.instructions.add(instruction, form.ptx_name());
    }
    const trace_file::TraceHeader read = trace_file::parse_header(trace_file::header_json(header));
    REQUIRE(read.instructions.size() == isa::mma_forms().size());
    for (std::size_t i = 0; i < read.instructions.size(); ++i) {
        CHECK(read.instructions[i].mma == &isa::mma_forms()[i]);
    }
}

TEST_CASE("trace: a header with a register, form or size that does not exist is refused") {
    const std::string json = trace_file::header_json(SampleKernel().header());
    const auto expect = [&json](const std::string& from, const std::string& to,
                                const std::string& message) {
        std::string changed = json;
        REQUIRE(changed.find(from) != std::string::npos);
        changed.replace(changed.find(from), from.size(), to);
        CHECK_THROWS_WITH(trace_file::parse_header(changed), Contains(message));
    };
    expect("\"writes\":[0,8]", "\"writes\":[0,9]", "/instructions/0/writes");
    expect("\"operation\":\"barrier\"", "\"operation\":\"barrel\"", "'barrel' is not known");
    expect("\"mma\":\"mma.sync", "\"mma\":\"mma.sink", "is not known");
    expect("\"bytes\":16", "\"bytes\":15", "1, 2, 4, 8 or 16");
    expect("\"matrices\":2", "\"matrices\":3", "1, 2 or 4");
    const int load = static_cast<int>(isa::Operation::kLoadGlobal);
    expect("\"twin_of\":" + std::to_string(load), "\"twin_of\":999", "/twin_of");
    expect("\"block\":[80,", "\"block\":[1025,", "/shape/block");
    expect("\"grid\":[3,", "\"grid\":[0,", "/shape/grid");
    expect("sptc.trace/1", "sptc.trace/2", "/schema");
    expect("\"sptc\":", "\"spct\":", "unknown key");
}

TEST_CASE("trace: the bytes of a file do not depend on the order in which CTAs end") {
    const TemporaryDirectory directory;
    const auto bytes_in_order = [&](const std::vector<std::uint64_t>& order) {
        SampleKernel kernel;
        const std::filesystem::path path = directory.path() / "t.trace";
        trace_file::TraceWriter writer(path, kernel.header());
        for (const std::uint64_t cta : order) {
            base::Random random(cta);
            SampleKernel own;  // its records depend on the CTA alone
            std::vector<std::byte> last;
            for (std::uint32_t warp = 0; warp < 3; ++warp) {
                trace_file::WarpEncoder encoder(writer.header().instructions,
                                                trace_file::CtaContent::kWhole);
                for (int i = 0; i < 400; ++i) {
                    const isa::WarpInstruction record = own.record(random);
                    encoder.add(index_in(own, record), record);
                    if (i != 200) continue;
                    std::vector<std::byte> segment;
                    encoder.take(SegmentEnd::kGoesOn, segment);
                    writer.add_segment(cta, warp, segment);
                }
                encoder.take(SegmentEnd::kExited, last);
            }
            writer.add_cta(cta, trace_file::CtaContent::kWhole, last);
        }
        writer.commit();
        return base::read_bytes(path);
    };
    const std::vector<std::byte> forward = bytes_in_order({0, 1, 2});
    CHECK(forward == bytes_in_order({2, 0, 1}));
    CHECK(forward == bytes_in_order({2, 1, 0}));
    CHECK(forward != bytes_in_order({0, 1}));
}

TEST_CASE("trace: a file that is not committed does not appear and leaves nothing behind") {
    const TemporaryDirectory directory;
    {
        trace_file::TraceWriter writer(directory.path() / "t.trace", SampleKernel().header());
        writer.add_segment(0, 0, std::vector<std::byte>(100));
    }
    CHECK(std::filesystem::is_empty(directory.path()));
    trace_file::TraceWriter writer(directory.path() / "t.trace", SampleKernel().header());
    writer.fail(std::make_exception_ptr(base::ConfigError("disk full")));
    CHECK_THROWS_WITH(writer.commit(), "disk full");
}

TEST_CASE("trace: foreign, old, cut and empty files are refused with the file and the byte") {
    const TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / "t.trace";
    {
        trace_file::TraceWriter writer(path, SampleKernel(1, 32).header());
        writer.add_cta(0, trace_file::CtaContent::kWhole, strided_segment(0, SampleKernel(), 3, 0));
        writer.commit();
    }
    const std::string whole = base::read_text(path);
    REQUIRE_NOTHROW(trace_file::TraceReader(path));
    CHECK(trace_file::is_trace(path));
    const auto expect = [&](const std::string& content, const std::string& message) {
        base::write_text(path, content);
        CHECK_THROWS_WITH(trace_file::TraceReader(path),
                          Contains(path.string() + ": byte ") && Contains(message));
    };
    std::string changed = whole;
    changed[8] = 2;
    expect(changed, "byte 8: trace format 2, this program reads 1");
    expect("", "byte 0: is no trace");
    expect(std::string(1000, 'x'), "byte 0: is no trace");
    expect(whole.substr(0, whole.size() - 1), "cut off or damaged");
    expect(whole + "x", "cut off or damaged");
    changed = whole;
    changed[15] = '\x7f';
    expect(changed, "byte 12: a header of");
    CHECK_THROWS_AS(trace_file::TraceReader(directory.path()), base::ConfigError);
    CHECK_THROWS_WITH(trace_file::TraceReader(directory.path() / "none"), Contains("No such file"));
    CHECK_FALSE(trace_file::is_trace(directory.path() / "none"));
}
