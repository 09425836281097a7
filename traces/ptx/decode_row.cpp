#include <fmt/format.h>

#include <algorithm>

#include "traces/ptx/decoder.hpp"
#include "traces/ptx/unsupported_note.hpp"

namespace sptc::ptx {
namespace {

std::vector<std::string_view> opcode_words() {
    std::vector<std::string_view> words = row_words();
    for (const OpcodeFamily& family : opcode_families()) {
        if (family.executed) words.push_back(family.word);
    }
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return words;
}

}  // namespace

void decode_row(Decoder& decoder) {
    const InstructionRow* row = find_row(decoder.statement().opcode);
    if (row == nullptr) {
        std::vector<std::string_view> nearby =
            nearest_names(rows_like(decoder.statement().opcode), decoder.statement().opcode);
        if (nearby.empty()) nearby = opcode_words();
        if (const auto note = unsupported_note(decoder.statement().opcode); !note.empty()) {
            decoder.fail_here(
                fmt::format("unsupported instruction '{}': {}", decoder.statement().opcode, note));
        }
        decoder.unsupported(nearby);
    }
    std::size_t count = 0;
    while (count < row->pattern.size() && row->pattern[count] != Slot::kNone) ++count;
    decoder.expect_operands(count, count);
    decoder.op.handler = row->handler;
    decoder.op.modifier = row->modifier;
    decoder.op.exactness = row->exactness;
    decoder.op.first_architecture = static_cast<std::uint8_t>(row->first_architecture);
    decoder.instruction.operation = row->operation;
    for (std::size_t i = 0; i < count; ++i) {
        const Slot slot = row->pattern[i];
        const bool destination = slot >= Slot::kWritePredicate && slot <= Slot::kWrite64;
        decoder.emit_operand(destination ? decoder.write(decoder.operand(i), slot)
                                         : decoder.read(decoder.operand(i), slot));
    }
    if (row->carry == Carry::kRead || row->carry == Carry::kReadWrite) {
        decoder.emit_operand(decoder.read_carry());
    }
    if (row->carry == Carry::kWrite || row->carry == Carry::kReadWrite) {
        decoder.emit_operand(decoder.write_carry());
    }
    decoder.commit();
}

}  // namespace sptc::ptx
