#include "sim/run/mismatch_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.hpp"
#include "traces/launch/element.hpp"
#include "traces/probe/element.hpp"
#include "traces/probe/fragment_order.hpp"

namespace sptc::run {
namespace {

using probe::FragmentOrder;
using Operand = FragmentOrder::Operand;

const launch::Buffer& buffer(const launch::Launch& launch, const std::string& name) {
    const auto found = std::find_if(launch.buffers.begin(), launch.buffers.end(),
                                    [&](const launch::Buffer& each) { return each.name == name; });
    if (found == launch.buffers.end()) {
        throw base::ConfigError(fmt::format("the launch has no buffer '{}'", name));
    }
    return *found;
}

std::string element_text(types::DataType type, std::uint64_t bits) {
    return fmt::format("{:#0{}x} ({})", bits, types::bits(type) / 4 + 2,
                       launch::decode_element(type, bits));
}

/// The elements of one operand of one instruction that lie in a row, or a column, of it.
std::string line_of(const launch::Launch& launch, const isa::MmaForm& form, Operand operand,
                    const char* name, std::uint64_t instruction, const isa::Coordinate& wanted) {
    const FragmentOrder order(form, operand);
    const bool rows = operand == Operand::kA;
    const std::span<const std::byte> data =
        std::span(buffer(launch, name).data).subspan(instruction * order.bytes(), order.bytes());
    std::vector<std::pair<int, std::uint64_t>> line;
    for (std::size_t i = 0; i < order.elements(); ++i) {
        const isa::Coordinate& place = order.place(i);
        if (place.matrix != wanted.matrix) continue;
        if (rows ? place.row != wanted.row : place.column != wanted.column) continue;
        line.emplace_back(rows ? place.column : place.row,
                          probe::get_element(data, order.element_bits(), i));
    }
    std::sort(line.begin(), line.end());
    std::string text;
    for (const auto& [k, bits] : line) text += fmt::format(" {:x}", bits);
    return fmt::format("{}{} of {}:{}", rows ? "row " : "column ",
                       rows ? wanted.row : wanted.column, name, text);
}

/// The codes of a row of A, chunk 0 first.
std::string codes_of(const launch::Launch& launch, const isa::MmaForm& form,
                     std::uint64_t instruction, int row) {
    const auto& data = buffer(launch, "E").data;
    std::string text = "codes:";
    for (int chunk = 0; chunk < form.chunks(); ++chunk) {
        const isa::MetadataPlace place = isa::metadata_place(form, 0, row, chunk);
        const std::size_t word = instruction * isa::kLanes + static_cast<std::size_t>(place.lane);
        text += fmt::format(" {:x}", probe::get_element(data, 32, word) >> place.shift & 0xf);
    }
    return text;
}

std::string instruction_text(const launch::Launch& launch, const isa::MmaForm& form,
                             std::uint64_t byte, std::span<const std::byte> recorded,
                             std::span<const std::byte> simulated) {
    const FragmentOrder order(form, Operand::kD);
    const std::uint64_t instruction = byte / order.bytes();
    const auto bits = static_cast<std::uint64_t>(order.element_bits());
    const std::uint64_t element = byte % order.bytes() * 8 / bits;
    const isa::Coordinate place = order.place(element);
    const std::uint64_t wanted = probe::get_element(recorded, order.element_bits(), element);
    const std::uint64_t got = probe::get_element(simulated, order.element_bits(), element);
    const FragmentOrder addend(form, Operand::kC);
    std::string c;
    for (std::size_t i = 0; i < addend.elements(); ++i) {
        const isa::Coordinate& at = addend.place(i);
        if (at.matrix != place.matrix || at.row != place.row || at.column != place.column) continue;
        const auto data = std::span(buffer(launch, "C").data)
                              .subspan(instruction * addend.bytes(), addend.bytes());
        c = element_text(form.c, probe::get_element(data, addend.element_bits(), i));
    }
    return fmt::format(
        "{} number {}, D[{}][{}]: expected {}, got {}; {}; {}{}; C {}", form.ptx_name(),
        instruction, place.row, place.column, element_text(form.d, wanted),
        element_text(form.d, got), line_of(launch, form, Operand::kA, "A", instruction, place),
        line_of(launch, form, Operand::kB, "B", instruction, place),
        form.sparse() ? "; " + codes_of(launch, form, instruction, place.row) : "", c);
}

std::string plain_text(const launch::Launch& launch, const std::string& name, std::uint64_t byte,
                       std::uint64_t block_begin, std::span<const std::byte> recorded,
                       std::span<const std::byte> simulated) {
    const types::DataType type = buffer(launch, name).type.value_or(types::DataType::kU8);
    const auto bytes = static_cast<std::uint64_t>(std::max(types::bits(type) / 8, 1));
    const std::uint64_t element = (byte - block_begin) / bytes;
    return fmt::format(
        "{}, element {}: expected {}, got {}", name, byte / bytes,
        element_text(type, probe::get_element(recorded, static_cast<int>(8 * bytes), element)),
        element_text(type, probe::get_element(simulated, static_cast<int>(8 * bytes), element)));
}

/// What is known when only digests are kept.
std::string digest_text(const std::string& form, const cuda::KeptOutput& recorded,
                        const cuda::KeptOutput& simulated,
                        const cuda::OutputDifference& difference) {
    if (!difference.first_block) return fmt::format("{}: the SHA-256 differs", recorded.buffer);
    const std::uint64_t block = *difference.first_block;
    std::string where = fmt::format("block {} of {}", block, recorded.buffer);
    if (!form.empty()) {
        const isa::MmaForm& instruction = *isa::parse_mma(form).form;
        const std::uint64_t together =
            recorded.rule.block_bytes / FragmentOrder(instruction, Operand::kD).bytes();
        where = fmt::format("{} number {} to {}, D", form, together * block,
                            together * (block + 1) - 1);
    }
    return fmt::format("{}: expected digest {:#06x}, got {:#06x}; its bits are not kept", where,
                       recorded.digest(block), simulated.digest(block));
}

}  // namespace

std::string mismatch_text(const launch::Launch& launch, const std::string& form,
                          const cuda::KeptOutput& recorded, const cuda::KeptOutput& simulated,
                          const cuda::OutputDifference& difference) {
    if (!difference.first_byte) return digest_text(form, recorded, simulated, difference);
    const std::uint64_t byte = *difference.first_byte;
    const std::uint64_t block_bytes = recorded.rule.block_bytes;
    const std::uint64_t block = block_bytes == 0 ? 0 : byte / block_bytes;
    auto wanted = recorded.block(block);
    auto got = simulated.block(block);
    if (form.empty()) {
        return plain_text(launch, recorded.buffer, byte, block * block_bytes, wanted, got);
    }
    const isa::MmaForm& instruction = *isa::parse_mma(form).form;
    // A block is one instruction or several.
    const std::uint64_t size = FragmentOrder(instruction, Operand::kD).bytes();
    const std::uint64_t at = (byte - block * block_bytes) / size * size;
    if (at + size > wanted.size()) {
        throw base::ConfigError(fmt::format(
            "blocks of {} bytes of {}: expected a multiple of the {} bytes of D of one {}",
            wanted.size(), recorded.buffer, size, form));
    }
    wanted = wanted.subspan(at, size);
    got = got.subspan(at, size);
    return instruction_text(launch, instruction, byte, wanted, got);
}

}  // namespace sptc::run
