#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "models/base/error.hpp"
#include "models/base/file.hpp"
#include "tests/support/temporary_directory.hpp"
#include "traces/launch/launch.hpp"
#include "traces/probe/element.hpp"
#include "traces/probe/fragment_order.hpp"
#include "traces/probe/judge.hpp"
#include "traces/probe/write_campaign.hpp"

using namespace sptc;
using types::DataType;

namespace {

using Bytes = std::vector<std::byte>;

const isa::MmaForm& f16_k32() {
    return *isa::find_form(true, 16, 8, 32, DataType::kF32, DataType::kF16, DataType::kF16,
                           DataType::kF32);
}

/// The probe of a question to one form, with the first selector.
probe::NumericsProbe find_probe(std::string_view architecture, const std::string& id,
                                const isa::MmaForm& form) {
    for (const probe::ProbePlan& plan : probe::plan_campaign(
             isa::find_architecture(architecture), {.seed = 1, .instructions = 16, .only = {id}})) {
        if (plan.kernel.form == &form) return probe::make_probe(plan);
    }
    throw std::runtime_error("no such probe");
}

/// Names of hypotheses, grouped: those that predict the same bits stand together.
std::set<std::set<std::string>> alike(const probe::NumericsProbe& probe) {
    std::map<std::string, std::set<std::string>> groups;
    for (const probe::Hypothesis& each : probe.hypotheses) {
        const Bytes output = probe::predicted_output(probe, each);
        groups[{reinterpret_cast<const char*>(output.data()), output.size()}].insert(each.name);
    }
    std::set<std::set<std::string>> names;
    for (const auto& [output, group] : groups) names.insert(group);
    return names;
}

std::map<std::string, std::string> contents(const std::filesystem::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        files[entry.path().lexically_relative(folder).string()] = base::read_text(entry.path());
    }
    return files;
}

/// A small campaign whose outputs are what one hypothesis of each probe says, by index.
probe::Campaign write_with_outputs(const std::filesystem::path& folder, std::size_t hypothesis) {
    const probe::CampaignOptions options{.seed = 1, .instructions = 8, .only = {"P1", "P12"}};
    const probe::Campaign campaign = probe::write_campaign(
        folder / "campaign", isa::find_architecture("sm_80"), options, nullptr);
    for (const probe::ProbeEntry& entry : campaign.probes) {
        const auto target = probe::output_folder(folder / "outputs", entry);
        std::filesystem::create_directories(target);
        const std::size_t index = std::min(hypothesis, entry.hypotheses.size() - 1);
        base::write_bytes(target / (entry.output + ".bin"),
                          base::read_bytes(folder / "campaign" / entry.hypotheses[index].file));
    }
    return campaign;
}

}  // namespace

TEST_CASE("probe: the five partitions of f16 m16n8k32 differ on sm_80") {
    const auto probe = find_probe("sm_80", "P1", f16_k32());
    CHECK(alike(probe) == std::set<std::set<std::string>>{{"H1"}, {"H2"}, {"H3"}, {"H4"}, {"H5"}});
}

TEST_CASE("probe: one group holds f16 m16n8k32 on sm_90, so only H2 differs there") {
    const auto probe = find_probe("sm_90", "P1", f16_k32());
    CHECK(alike(probe) == std::set<std::set<std::string>>{{"H2"}, {"H1", "H3", "H4", "H5"}});
}

TEST_CASE("probe: P1 counts the addends outside the group of the pair") {
    // numerics.md, section 8: result / v is the number of terms that are not absorbed. On sm_80 H1
    // says {c, 0-7} then {8-15}: a pair in the first group leaves 8, one in the second none.
    const auto probe = find_probe("sm_80", "P1", f16_k32());
    constexpr double kV = 0x1p-14;  // 2^(14 - F - 4)
    const auto survivors = [&](std::string_view pair) {
        const auto found =
            std::find_if(probe.cases.begin(), probe.cases.end(), [&](const probe::CaseLabel& each) {
                return each.text == std::string(pair) + ", others 2^-14";
            });
        REQUIRE(found != probe.cases.end());
        const Bytes d =
            probe.hypotheses[0].predict(found->instruction, probe.instructions[found->instruction]);
        return probe::get_element(d, 32, static_cast<std::size_t>(found->row * 8));
    };
    CHECK(survivors("+U at product 0, -U at product 1") == probe::exact(DataType::kF32, 8 * kV));
    CHECK(survivors("-U at product 2, +U at c") == probe::exact(DataType::kF32, 8 * kV));
    CHECK(survivors("+U at product 8, -U at product 15") == 0);
    CHECK(survivors("+U at product 0, -U at product 8") == probe::exact(DataType::kF32, 0));
}

