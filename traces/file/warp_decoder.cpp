#include "traces/file/warp_decoder.hpp"

#include <limits>

#include "traces/file/copy_bytes.hpp"
#include "traces/file/run_token.hpp"

namespace sptc::trace_file {
namespace {

constexpr std::uint64_t kBarriers = 16;         ///< PTX ISA, bar
constexpr std::uint64_t kThreadsPerCta = 1024;  ///< CUDA programming guide
constexpr std::uint64_t kAllBits = std::numeric_limits<std::uint32_t>::max();

/// No access reaches beyond the end of the address space: the memory system counts on it.
void check_ends(const LaneAddresses& addresses, std::uint32_t mask, std::uint64_t bytes) {
    bool beyond = false;
    for (std::size_t lane = 0; lane < addresses.size(); ++lane) {
        beyond |= (mask >> lane & 1u) != 0 && addresses[lane] > UINT64_MAX - bytes;
    }
    if (beyond) throw Malformed("has an address beyond the end of the address space");
}

}  // namespace

std::size_t segment_bytes(ByteReader& reader) {
    const std::uint64_t control_bytes = reader.varint();
    const std::uint64_t payload_bytes = reader.varint();
    (void)reader.byte();
    (void)reader.bytes(control_bytes);
    (void)reader.bytes(payload_bytes);
    return reader.position();
}

void WarpDecoder::begin(ByteReader& bytes) {
    const std::uint64_t control_bytes = bytes.varint();
    const std::uint64_t payload_bytes = bytes.varint();
    const std::uint8_t end = bytes.byte();
    if (end >= kSegmentEnds) throw Malformed("ends a warp in an unknown way");
    end_ = static_cast<SegmentEnd>(end);
    control_ = ByteReader(bytes.bytes(control_bytes));
    payload_ = ByteReader(bytes.bytes(payload_bytes));
    run_left_ = 0;
    begin_run();
}

void WarpDecoder::begin_run() {
    if (control_.at_end()) {
        if (!payload_.at_end()) throw Malformed("has addresses that belong to no record");
        return;
    }
    const std::uint64_t token = control_.varint();
    std::uint64_t begin = index_;
    if ((token & kRunJumps) != 0) begin += unzigzag(control_.varint());
    const std::uint64_t length = token >> kRunLengthShift;
    if (length == 0 || begin >= table_->size() || length > table_->size() - begin ||
        (length > 1 && table_->is_twin(static_cast<std::size_t>(begin + length - 1)))) {
        throw Malformed("names an instruction that the kernel does not have");
    }
    switch (static_cast<RunLanes>(token & kRunLanesMask)) {
        case RunLanes::kAsBefore:
            break;
        case RunLanes::kNone:
            mask_ = 0;
            break;
        case RunLanes::kAll:
            mask_ = ~0u;
            break;
        case RunLanes::kGiven:
            mask_ = static_cast<std::uint32_t>(control_.varint(kAllBits));
            break;
    }
    index_ = static_cast<std::uint32_t>(begin);
    run_left_ = static_cast<std::uint32_t>(length);
}

void WarpDecoder::next(isa::WarpInstruction& executed) {
    executed.instruction = &(*table_)[index_];
    executed.active_mask = mask_;
    if (mask_ != 0 && table_->payload(index_) != Payload::kNone) read_payload(executed);
    index_ = table_->original(index_) + 1;
    if (--run_left_ == 0) begin_run();
}

void WarpDecoder::read_payload(isa::WarpInstruction& executed) {
    const isa::Instruction& instruction = *executed.instruction;
    const Payload payload = table_->payload(index_);
    if (payload == Payload::kBarrier) {
        executed.barrier = static_cast<std::uint32_t>(payload_.varint(kBarriers - 1));
        executed.barrier_threads = static_cast<std::uint32_t>(payload_.varint(kThreadsPerCta));
        return;
    }
    if (payload == Payload::kSleep) {
        executed.sleep_nanoseconds = static_cast<std::uint32_t>(payload_.varint(kAllBits));
        return;
    }
    const std::uint32_t mask = address_lanes(instruction, executed.active_mask);
    if (mask == 0) return;
    AddressHistory* history = &histories_[table_->history(index_)];
    const std::uint8_t flags = addresses_.decode(history[0], mask, payload_, executed.addresses);
    if (payload != Payload::kCopy) {
        check_ends(executed.addresses, mask, instruction.bytes_per_lane);
        return;
    }
    if (flags > kLastCopyBytes) throw Malformed("gives the bytes of a copy in an unknown way");
    const auto bytes = static_cast<CopyBytes>(flags);
    executed.source_bytes.fill(bytes == CopyBytes::kWhole ? instruction.bytes_per_lane
                                                          : std::uint8_t{0});
    if (bytes == CopyBytes::kListed) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if ((mask >> lane & 1u) == 0) continue;
            executed.source_bytes[lane] = payload_.byte();
            if (executed.source_bytes[lane] > instruction.bytes_per_lane) {
                throw Malformed("copies more bytes than the instruction");
            }
            const std::uint32_t bit = executed.source_bytes[lane] == 0 ? 0 : 1u << lane;
            check_ends(executed.addresses, bit, instruction.bytes_per_lane);
        }
    }
    if (bytes == CopyBytes::kWhole) {
        check_ends(executed.addresses, mask, instruction.bytes_per_lane);
    }
    if (content_ == CtaContent::kTraffic) return;
    LaneAddresses destinations;
    destinations_.decode(history[1], mask, payload_, destinations);
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        executed.shared_addresses[lane] = static_cast<std::uint32_t>(destinations[lane]);
    }
}

}  // namespace sptc::trace_file
