#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "traces/launch/launch.hpp"
#include "traces/ptx/program.hpp"
#include "traces/ptx/register_ids.hpp"

namespace sptc::ptx {

/// Some of the buffers of a launch, as bits.
using BufferSet = std::vector<bool>;

/// The weightiest cause of a value: a rank into the sorted causes, or none.
using Rank = std::uint32_t;
constexpr Rank kExactRank = UINT32_MAX;

/// What is known of a register or a memory.
struct Flow {
    Rank rank = kExactRank;
    BufferSet points;  ///< buffers that it may hold an address of
};

/// Where the buffers' addresses stand in the parameters.
struct PointerParameter {
    std::uint32_t begin = 0;  ///< 8 bytes
    std::size_t buffer = 0;
};

/// What flows through the registers, shared and local memory and the buffers of a launch,
/// regardless of order: which buffers an address may point into, and the weightiest cause of a
/// value.
class BufferFlow {
  public:
    BufferFlow(const Program& program, const launch::KernelLaunch& launch,
               const std::vector<launch::Buffer>& buffers);

    /// `ranks`: by op, and of each buffer's content before the launch.
    void run(const std::vector<Rank>& ops, const std::vector<Rank>& contents);

    [[nodiscard]] Rank content(std::size_t buffer) const { return memories_[buffer].rank; }

    /// After run(): the buffers that an access to global memory may meet, all of them where the
    /// address comes from no argument.
    [[nodiscard]] const BufferSet& targets(std::uint32_t op) const { return targets_[op]; }

  private:
    [[nodiscard]] BufferSet targets(const Address& address) const;
    /// What a register points to: as written last in this block, else as written anywhere.
    [[nodiscard]] const BufferSet& points(std::size_t id) const {
        return written_in_[id] == block_ ? written_[id] : registers_[id].points;
    }
    void find_blocks();
    void find_pointers(const launch::KernelLaunch& launch);

    [[nodiscard]] std::size_t index_of(const std::string& name) const;

    void raise(Flow& flow, Rank rank);
    void raise(Flow& flow, const Flow& from);

    /// What a parameter load gives.
    [[nodiscard]] BufferSet parameter_buffers(const Op& op) const;

    void read_memory(std::uint32_t i, Flow& value);

    void write_memory(std::uint32_t i, const Flow& value);

    void transfer(std::uint32_t i);

    const Program& program_;
    RegisterIds ids_;
    const std::vector<launch::Buffer>& buffers_;
    std::vector<PointerParameter> pointers_;
    const std::vector<Rank>* ranks_ = nullptr;
    std::vector<Flow> registers_;
    std::vector<bool> begins_block_;         ///< by op
    std::uint32_t block_ = 0;                ///< counts blocks over all passes, from 1
    std::vector<std::uint32_t> written_in_;  ///< by register: the block that wrote it last
    std::vector<BufferSet> written_;         ///< what it points to there
    std::vector<BufferSet> targets_;         ///< by op
    std::vector<Flow> memories_;             ///< by buffer
    Flow shared_, local_, barrier_;
    Rank branches_ = kExactRank;  ///< of what decides a branch
    bool changed_ = false;
};

}  // namespace sptc::ptx