TEST_CASE("probe: the architecture's own arithmetic is among the hypotheses of every probe") {
    // Stated results (signs of zero, rounding, clamping) and the reference must tell one story.
    const std::map<std::string_view, std::string> own{{"P1", "H1"},
                                                      {"P3", "truncates"},
                                                      {"P4", "as multiplied"},
                                                      {"P5", "immune"},
                                                      {"P6", "as documented"},
                                                      {"P6-illegal", "independent selects"},
                                                      {"P9", "overflows to infinity"},
                                                      {"P10", "canonical"},
                                                      {"P11", "clamps once"},
                                                      {"P12", "expected"}};
    for (const isa::Architecture& architecture : isa::architectures()) {
        for (const auto& plan :
             probe::plan_campaign(architecture, {.seed = 1, .instructions = 16, .only = {}})) {
            INFO(architecture.name << " " << plan.name);
            const auto probe = probe::make_probe(plan);
            REQUIRE(!probe.instructions.empty());
            const Bytes expected = probe::predicted_output(
                probe, probe::by_reference("own", "", *plan.kernel.form, architecture));
            std::set<std::string> agreeing;
            for (const probe::Hypothesis& each : probe.hypotheses) {
                if (probe::predicted_output(probe, each) == expected) agreeing.insert(each.name);
            }
            const auto name = own.find(plan.row->id);
            CHECK((name == own.end() ? !agreeing.empty() : agreeing.contains(name->second)));
        }
    }
}

TEST_CASE("probe: P2 tells F from its neighbours, P7 the floor, P11 when a sum is clamped") {
    const auto fraction = find_probe("sm_80", "P2", f16_k32());
    CHECK(alike(fraction) == std::set<std::set<std::string>>{{"F=23"}, {"F=24"}, {"F=25"}});
    const isa::MmaForm& bf16 = *isa::find_form(true, 16, 8, 32, DataType::kF32, DataType::kBf16,
                                               DataType::kBf16, DataType::kF32);
    CHECK(alike(find_probe("sm_80", "P7", bf16)).size() == 4);
    CHECK(alike(find_probe("sm_80", "P8", bf16)).size() == 3);
    for (const isa::MmaForm& form : isa::mma_forms()) {
        if (form.dot != isa::DotKind::kInteger || !form.sparse()) continue;
        const bool subtracts = form.a == DataType::kS8 || form.a == DataType::kS4 ||
                               form.b == DataType::kS8 || form.b == DataType::kS4;
        INFO(form.ptx_name());
        CHECK(alike(find_probe("sm_80", "P11", form)).size() ==
              (form.saturating && subtracts ? 3u : 1u));
    }
}

TEST_CASE("probe: a P6 result spells the two selects of its chunk") {
    const isa::MmaForm& form = f16_k32();
    const auto probe = find_probe("sm_80", "P6", form);
    std::set<std::tuple<int, int, std::uint32_t>> seen;
    for (std::size_t i = 0; i < probe.instructions.size(); ++i) {
        const probe::Operands& operands = probe.instructions[i];
        const Bytes d = probe.hypotheses[0].predict(i, operands);
        for (int row = 0; row < form.m; ++row) {
            for (int chunk = 0; chunk < form.chunks(); ++chunk) {
                const std::uint32_t code = probe::code(form, operands, row, chunk);
                seen.insert({row, chunk, code});
                // PTX ISA: the low two bits are the first index, the high two the second.
                const double expected = ((code & 3) + 1) + 4 * ((code >> 2) + 1);
                CHECK(probe::get_element(d, 32, static_cast<std::size_t>(row * form.n + chunk)) ==
                      probe::exact(DataType::kF32, expected));
            }
        }
    }
    CHECK(seen.size() == 16u * 8u * 6u);
}

TEST_CASE("probe: A of f16 m16n8k32 lies in the registers as the PTX figure shows") {
    // PTX ISA, mma.sp m16n8k32 f16: row g for i in {0, 1, 4, 5}, else g + 8; the fragment is that
    // of a dense m16n8k16: column 2t + (i & 1) + 8 * (i >= 4).
    const isa::MmaForm& form = f16_k32();
    Bytes a(16 * 16 * 2);
    for (std::size_t i = 0; i < 256; ++i) probe::set_element(a, 16, i, i);
    Bytes fragment;
    probe::FragmentOrder(form, probe::FragmentOrder::Operand::kA).append(a, fragment);
    REQUIRE(fragment.size() == 4 * 32 * 4);
    for (std::size_t lane = 0; lane < 32; ++lane) {
        for (std::size_t i = 0; i < 8; ++i) {
            const std::size_t row = lane / 4 + (i % 4 < 2 ? 0 : 8);
            const std::size_t column = 2 * (lane % 4) + (i & 1) + (i >= 4 ? 8 : 0);
            const std::size_t place = (i / 2 * 32 + lane) * 2 + i % 2;
            CHECK(probe::get_element(fragment, 16, place) == row * 16 + column);
        }
    }
}

