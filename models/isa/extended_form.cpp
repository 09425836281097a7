#include "models/isa/extended_form.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <numeric>
#include <string>

#include "models/base/error.hpp"

namespace sptc::isa {
namespace {

using types::DataType;

constexpr int kBlockBits = 128;  // of a row of A or a column of B in one register of a warp
constexpr int kStepBits = 256;   // of a row of A that a kernel's instruction stores
constexpr int kM = 16;
constexpr int kN = 8;
constexpr int kFirstArchitecture = 80;

/// A form with what it points to.
struct Entry {
    std::string name;
    MetadataFormat metadata;
    MmaForm form;
};

/// All extended forms so far. A deque never moves its entries.
struct Registry {
    std::mutex mutex;
    std::deque<Entry> entries;
};

Registry& registry() {
    static Registry all;
    return all;
}

bool has_types(const ExtendedKey& key) {
    const auto is_byte = [](DataType type) {
        return type == DataType::kS8 || type == DataType::kU8;
    };
    if (is_byte(key.a)) return is_byte(key.b) && key.accumulator == DataType::kS32;
    if (key.a != key.b || key.saturating) return false;
    if (key.a == DataType::kF16 && key.accumulator == DataType::kF16) return true;
    return (key.a == DataType::kF16 || key.a == DataType::kBf16 || key.a == DataType::kTf32) &&
           key.accumulator == DataType::kF32;
}

int b_registers(DataType type, int k_logical) {
    return kN * k_logical * types::bits(type) / (32 * kLanes);
}

void check(const ExtendedKey& key, int k_logical) {
    const auto fail = [&](std::string_view why) {
        throw base::ConfigError(fmt::format(
            "no {}:{} instruction of {} x {} -> {}{} with K = {}: {}", key.pattern->n,
            key.pattern->m, types::name(key.a), types::name(key.b), types::name(key.accumulator),
            key.saturating ? " .satfinite" : "", k_logical, why));
    };
    if (!has_types(key)) {
        fail(
            "expected f16 -> f16 or f32, bf16 or tf32 -> f32, or s8 and u8 in any mix -> s32, the "
            "last also with .satfinite");
    }
    const int step = extended_group_step(*key.pattern, key.a) * key.pattern->m;
    const int most = kMaxExtendedBRegisters * 32 * kLanes / (kN * types::bits(key.a));
    if (k_logical <= 0 || k_logical % step != 0 ||
        b_registers(key.a, k_logical) > kMaxExtendedBRegisters) {
        fail(fmt::format("expected a multiple of {} up to {}", step, most));
    }
}

bool same(const MmaForm& form, const ExtendedKey& key, int k_logical) {
    return form.metadata->pattern == key.pattern && form.metadata->index_format == key.format &&
           form.a == key.a && form.b == key.b && form.d == key.accumulator &&
           form.saturating == key.saturating && form.k_logical == k_logical;
}

}  // namespace

int extended_group_step(const sparsity::Pattern& pattern, DataType a) {
    const int block = kBlockBits / types::bits(a);
    return std::max(block / std::gcd(block, pattern.n), block / std::gcd(block, pattern.m));
}

int extended_k(const sparsity::Pattern& pattern, DataType a) {
    int groups = extended_group_step(pattern, a);
    while (groups * pattern.n * types::bits(a) < kStepBits &&
           b_registers(a, 2 * groups * pattern.m) <= kMaxExtendedBRegisters) {
        groups *= 2;
    }
    return groups * pattern.m;
}

const MmaForm& extended_form(const ExtendedKey& key, int k_logical) {
    check(key, k_logical);
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    for (const Entry& entry : all.entries) {
        if (same(entry.form, key, k_logical)) return entry.form;
    }
    const sparsity::Pattern& pattern = *key.pattern;
    Entry& entry = all.entries.emplace_back();
    entry.name = fmt::format("{} {}", pattern.name, sparsity::name(key.format));
    entry.metadata = {entry.name, &pattern, pattern.m, pattern.n, 1, 0, key.format};
    entry.form = {kM,
                  kN,
                  k_logical,
                  k_logical / pattern.m * pattern.n,
                  key.a,
                  key.b,
                  key.accumulator,
                  key.accumulator,
                  &entry.metadata,
                  key.accumulator == DataType::kS32 ? DotKind::kInteger : DotKind::kFloat,
                  key.saturating,
                  Rounding::kNearestEven,
                  Major::kRow,
                  Major::kColumn,
                  kFirstArchitecture,
                  kEveryLaterArchitecture,
                  static_cast<int>(all.entries.size() - 1)};
    return entry.form;
}

const MmaForm& extended_form(const ExtendedKey& key) {
    return extended_form(key, extended_k(*key.pattern, key.a));
}

const MmaForm& extended_form_at(std::size_t index) {
    Registry& all = registry();
    const std::lock_guard lock(all.mutex);
    return all.entries.at(index).form;
}

}  // namespace sptc::isa
