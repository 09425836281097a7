#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/trace_sample.hpp"
#include "traces/file/cta_reader.hpp"
#include "traces/file/trace_writer.hpp"

using namespace sptc;
using test::SampleKernel;
using test::TemporaryDirectory;
using trace_file::SegmentEnd;

namespace {

constexpr std::uint64_t kCtas = 5;
constexpr std::uint32_t kWarps = 3;

std::uint32_t index_in(const SampleKernel& kernel, const isa::WarpInstruction& record) {
    return static_cast<std::uint32_t>(record.instruction - kernel.instructions().data());
}

/// The segments of one CTA's warps; those before the last are given to `early`.
template <class Early>
std::vector<std::byte> make_cta(std::uint64_t cta, const trace_file::InstructionTable& table,
                                Early early) {
    std::vector<std::byte> last;
    base::Random random(cta);
    SampleKernel kernel(kCtas);
    for (std::uint32_t warp = 0; warp < kWarps; ++warp) {
        trace_file::WarpEncoder encoder(table, trace_file::CtaContent::kWhole);
        for (int i = 0; i < 120; ++i) {
            const isa::WarpInstruction record = kernel.record(random);
            encoder.add(index_in(kernel, record), record);
            if (i == 60 && warp == 1) {
                std::vector<std::byte> segment;
                encoder.take(SegmentEnd::kGoesOn, segment);
                early(warp, segment);
            }
        }
        encoder.take(SegmentEnd::kExited, last);
    }
    return last;
}

void write_trace(const std::filesystem::path& path) {
    trace_file::TraceWriter writer(path, SampleKernel(kCtas).header());
    for (std::uint64_t cta = 0; cta < kCtas; ++cta) {
        const auto last = make_cta(cta, writer.header().instructions,
                                   [&](std::uint32_t warp, const auto& segment) {
                                       writer.add_segment(cta, warp, segment);
                                   });
        writer.add_cta(cta, trace_file::CtaContent::kWhole, last);
    }
    writer.commit();
}

/// Everything that a file says, as text.
std::string dump(const std::filesystem::path& path) {
    const trace_file::TraceReader trace(path);
    std::string text = trace_file::header_json(trace.header());
    for (const trace_file::CtaBlocks& cta : trace.index().ctas) {
        trace_file::CtaReader reader(trace, cta);
        isa::WarpInstruction record;
        for (std::uint32_t warp = 0; warp < trace.header().shape.warps_per_cta(); ++warp) {
            while (reader.next_index(warp) >= 0) {
                text += std::to_string(reader.next_index(warp)) + ' ';
                reader.next(warp, record);
                text += std::to_string(record.active_mask) + ' ';
                for (std::uint32_t rest = record.active_mask; rest != 0; rest &= rest - 1) {
                    const auto lane = static_cast<std::size_t>(std::countr_zero(rest));
                    text += std::to_string(record.addresses[lane]) + ' ';
                }
            }
            text += std::to_string(static_cast<int>(reader.end(warp))) + '\n';
        }
    }
    return text;
}

/// One random edit: bits changed, a stretch removed or repeated elsewhere, the end cut off.
std::vector<std::byte> damage(std::vector<std::byte> bytes, base::Random& random) {
    if (bytes.empty()) return bytes;
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const auto at = static_cast<std::ptrdiff_t>(random.below(size));
    const auto length =
        std::min<std::ptrdiff_t>(1 + random.below(20), static_cast<std::ptrdiff_t>(size) - at);
    switch (random.below(8)) {
        case 0:
            bytes.erase(bytes.begin() + at, bytes.begin() + at + length);
            break;
        case 1: {
            const std::vector<std::byte> copy(bytes.begin() + at, bytes.begin() + at + length);
            bytes.insert(bytes.begin() + random.below(size), copy.begin(), copy.end());
            break;
        }
        case 2:
            bytes.resize(static_cast<std::size_t>(at));
            break;
        case 3:
            bytes[static_cast<std::size_t>(at)] = static_cast<std::byte>(random.below(256));
            break;
        default:
            bytes[static_cast<std::size_t>(at)] ^= static_cast<std::byte>(1u << random.below(8));
    }
    return bytes;
}

}  // namespace

TEST_CASE("trace: a file damaged anywhere is refused or says exactly what it said before") {
    const TemporaryDirectory directory;
    const std::filesystem::path path = directory.path() / "t.trace";
    write_trace(path);
    const std::string original = dump(path);
    const std::vector<std::byte> whole = base::read_bytes(path);
    base::Random random(20240611);
    int refused = 0;
    for (int i = 0; i < 2000; ++i) {
        base::write_bytes(path, damage(whole, random));
        try {
            const std::string said = dump(path);
            REQUIRE(said == original);
        } catch (const base::ConfigError& error) {
            ++refused;
            REQUIRE(std::string_view(error.what()).starts_with(path.string() + ": byte "));
        }
    }
    CHECK(refused > 1900);
}

TEST_CASE("trace: damage that the checksums would let pass is refused or read, nothing else") {
    const trace_file::TraceHeader header = SampleKernel(kCtas).header();
    const std::string json = trace_file::header_json(header);
    const auto json_bytes = std::as_bytes(std::span(json));
    const auto ignore = [](std::uint32_t, const auto&) {};
    const std::vector<std::byte> segments = make_cta(0, header.instructions, ignore);
    trace_file::BlockIndex index;
    for (std::uint64_t cta = 0; cta < kCtas; ++cta) {
        index.ctas.push_back({cta, trace_file::CtaContent::kWhole, 2 * cta, 2});
        index.blocks.push_back({0, 100, 1});
        index.blocks.push_back({0, 300, std::nullopt});
    }
    const std::vector<std::byte> indexed = trace_file::index_bytes(index);
    const std::uint64_t end = 1000 + 400 * kCtas;
    REQUIRE(trace_file::parse_index(indexed, 1000, end, kCtas, kWarps).blocks.size() == 2 * kCtas);

    base::Random random(20240612);
    int refused = 0;
    for (int i = 0; i < 3000; ++i) {
        try {
            (void)trace_file::parse_index(damage(indexed, random), 1000, end, kCtas, kWarps);
        } catch (const trace_file::Malformed&) {
            ++refused;
        }
        try {
            trace_file::WarpDecoder decoder(header.instructions, trace_file::CtaContent::kWhole);
            isa::WarpInstruction record;
            const std::vector<std::byte> damaged = damage(segments, random);
            trace_file::ByteReader reader(damaged);
            decoder.begin(reader);
            while (decoder.has_record()) {
                decoder.next(record);
                REQUIRE(record.barrier < 16);
                REQUIRE(record.instruction >= &header.instructions[0]);
            }
        } catch (const trace_file::Malformed&) {
            ++refused;
        }
        try {
            const auto damaged = damage({json_bytes.begin(), json_bytes.end()}, random);
            (void)trace_file::parse_header(
                {reinterpret_cast<const char*>(damaged.data()), damaged.size()});
        } catch (const trace_file::Malformed&) {
            ++refused;
        }
    }
    CHECK(refused > 3000);
}
