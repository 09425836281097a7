#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/isa/instruction.hpp"

namespace sptc::trace_file {

/// How much of a CTA a trace holds.
enum class CtaContent : std::uint8_t {
    kWhole,   ///< every warp instruction
    kTraffic  ///< the global instructions that its memory traffic was asked for, and of cp.async
              ///< no destinations, because nothing computed them
};

/// What a record of the trace carries beside the index of its instruction and the active lanes.
enum class Payload : std::uint8_t {
    kNone,
    kAddresses,   ///< one address of each active lane
    kMatrixRows,  ///< ldmatrix: the row addresses, whichever lanes are active
    kCopy,        ///< cp.async: source, destination and source bytes of each active lane
    kBarrier,     ///< which barrier and how many threads
    kSleep        ///< nanoseconds
};

[[nodiscard]] Payload payload_of(const isa::Instruction& instruction);

/// The lanes whose addresses a record carries; 0 when no lane was active.
[[nodiscard]] std::uint32_t address_lanes(const isa::Instruction& instruction,
                                          std::uint32_t active_mask);

/// The static instructions of a kernel, with the registers that they view.
class InstructionTable {
  public:
    InstructionTable() = default;
    InstructionTable(InstructionTable&&) = default;
    InstructionTable& operator=(InstructionTable&&) = default;

    /// Copies an instruction with its register lists; `text` is its PTX opcode.
    void add(const isa::Instruction& instruction, std::string text);
    /// Adds what the execution of instruction `original` may show instead of it: a generic access
    /// that does not meet global memory. It stands behind all instructions of the program.
    void add_twin(const isa::Instruction& twin, std::uint32_t original);

    [[nodiscard]] std::size_t size() const { return instructions_.size(); }
    [[nodiscard]] const isa::Instruction& operator[](std::size_t index) const {
        return instructions_[index];
    }
    /// What is seen before execution: the instruction itself, or the one whose twin it is.
    [[nodiscard]] std::uint32_t original(std::size_t index) const { return originals_[index]; }
    [[nodiscard]] bool is_twin(std::size_t index) const { return originals_[index] != index; }
    [[nodiscard]] const std::string& text(std::size_t index) const { return texts_[index]; }
    [[nodiscard]] Payload payload(std::size_t index) const { return payloads_[index]; }

    /// Instructions with addresses keep a history of them in each warp: here is the first of theirs
    /// among history_count(); cp.async has two, for source and destination.
    [[nodiscard]] std::uint32_t history(std::size_t index) const { return histories_[index]; }
    [[nodiscard]] std::uint32_t history_count() const { return history_count_; }

  private:
    [[nodiscard]] std::span<const isa::RegisterId> copy(std::span<const isa::RegisterId> list);

    std::vector<isa::Instruction> instructions_;
    std::vector<std::string> texts_;
    std::vector<std::uint32_t> originals_;
    std::vector<Payload> payloads_;
    std::vector<std::uint32_t> histories_;
    std::uint32_t history_count_ = 0;
    std::vector<std::unique_ptr<isa::RegisterId[]>> lists_;
};

}  // namespace sptc::trace_file
