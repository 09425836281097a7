#pragma once
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "models/base/random.hpp"
#include "models/isa/instruction_source.hpp"
#include "traces/file/trace_header.hpp"

namespace sptc::test {

/// A kernel of every operation, two instructions each, and two twins, for traces whose records are
/// made up.
class SampleKernel {
  public:
    explicit SampleKernel(std::uint64_t ctas = 3, std::uint32_t threads = 80) {
        shape_.entry = "sample";
        shape_.grid.x = static_cast<std::uint32_t>(ctas);
        shape_.block.x = threads;
        shape_.registers_per_thread = 40;
        shape_.scoreboard_registers = 9;
        for (int round = 0; round < 2; ++round) {
            for (std::size_t i = 0; i < static_cast<std::size_t>(isa::Operation::kCount); ++i) {
                add(static_cast<isa::Operation>(i));
            }
        }
        for (const auto operation : {isa::Operation::kLoadShared, isa::Operation::kLoadParameter}) {
            add(operation);
            originals_.back() = static_cast<std::uint32_t>(isa::Operation::kLoadGlobal);
        }
    }

    [[nodiscard]] const std::vector<isa::Instruction>& instructions() const {
        return instructions_;
    }

    [[nodiscard]] trace_file::TraceHeader header() const {
        trace_file::TraceHeader header;
        header.origin = {
            "sample.ptx", std::string(64, 'a'), "sample.json", std::string(64, '0'), "a100", 108,
            "all"};
        header.shape = shape_;
        for (std::size_t i = 0; i < instructions_.size(); ++i) {
            if (originals_[i] == i) {
                header.instructions.add(instructions_[i], "text of \"it\"");
            } else {
                header.instructions.add_twin(instructions_[i], originals_[i]);
            }
        }
        return header;
    }

    /// Any instruction with any lanes, addresses of several habits.
    [[nodiscard]] isa::WarpInstruction record(base::Random& random) {
        isa::WarpInstruction made;
        // Mostly the next one, as in a program.
        at_ = random.below(8) == 0 ? random.below(static_cast<std::uint32_t>(instructions_.size()))
                                   : (at_ + 1) % static_cast<std::uint32_t>(instructions_.size());
        const isa::Instruction& instruction = instructions_[at_];
        made.instruction = &instruction;
        if (random.below(10) == 0) mask_ = pick_mask(random);
        made.active_mask = mask_;
        fill(random, made.addresses);
        std::array<std::uint64_t, isa::kLanes> shared{};
        fill(random, shared);
        const std::uint32_t bytes = random.below(3);
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            made.shared_addresses[lane] = static_cast<std::uint32_t>(shared[lane]);
            made.source_bytes[lane] =
                bytes == 0 ? instruction.bytes_per_lane
                : bytes == 1
                    ? std::uint8_t{0}
                    : static_cast<std::uint8_t>(random.below(instruction.bytes_per_lane + 1u));
        }
        made.barrier = random.below(16);
        made.barrier_threads = 32 * random.below(33);
        made.sleep_nanoseconds = static_cast<std::uint32_t>(random.bits());
        return made;
    }

  private:
    void add(isa::Operation operation) {
        isa::Instruction instruction;
        instruction.operation = operation;
        instruction.line = static_cast<std::uint32_t>(10 * instructions_.size());
        if (isa::is_memory(operation)) {
            instruction.bytes_per_lane = instructions_.size() < 24 ? 16 : 4;
            instruction.address_reads = kAddress;
        }
        if (operation == isa::Operation::kLoadMatrix) instruction.matrices = 2;
        if (operation == isa::Operation::kMma) {
            instruction.mma = &isa::mma_forms()[instructions_.size() % isa::mma_forms().size()];
            instruction.metadata_ordering = isa::MetadataOrdering::kAny;
        }
        instruction.pending_groups = operation == isa::Operation::kAsyncWait ? 3 : 0;
        instruction.reads = kReads;
        instruction.writes = kWrites;
        instructions_.push_back(instruction);
        originals_.push_back(static_cast<std::uint32_t>(originals_.size()));
    }

    static std::uint32_t pick_mask(base::Random& random) {
        switch (random.below(4)) {
            case 0:
                return 0;
            case 1:
                return ~0u;
            case 2:
                return 1u << random.below(32);
            default:
                return static_cast<std::uint32_t>(random.bits());
        }
    }

    static void fill(base::Random& random, std::array<std::uint64_t, isa::kLanes>& addresses) {
        const std::uint64_t base = random.below(2) == 0 ? random.bits() : 4096u * random.below(64);
        const std::uint64_t stride = 4u * random.below(8);
        const std::uint32_t habit = random.below(4);
        for (std::size_t lane = 0; lane < addresses.size(); ++lane) {
            addresses[lane] = habit == 0   ? random.bits()
                              : habit == 1 ? base + lane / 8 * 1024 + lane % 8 * 16
                                           : base + stride * lane;
        }
    }

    static constexpr std::array<isa::RegisterId, 3> kReads{1, 2, 7};
    static constexpr std::array<isa::RegisterId, 1> kAddress{2};
    static constexpr std::array<isa::RegisterId, 2> kWrites{0, 8};

    isa::KernelShape shape_;
    std::vector<isa::Instruction> instructions_;
    std::vector<std::uint32_t> originals_;  ///< themselves, but for twins
    std::uint32_t at_ = 0;
    std::uint32_t mask_ = ~0u;
};

/// Is what a record carries the same in both?
[[nodiscard]] inline bool same_record(const isa::WarpInstruction& a,
                                      const isa::WarpInstruction& b) {
    if (a.active_mask != b.active_mask) return false;
    const isa::Instruction& instruction = *a.instruction;
    const trace_file::Payload payload = trace_file::payload_of(instruction);
    if (payload == trace_file::Payload::kNone || a.active_mask == 0) return true;
    if (payload == trace_file::Payload::kBarrier) {
        return a.barrier == b.barrier && a.barrier_threads == b.barrier_threads;
    }
    if (payload == trace_file::Payload::kSleep) {
        return a.sleep_nanoseconds == b.sleep_nanoseconds;
    }
    const std::uint32_t lanes = trace_file::address_lanes(instruction, a.active_mask);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        if ((lanes >> lane & 1u) == 0) continue;
        if (a.addresses[lane] != b.addresses[lane]) return false;
        if (payload != trace_file::Payload::kCopy) continue;
        if (a.shared_addresses[lane] != b.shared_addresses[lane]) return false;
        if (a.source_bytes[lane] != b.source_bytes[lane]) return false;
    }
    return true;
}

}  // namespace sptc::test
