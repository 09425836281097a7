// Selection and classification: PTX ISA 9.1, selp, slct, testp.
#include "traces/ptx/float_bits.hpp"
#include "traces/ptx/instruction_table.hpp"

namespace sptc::ptx {
namespace {

using isa::Operation;

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

/// a where c is not negative: -0 is not, a NaN counts as negative.
struct SelectBySign {
    template <class T, class Sign>
    T operator()(T a, T b, Sign c) const {
        return c >= Sign{0} ? a : b;
    }
};
struct SelectBySignFlushed {
    template <class T>
    T operator()(T a, T b, float c) const {
        return SelectBySign{}(a, b, flush(c));
    }
};

template <class T>
void add_select(InstructionTable& table, const std::string& type) {
    const auto alu = Operation::kIntegerAlu;
    InstructionRow& row = table.emplace_back();
    row.name = "selp." + type;
    row.pattern = {write_slot<T>(), read_slot<T>(), read_slot<T>(), Slot::kReadPredicate};
    row.handler = select<T>;
    row.operation = alu;
    add_row<SelectBySign, T, T, T, std::int32_t>(table, "slct." + type + ".s32", alu);
    add_row<SelectBySign, T, T, T, float>(table, "slct." + type + ".f32", alu);
    add_row<SelectBySignFlushed, T, T, T, float>(table, "slct.ftz." + type + ".f32", alu);
}

// testp: PTX ISA, "testp". Zero is neither normal nor subnormal.
template <class T>
bool is_infinite(T a) {
    return magnitude_of(a) == infinity_bits<T>();
}
template <class T>
bool is_normal(T a) {
    const auto exponent = static_cast<FloatBits<T>>(magnitude_of(a) & infinity_bits<T>());
    return exponent != 0 && exponent != infinity_bits<T>();
}
template <class T>
bool is_subnormal(T a) {
    return magnitude_of(a) != 0 && (magnitude_of(a) & infinity_bits<T>()) == 0;
}
template <class T>
bool is_finite(T a) {
    return magnitude_of(a) < infinity_bits<T>();
}
template <class T>
bool is_number(T a) {
    return !is_nan(a);
}

template <class T, bool (*kTest)(T)>
void test(Execution& e) {
    const auto& a = register_lanes<T>(e, e.operands[1]);
    write_predicate(e, e.operands[0],
                    collect([&](std::uint32_t lane) { return kTest(unpack<T>(a[lane])); }));
}

template <class T, bool (*kTest)(T)>
void add_test(InstructionTable& table, std::string name, Operation operation) {
    InstructionRow& row = table.emplace_back();
    row.name = std::move(name);
    row.pattern = {Slot::kWritePredicate, read_slot<T>()};
    row.handler = test<T, kTest>;
    row.operation = operation;
}

template <class T>
void add_tests(InstructionTable& table, const std::string& type, Operation operation) {
    add_test<T, is_finite<T>>(table, "testp.finite." + type, operation);
    add_test<T, is_infinite<T>>(table, "testp.infinite." + type, operation);
    add_test<T, is_number<T>>(table, "testp.number." + type, operation);
    add_test<T, is_nan<T>>(table, "testp.notanumber." + type, operation);
    add_test<T, is_normal<T>>(table, "testp.normal." + type, operation);
    add_test<T, is_subnormal<T>>(table, "testp.subnormal." + type, operation);
}

}  // namespace

void add_select_rows(InstructionTable& table) {
    for (const char* type : {"b16", "u16", "s16"}) add_select<std::uint16_t>(table, type);
    for (const char* type : {"b32", "u32", "s32"}) add_select<std::uint32_t>(table, type);
    for (const char* type : {"b64", "u64", "s64"}) add_select<std::uint64_t>(table, type);
    add_select<float>(table, "f32");
    add_select<double>(table, "f64");
    add_tests<float>(table, "f32", Operation::kFloat32);
    add_tests<double>(table, "f64", Operation::kFloat64);
}

}  // namespace sptc::ptx
