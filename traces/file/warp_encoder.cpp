#include "traces/file/warp_encoder.hpp"

#include <algorithm>

#include "traces/file/copy_bytes.hpp"
#include "traces/file/run_token.hpp"
#include "traces/file/varint.hpp"

namespace sptc::trace_file {

void WarpEncoder::add(std::uint32_t index, const isa::WarpInstruction& executed) {
    const std::uint32_t mask = executed.active_mask;
    const bool alone = table_->is_twin(index) || table_->is_twin(run_begin_);
    if (run_length_ == 0 || index != run_begin_ + run_length_ || mask != mask_ || alone) {
        end_run();
        run_begin_ = index;
        mask_ = mask;
    }
    ++run_length_;
    if (mask != 0 && table_->payload(index) != Payload::kNone) add_payload(index, executed);
}

void WarpEncoder::end_run() {
    if (run_length_ == 0) return;
    RunLanes lanes = RunLanes::kAsBefore;
    if (mask_ != written_mask_) {
        lanes = mask_ == 0 ? RunLanes::kNone : mask_ == ~0u ? RunLanes::kAll : RunLanes::kGiven;
    }
    const bool jumps = run_begin_ != expected_;
    append_varint(control_, (std::uint64_t{run_length_} << kRunLengthShift) |
                                (jumps ? kRunJumps : 0) | static_cast<std::uint64_t>(lanes));
    if (jumps) append_varint(control_, zigzag(std::uint64_t{run_begin_} - expected_));
    if (lanes == RunLanes::kGiven) append_varint(control_, mask_);
    expected_ = table_->original(run_begin_) + run_length_;
    written_mask_ = mask_;
    run_length_ = 0;
}

void WarpEncoder::add_payload(std::uint32_t index, const isa::WarpInstruction& executed) {
    const isa::Instruction& instruction = (*table_)[index];
    const Payload payload = table_->payload(index);
    if (payload == Payload::kBarrier) {
        append_varint(payload_, executed.barrier);
        append_varint(payload_, executed.barrier_threads);
        return;
    }
    if (payload == Payload::kSleep) {
        append_varint(payload_, executed.sleep_nanoseconds);
        return;
    }
    const std::uint32_t mask = address_lanes(instruction, executed.active_mask);
    if (mask == 0) return;
    AddressHistory* history = &histories_[table_->history(index)];
    if (payload != Payload::kCopy) {
        addresses_.encode(history[0], executed.addresses, mask, 0, payload_);
        return;
    }
    const CopyBytes bytes = copy_bytes(executed.source_bytes, mask, instruction.bytes_per_lane);
    addresses_.encode(history[0], executed.addresses, mask, static_cast<std::uint8_t>(bytes),
                      payload_);
    if (bytes == CopyBytes::kListed) {
        for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
            if ((mask >> lane & 1u) == 0) continue;
            payload_.push_back(static_cast<std::byte>(executed.source_bytes[lane]));
        }
    }
    if (content_ == CtaContent::kTraffic) return;
    LaneAddresses destinations;
    std::copy(executed.shared_addresses.begin(), executed.shared_addresses.end(),
              destinations.begin());
    destinations_.encode(history[1], destinations, mask, 0, payload_);
}

void WarpEncoder::take(SegmentEnd end, std::vector<std::byte>& bytes) {
    end_run();
    append_varint(bytes, control_.size());
    append_varint(bytes, payload_.size());
    bytes.push_back(static_cast<std::byte>(end));
    bytes.insert(bytes.end(), control_.begin(), control_.end());
    bytes.insert(bytes.end(), payload_.begin(), payload_.end());
    control_.clear();
    payload_.clear();
}

}  // namespace sptc::trace_file