TEST_CASE("probe: lanes that the selector does not name hold no metadata of the instruction") {
    const isa::MmaForm& form = f16_k32();
    probe::Operands operands = probe::zero_operands(form);
    for (int selector = 0; selector < 2; ++selector) {
        Bytes e;
        probe::append_metadata(form, selector, operands, e);
        for (std::size_t lane = 0; lane < 32; ++lane) {
            const bool named = static_cast<int>(lane % 4 / 2) == selector;
            CHECK(probe::get_element(e, 32, lane) ==
                  (named ? 0x44444444u : probe::kIgnoredMetadata));
        }
    }
}

TEST_CASE("probe: encode refuses what a type cannot hold") {
    CHECK(probe::encode(DataType::kF16, 0x1p-24) == 1u);
    CHECK(probe::encode(DataType::kF16, 65504) == 0x7bffu);
    CHECK(!probe::encode(DataType::kF16, 65505));
    CHECK(!probe::encode(DataType::kF16, 65536));
    CHECK(!probe::encode(DataType::kF16, 0x1p-25));
    CHECK(probe::encode(DataType::kF16, -0.0) == 0x8000u);
    CHECK(probe::encode(DataType::kE4m3, 448) == 0x7eu);
    CHECK(!probe::encode(DataType::kE4m3, 480));
    CHECK(probe::encode(DataType::kTf32, -1.5) == 0xbfc00000u);
    CHECK(!probe::encode(DataType::kTf32, 1 + 0x1p-11));
    CHECK(probe::encode(DataType::kS4, -8) == 8u);
    CHECK(!probe::encode(DataType::kU4, -1));
}

TEST_CASE("probe: a campaign's buffers have the sizes that its launch files say") {
    const test::TemporaryDirectory directory;
    const probe::CampaignOptions options{.seed = 1, .instructions = 5, .only = {}};
    const auto campaign =
        probe::write_campaign(directory.path(), isa::find_architecture("sm_80"), options, nullptr);
    CHECK(campaign.probes.size() > 300);
    for (const probe::ProbeEntry& entry : campaign.probes) {
        INFO(entry.name);
        // read_launch compares every file with its "bytes".
        const launch::Launch launch = launch::read_launch(directory.path() / entry.launch);
        const isa::MmaForm& form = *isa::parse_mma(entry.form).form;
        const auto bytes = [&](std::string_view name) {
            const auto buffer = std::find_if(launch.buffers.begin(), launch.buffers.end(),
                                             [&](const auto& each) { return each.name == name; });
            return buffer == launch.buffers.end() ? 0 : buffer->bytes;
        };
        const std::uint64_t one = 4 * isa::kLanes * entry.instructions;
        CHECK(bytes("A") == one * static_cast<std::uint64_t>(form.a_registers()));
        CHECK(bytes("B") == one * static_cast<std::uint64_t>(form.b_registers()));
        CHECK(bytes("C") == one * static_cast<std::uint64_t>(form.c_registers()));
        CHECK(bytes("E") == (form.sparse() ? one : 0));
        for (const probe::HypothesisEntry& hypothesis : entry.hypotheses) {
            CHECK(std::filesystem::file_size(directory.path() / hypothesis.file) ==
                  bytes(entry.output));
        }
        CHECK(base::read_text(directory.path() / entry.kernel).find(".entry " + launch.entry) !=
              std::string::npos);
    }
}

TEST_CASE("probe: the same options write the same campaign") {
    const test::TemporaryDirectory first;
    const test::TemporaryDirectory second;
    const probe::CampaignOptions options{.seed = 7, .instructions = 20, .only = {"P5", "P12"}};
    const auto& architecture = isa::find_architecture("sm_90");
    (void)probe::write_campaign(first.path(), architecture, options, nullptr);
    (void)probe::write_campaign(second.path(), architecture, options, nullptr);
    CHECK(contents(first.path()) == contents(second.path()));
}

TEST_CASE("probe: a part of the random instructions is the same however the campaign is cut") {
    probe::NumericsProbe whole{{.form = &f16_k32()}, {}, {}, {}};
    probe::NumericsProbe part = whole;
    const auto& architecture = isa::find_architecture("sm_80");
    probe::fill_random(architecture, {.seed = 3, .first = 0, .instructions = 12}, whole);
    probe::fill_random(architecture, {.seed = 3, .first = 8, .instructions = 4}, part);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(part.instructions[i].a == whole.instructions[8 + i].a);
        CHECK(part.instructions[i].e == whole.instructions[8 + i].e);
    }
    CHECK(whole.instructions[0].a != whole.instructions[7].a);
}

