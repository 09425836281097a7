#include "models/sm/l1_cache.hpp"

#include <algorithm>

#include "models/sm/tag_passes.hpp"

namespace sptc::sm {

using base::Cycle;
using base::kNever;

void L1Cache::reset(std::uint32_t bytes) {
    SPTC_ASSERT(input_.empty() && free_fetches_.size() == fetches_.size());
    tags_.reset(bytes);
    statistics_ = {};
}

void L1Cache::push(OperationId id, Cycle now) {
    MemoryOperation& operation = pool_[id];
    SPTC_ASSERT(!operation.lines.empty());
    order_by_tag_pass(spec_.tag_banks, operation.lines);
    operation.lines_looked_up = 0;
    operation.fetches_pending = 0;
    input_.push(id, now);
}

void L1Cache::tick(Cycle now) {
    if (!input_.ready(now) || !path_.can_push()) return;
    const OperationId id = input_.front();
    MemoryOperation& operation = pool_[id];
    if (timeline_ != nullptr) timeline_->tag_pass(id, operation, now);
    const std::uint8_t pass = operation.lines[operation.lines_looked_up].tag_pass;
    while (operation.lines_looked_up < operation.lines.size() &&
           operation.lines[operation.lines_looked_up].tag_pass == pass) {
        look_up(id, operation.lines[operation.lines_looked_up++]);
    }
    if (operation.lines_looked_up < operation.lines.size()) return;
    (void)input_.pop();
    if (operation.fetches_pending == 0) listener_.global_done(id);
}

void L1Cache::look_up(OperationId id, const LineSectors& line) {
    const isa::Instruction& instruction = *pool_[id].instruction;
    if (!isa::uses_l1(instruction.operation, instruction.cache)) {
        request(id, line, line.sector_mask, nullptr);
        return;
    }
    statistics_.load_sectors += count_sectors(line.sector_mask);
    L1Tags::Line* const entry = tags_.access(line.line_address, instruction.cache);
    if (entry == nullptr) {
        request(id, line, line.sector_mask, nullptr);
        return;
    }
    const auto merged = static_cast<std::uint8_t>(line.sector_mask & entry->pending);
    const auto missing =
        static_cast<std::uint8_t>(line.sector_mask & ~(entry->valid | entry->pending));
    statistics_.hit_sectors +=
        count_sectors(static_cast<std::uint8_t>(line.sector_mask & entry->valid));
    statistics_.merged_sectors += count_sectors(merged);
    for (std::uint32_t sector = 0; sector < L1Tags::kSectors; ++sector) {
        if ((merged >> sector & 1u) != 0) join(entry->fetch[sector], id);
    }
    if (missing != 0) request(id, line, missing, entry);
}

void L1Cache::join(L1Tags::FetchId fetch, OperationId id) {
    std::vector<OperationId>& waiting = fetches_[fetch].waiting;
    if (std::find(waiting.begin(), waiting.end(), id) != waiting.end()) return;
    waiting.push_back(id);
    ++pool_[id].fetches_pending;
}

void L1Cache::request(OperationId id, const LineSectors& line, std::uint8_t sector_mask,
                      L1Tags::Line* entry) {
    if (free_fetches_.empty()) {
        free_fetches_.push_back(static_cast<L1Tags::FetchId>(fetches_.size()));
        fetches_.emplace_back();
    }
    const L1Tags::FetchId name = free_fetches_.back();
    free_fetches_.pop_back();
    Fetch& fetch = fetches_[name];
    fetch.waiting.assign(1, id);
    fetch.line = entry;
    fetch.sector_mask = sector_mask;
    ++pool_[id].fetches_pending;
    if (entry != nullptr) {
        entry->pending |= sector_mask;
        for (std::uint32_t sector = 0; sector < L1Tags::kSectors; ++sector) {
            if ((sector_mask >> sector & 1u) != 0) entry->fetch[sector] = name;
        }
    }
    path_.push(line.line_address, sector_mask, line.atomic_steps, pool_[id].instruction->operation,
               name);
}

void L1Cache::answered(L1Tags::FetchId name) {
    Fetch& fetch = fetches_[name];
    path_.answered(count_sectors(fetch.sector_mask));
    if (fetch.line != nullptr) {
        fetch.line->pending &= static_cast<std::uint8_t>(~fetch.sector_mask);
        fetch.line->valid |= fetch.sector_mask;
    }
    free_fetches_.push_back(name);
    for (const OperationId id : fetch.waiting) {
        MemoryOperation& operation = pool_[id];
        SPTC_ASSERT(operation.fetches_pending > 0);
        if (--operation.fetches_pending == 0 &&
            operation.lines_looked_up == operation.lines.size()) {
            listener_.global_done(id);
        }
    }
}

Cycle L1Cache::due(Cycle now) const {
    return !input_.empty() && path_.can_push() ? std::max(input_.due(), now + 1) : kNever;
}

}  // namespace sptc::sm
