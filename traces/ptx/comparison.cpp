// Comparisons: PTX ISA 9.1, setp and set.
#include "traces/ptx/comparison.hpp"

#include <unordered_map>

#include "traces/ptx/float_bits.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

/// How a source is read from its register: as it is, or the f16 in either half widened to f32.
template <class T>
struct Whole {
    using Register = T;
    static T read(Container<T> raw) { return unpack<T>(raw); }
};
template <int kShift>
struct HalfAt {
    using Register = std::uint32_t;
    static float read(std::uint32_t raw) {
        return widen_to_f32(Half{static_cast<std::uint16_t>(raw >> kShift)});
    }
};
template <class Source>
struct Flushed {
    using Register = typename Source::Register;
    static auto read(Container<Register> raw) { return flush(Source::read(raw)); }
};
/// Half the smallest normal f16 is normal in f32: f16 is flushed by its own limit.
template <int kShift>
struct FlushedHalfAt {
    using Register = std::uint32_t;
    static float read(std::uint32_t raw) {
        return widen_to_f32(flush(Half{static_cast<std::uint16_t>(raw >> kShift)}));
    }
};

template <class T>
bool is_unordered(T a, T b) {
    return a != a || b != b;
}

// Ordered comparisons are false when a source is NaN; the ...u forms are true.
struct Equal {
    template <class T>
    bool operator()(T a, T b) const {
        return a == b;
    }
};
struct NotEqual {
    template <class T>
    bool operator()(T a, T b) const {
        return a != b && !is_unordered(a, b);
    }
};
struct Less {
    template <class T>
    bool operator()(T a, T b) const {
        return a < b;
    }
};
struct LessEqual {
    template <class T>
    bool operator()(T a, T b) const {
        return a <= b;
    }
};
struct Greater {
    template <class T>
    bool operator()(T a, T b) const {
        return a > b;
    }
};
struct GreaterEqual {
    template <class T>
    bool operator()(T a, T b) const {
        return a >= b;
    }
};
template <class Ordered>
struct OrUnordered {
    template <class T>
    bool operator()(T a, T b) const {
        return Ordered{}(a, b) || is_unordered(a, b);
    }
};
struct BothNumbers {
    template <class T>
    bool operator()(T a, T b) const {
        return !is_unordered(a, b);
    }
};
struct AnyNan {
    template <class T>
    bool operator()(T a, T b) const {
        return is_unordered(a, b);
    }
};

template <class Source, class Compare>
std::uint32_t holds(const Execution& e, std::int32_t first, std::int32_t second) {
    using Register = typename Source::Register;
    const auto& a = register_lanes<Register>(e, first);
    const auto& b = register_lanes<Register>(e, second);
    return collect([&](std::uint32_t lane) {
        return Compare{}(Source::read(a[lane]), Source::read(b[lane]));
    });
}

/// The comparisons of one type. `Low` reads the only source; f16x2 also has `High`.
template <class Low, class High>
class Rows {
  public:
    Rows(std::vector<Comparison>& rows, std::string suffix, Slot slot, Operation operation)
        : rows_(rows), suffix_(std::move(suffix)), slot_(slot), operation_(operation) {}

    template <class Compare>
    void add(std::string_view compare) {
        Comparison row{std::string(compare) + "." + suffix_, slot_, holds<Low, Compare>, nullptr,
                       operation_};
        if constexpr (!std::is_void_v<High>) row.holds_high = holds<High, Compare>;
        rows_.push_back(std::move(row));
    }
    void equality() {
        add<Equal>("eq");
        add<NotEqual>("ne");
    }
    void order() {
        equality();
        add<Less>("lt");
        add<LessEqual>("le");
        add<Greater>("gt");
        add<GreaterEqual>("ge");
    }
    void unsigned_order() {
        order();
        add<Less>("lo");
        add<LessEqual>("ls");
        add<Greater>("hi");
        add<GreaterEqual>("hs");
    }
    void real() {
        order();
        add<OrUnordered<Equal>>("equ");
        add<OrUnordered<NotEqual>>("neu");
        add<OrUnordered<Less>>("ltu");
        add<OrUnordered<LessEqual>>("leu");
        add<OrUnordered<Greater>>("gtu");
        add<OrUnordered<GreaterEqual>>("geu");
        add<BothNumbers>("num");
        add<AnyNan>("nan");
    }

  private:
    std::vector<Comparison>& rows_;
    std::string suffix_;
    Slot slot_;
    Operation operation_;
};

template <class T>
using Integers = Rows<Whole<T>, void>;

std::vector<Comparison> build() {
    std::vector<Comparison> rows;
    const auto alu = Operation::kIntegerAlu;
    using enum Slot;
    Integers<std::uint16_t>(rows, "b16", kRead16, alu).equality();
    Integers<std::uint32_t>(rows, "b32", kRead32, alu).equality();
    Integers<std::uint64_t>(rows, "b64", kRead64, alu).equality();
    Integers<std::uint16_t>(rows, "u16", kRead16, alu).unsigned_order();
    Integers<std::uint32_t>(rows, "u32", kRead32, alu).unsigned_order();
    Integers<std::uint64_t>(rows, "u64", kRead64, alu).unsigned_order();
    Integers<std::int16_t>(rows, "s16", kRead16, alu).order();
    Integers<std::int32_t>(rows, "s32", kRead32, alu).order();
    Integers<std::int64_t>(rows, "s64", kRead64, alu).order();
    const auto f32 = Operation::kFloat32;
    const auto f16 = Operation::kFloat16;
    Rows<Whole<float>, void>(rows, "f32", kReadF32, f32).real();
    Rows<Flushed<Whole<float>>, void>(rows, "ftz.f32", kReadF32, f32).real();
    Rows<Whole<double>, void>(rows, "f64", kReadF64, Operation::kFloat64).real();
    Rows<HalfAt<0>, void>(rows, "f16", kRead16, f16).real();
    Rows<FlushedHalfAt<0>, void>(rows, "ftz.f16", kRead16, f16).real();
    Rows<HalfAt<0>, HalfAt<16>>(rows, "f16x2", kRead32, f16).real();
    Rows<FlushedHalfAt<0>, FlushedHalfAt<16>>(rows, "ftz.f16x2", kRead32, f16).real();
    return rows;
}

}  // namespace

std::span<const Comparison> comparisons() {
    static const std::vector<Comparison> rows = build();
    return rows;
}

std::int32_t find_comparison(std::string_view compare, bool flush, std::string_view type) {
    static const auto index = [] {
        std::unordered_map<std::string, std::int32_t> by_name;
        for (const Comparison& row : comparisons()) {
            by_name.emplace(row.name, static_cast<std::int32_t>(by_name.size()));
        }
        return by_name;
    }();
    const auto found =
        index.find(std::string(compare) + (flush ? ".ftz." : ".") + std::string(type));
    return found == index.end() ? -1 : found->second;
}

}  // namespace sptc::ptx
