// Comparison and selection: PTX ISA 9.1, setp and selp.
#include "traces/ptx/compare_rows.hpp"

#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

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

/// Operands: p, q or -1, a, b, c or -1. p = (a cmp b) op c; q = !(a cmp b) op c.
template <class T, class Compare>
void set_predicate(Execution& e) {
    const auto& a = register_lanes<T>(e, e.operands[2]);
    const auto& b = register_lanes<T>(e, e.operands[3]);
    const std::uint32_t holds = collect(
        [&](std::uint32_t lane) { return Compare{}(unpack<T>(a[lane]), unpack<T>(b[lane])); });
    const std::int32_t third = e.operands[4];
    std::uint32_t c = third >= 0 ? e.predicates[third] : 0;
    if ((e.op.modifier & kNegateThird) != 0) c = ~c;
    const auto combine = [&](std::uint32_t value) {
        switch (static_cast<Combine>(e.op.modifier & ~kNegateThird)) {
            case Combine::kAnd:
                return value & c;
            case Combine::kOr:
                return value | c;
            case Combine::kXor:
                return value ^ c;
            case Combine::kNone:
                break;
        }
        return value;
    };
    if (e.operands[1] >= 0) write_predicate(e, e.operands[1], combine(~holds));
    write_predicate(e, e.operands[0], combine(holds));
}

template <class T, class Compare>
void add_compare(InstructionTable& table, std::string_view compare, std::string_view type,
                 Operation operation) {
    table.push_back({"setp." + std::string(compare) + "." + std::string(type),
                     {Slot::kWritePredicate, read_slot<T>(), read_slot<T>()},
                     set_predicate<T, Compare>,
                     operation,
                     0});
}

template <class T>
void add_equality(InstructionTable& table, std::string_view type, Operation operation) {
    add_compare<T, Equal>(table, "eq", type, operation);
    add_compare<T, NotEqual>(table, "ne", type, operation);
}

template <class T>
void add_order(InstructionTable& table, std::string_view type, Operation operation) {
    add_equality<T>(table, type, operation);
    add_compare<T, Less>(table, "lt", type, operation);
    add_compare<T, LessEqual>(table, "le", type, operation);
    add_compare<T, Greater>(table, "gt", type, operation);
    add_compare<T, GreaterEqual>(table, "ge", type, operation);
}

template <class T>
void add_unsigned(InstructionTable& table, std::string_view type) {
    add_order<T>(table, type, Operation::kIntegerAlu);
    add_compare<T, Less>(table, "lo", type, Operation::kIntegerAlu);
    add_compare<T, LessEqual>(table, "ls", type, Operation::kIntegerAlu);
    add_compare<T, Greater>(table, "hi", type, Operation::kIntegerAlu);
    add_compare<T, GreaterEqual>(table, "hs", type, Operation::kIntegerAlu);
}

template <class T>
void add_real(InstructionTable& table, std::string_view type, Operation operation) {
    add_order<T>(table, type, operation);
    add_compare<T, OrUnordered<Equal>>(table, "equ", type, operation);
    add_compare<T, OrUnordered<NotEqual>>(table, "neu", type, operation);
    add_compare<T, OrUnordered<Less>>(table, "ltu", type, operation);
    add_compare<T, OrUnordered<LessEqual>>(table, "leu", type, operation);
    add_compare<T, OrUnordered<Greater>>(table, "gtu", type, operation);
    add_compare<T, OrUnordered<GreaterEqual>>(table, "geu", type, operation);
    add_compare<T, BothNumbers>(table, "num", type, operation);
    add_compare<T, AnyNan>(table, "nan", type, operation);
}

/// Operands: d, a, b, p.
template <class T>
void select(Execution& e) {
    const auto& a = register_lanes<T>(e, e.operands[1]);
    const auto& b = register_lanes<T>(e, e.operands[2]);
    const auto first = spread<Container<T>>(e.predicates[e.operands[3]]);
    Lanes<T> out;
    for (std::size_t lane = 0; lane < isa::kLanes; ++lane) {
        out[lane] = (a[lane] & first[lane]) | (b[lane] & ~first[lane]);
    }
    write_lanes(register_lanes<T>(e, e.operands[0]), out, e.mask);
}

template <class T>
void add_select(InstructionTable& table, std::string_view type) {
    table.push_back({"selp." + std::string(type),
                     {write_slot<T>(), read_slot<T>(), read_slot<T>(), Slot::kReadPredicate},
                     select<T>,
                     Operation::kIntegerAlu,
                     0});
}

}  // namespace

void add_compare_rows(InstructionTable& table) {
    add_unsigned<std::uint16_t>(table, "u16");
    add_unsigned<std::uint32_t>(table, "u32");
    add_unsigned<std::uint64_t>(table, "u64");
    add_order<std::int16_t>(table, "s16", Operation::kIntegerAlu);
    add_order<std::int32_t>(table, "s32", Operation::kIntegerAlu);
    add_order<std::int64_t>(table, "s64", Operation::kIntegerAlu);
    add_equality<std::uint16_t>(table, "b16", Operation::kIntegerAlu);
    add_equality<std::uint32_t>(table, "b32", Operation::kIntegerAlu);
    add_equality<std::uint64_t>(table, "b64", Operation::kIntegerAlu);
    add_real<float>(table, "f32", Operation::kFloat32);
    add_real<double>(table, "f64", Operation::kFloat64);
    for (std::string_view type : {"b16", "u16", "s16"}) add_select<std::uint16_t>(table, type);
    for (std::string_view type : {"b32", "u32", "s32"}) add_select<std::uint32_t>(table, type);
    for (std::string_view type : {"b64", "u64", "s64"}) add_select<std::uint64_t>(table, type);
    add_select<float>(table, "f32");
    add_select<double>(table, "f64");
}

}  // namespace sptc::ptx