TEST_CASE("probe: more instructions than a probe holds become parts") {
    const auto plans = probe::plan_campaign(isa::find_architecture("sm_80"),
                                            {.seed = 1, .instructions = 70000, .only = {"P12"}});
    std::uint64_t instructions = 0;
    std::set<std::string> names;
    for (const auto& plan : plans) {
        names.insert(plan.name);
        if (plan.kernel.form == &f16_k32()) instructions += plan.part.instructions;
    }
    CHECK(instructions == 70000);
    CHECK(names.size() == plans.size());
}

TEST_CASE("probe: the judge names the hypotheses that agree") {
    const test::TemporaryDirectory directory;
    (void)write_with_outputs(directory.path(), 3);  // H4
    for (const auto& verdict :
         probe::judge(directory.path() / "campaign", directory.path() / "outputs")) {
        INFO(verdict.probe << verdict.problem);
        CHECK(verdict.explained());
        if (verdict.probe.find("P1_") != 0 || verdict.probe.find("k32") == std::string::npos) {
            continue;
        }
        for (const auto& judgement : verdict.judgements) {
            CHECK((judgement.differing == 0) == (judgement.hypothesis == "H4"));
        }
    }
}

TEST_CASE("probe: the judge finds a planted difference") {
    const test::TemporaryDirectory directory;
    const auto campaign = write_with_outputs(directory.path(), 0);
    const auto entry =
        std::find_if(campaign.probes.begin(), campaign.probes.end(), [](const auto& each) {
            return each.id == "P12" &&
                   each.form.find("m16n8k32.row.col.f32.f16") != std::string::npos;
        });
    REQUIRE(entry != campaign.probes.end());
    const auto file =
        probe::output_folder(directory.path() / "outputs", *entry) / (entry->output + ".bin");
    Bytes output = base::read_bytes(file);
    // Instruction 3, register 2, lane 13: row 13 / 4 + 8, column 2 * (13 % 4).
    constexpr std::size_t kWord = 3 * 128 + 2 * 32 + 13;
    const std::uint64_t right = probe::get_element(output, 32, kWord);
    probe::set_element(output, 32, kWord, right ^ 1);
    base::write_bytes(file, output);

    for (const auto& verdict :
         probe::judge(directory.path() / "campaign", directory.path() / "outputs")) {
        if (verdict.probe != entry->name) {
            CHECK(verdict.explained());
            continue;
        }
        CHECK(!verdict.explained());
        REQUIRE(verdict.judgements.size() == 1);
        const auto& first = verdict.judgements[0].first;
        REQUIRE(first.has_value());
        CHECK(verdict.judgements[0].differing == 1);
        CHECK(first->instruction == 3);
        CHECK(first->row == 11);
        CHECK(first->column == 2);
        CHECK(first->expected == right);
        CHECK(first->got == (right ^ 1));
    }
}

TEST_CASE("probe: a missing or short output spoils its own verdict only") {
    const test::TemporaryDirectory directory;
    const auto campaign = write_with_outputs(directory.path(), 0);
    const auto output = [&](std::size_t i) {
        return probe::output_folder(directory.path() / "outputs", campaign.probes[i]) / "D.bin";
    };
    std::filesystem::remove(output(0));
    base::write_text(output(1), "short");
    const auto verdicts = probe::judge(directory.path() / "campaign", directory.path() / "outputs");
    CHECK_THAT(verdicts[0].problem, Catch::Contains("D.bin"));
    CHECK_THAT(verdicts[1].problem, Catch::Contains("found 5 bytes, expected"));
    for (std::size_t i = 2; i < verdicts.size(); ++i) CHECK(verdicts[i].explained());
}

TEST_CASE("probe: what cannot be understood is an error that says where") {
    CHECK_THROWS_WITH(probe::plan_campaign(isa::find_architecture("sm_80"),
                                           {.seed = 1, .instructions = 1, .only = {"P13"}}),
                      Catch::Contains("unknown probe 'P13': expected one of P1, P2"));
    const test::TemporaryDirectory directory;
    directory.write("campaign.json", "{");
    CHECK_THROWS_WITH(probe::read_campaign_file(directory.path()), Catch::Contains("not JSON"));
    directory.write("campaign.json", R"({"schema": "sptc.probes/1", "speed": 1})");
    CHECK_THROWS_WITH(probe::read_campaign_file(directory.path()),
                      Catch::Contains("unknown key 'speed'"));
}
