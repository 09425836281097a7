// wmma: every shape, type and layout against a host product of small integers, from global and from
// shared memory. The texts of cases are accepted by ptxas (tests/property/ptxas_test.cpp).
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "tests/support/encode.hpp"
#include "tests/support/ptx_run.hpp"
#include "tests/support/reference_mma.hpp"

using namespace sptc;
using enum types::DataType;
using isa::Operation;
using types::DataType;

namespace {

/// One wmma kernel: load A, B, C, multiply, store D.
struct Case {
    int m, n, k;
    DataType a;  ///< and B
    DataType c;
    DataType d;
    std::array<bool, 4> by_rows{true, false, true, true};  ///< A, B, C, D
    bool shared = false;
    bool padded = false;    ///< lines longer than the matrix, else no stride is named
    std::string name_bits;  ///< ".xor.popc" of b1
    bool d_in_a = false;    ///< D is written to the registers that hold A

    [[nodiscard]] std::string shape() const { return fmt::format("m{}n{}k{}", m, n, k); }
};

struct Extent {
    int rows, columns;
};

Extent extent_of(const Case& c, int matrix) {
    if (matrix == 0) return {c.m, c.k};
    if (matrix == 1) return {c.k, c.n};
    return {c.m, c.n};
}

DataType type_of(const Case& c, int matrix) { return matrix < 2 ? c.a : matrix == 2 ? c.c : c.d; }

/// Elements from one line to the next.
int stride_of(const Case& c, int matrix) {
    const auto [rows, columns] = extent_of(c, matrix);
    const int length = c.by_rows[static_cast<std::size_t>(matrix)] ? columns : rows;
    return length + (c.padded ? 256 / types::bits(type_of(c, matrix)) : 0);
}

int bytes_of(const Case& c, int matrix) {
    const auto [rows, columns] = extent_of(c, matrix);
    const int lines = c.by_rows[static_cast<std::size_t>(matrix)] ? rows : columns;
    return (lines * stride_of(c, matrix) * types::bits(type_of(c, matrix)) + 127) / 128 * 16;
}

/// PTX ISA: registers of a fragment.
int registers_of(const Case& c, int matrix) {
    const auto [rows, columns] = extent_of(c, matrix);
    const DataType type = type_of(c, matrix);
    if (type == kF16 && matrix < 2) return 8;
    const int bits = rows * columns * types::bits(type) / 32;
    return type == kF64 ? bits / 64 : bits / 32;
}

std::string list(const Case& c, int matrix) {
    const std::string prefix = std::string("%") + "abcd"[matrix == 3 && c.d_in_a ? 0 : matrix] +
                               (type_of(c, matrix) == kF64 ? "d" : "");
    std::string text = "{";
    for (int i = 0; i < registers_of(c, matrix); ++i) {
        text += fmt::format("{}{}{}", i == 0 ? "" : ", ", prefix, i);
    }
    return text + "}";
}

/// Copies `bytes` between buffer `matrix` and its place in shared memory, 4 bytes a lane.
std::string copy(int matrix, int place, int bytes, bool into_shared) {
    return fmt::format(
        R"(
    mul.lo.u32 %i, %lane, 4;
copy{0}:
    cvt.u64.u32 %offset, %i;
    add.u64 %from, %p{0}, %offset;
    add.u32 %s, %shared, %i;
    {3}
    add.u32 %i, %i, 128;
    setp.lt.u32 %more, %i, {2};
    setp.lt.u32 %q, %lane, 32;
    @%more bra copy{0};
    bar.sync 0;
)",
        matrix, place, bytes,
        into_shared ? fmt::format("ld.global.u32 %v, [%from]; st.shared.u32 [%s+{}], %v;", place)
                    : fmt::format("ld.shared.u32 %v, [%s+{}]; st.global.u32 [%from], %v;", place));
}

std::string kernel(const Case& c) {
    std::string text =
        std::string(test::kPtxHeader) + R"(.visible .entry k(.param .u64 a, .param .u64 b,
    .param .u64 c, .param .u64 d)
{
    .reg .pred %more, %q;
    .reg .b32 %a<8>, %b<8>, %c<8>, %d<8>, %i, %s, %v, %lane, %shared;
    .reg .b64 %ad<8>, %bd<8>, %cd<8>, %dd<8>, %p<4>, %from, %offset;
    .shared .align 32 .b8 memory[32768];
    mov.u32 %lane, %tid.x;
    mov.u32 %shared, memory;
    ld.param.u64 %p0, [a];
    ld.param.u64 %p1, [b];
    ld.param.u64 %p2, [c];
    ld.param.u64 %p3, [d];
)";
    constexpr int kPlace = 8192;  // bytes of shared memory for each matrix
    const std::string space = c.shared ? "shared" : "global";
    const auto address = [&](int matrix) {
        return c.shared ? fmt::format("[%shared+{}]", kPlace * matrix)
                        : fmt::format("[%p{}]", matrix);
    };
    const auto stride = [&](int matrix) {
        return c.padded ? fmt::format(", {}", stride_of(c, matrix)) : std::string();
    };
    const auto layout = [&](int matrix) {
        return c.by_rows[static_cast<std::size_t>(matrix)] ? "row" : "col";
    };
    for (int matrix = 0; matrix < 3 && c.shared; ++matrix) {
        text += copy(matrix, kPlace * matrix, bytes_of(c, matrix), true);
    }
    for (int matrix = 0; matrix < 3; ++matrix) {
        text += fmt::format("    wmma.load.{}.sync.aligned.{}.{}.{}.{} {}, {}{};\n", "abc"[matrix],
                            layout(matrix), c.shape(), space, types::name(type_of(c, matrix)),
                            list(c, matrix), address(matrix), stride(matrix));
    }
    const std::string types = c.a == kF16
                                  ? fmt::format("{}.{}", types::name(c.d), types::name(c.c))
                                  : fmt::format("{}.{}.{}.{}", types::name(c.d), types::name(c.a),
                                                types::name(c.a), types::name(c.c));
    text += fmt::format("    wmma.mma{}.sync.aligned.{}.{}.{}.{} {}, {}, {}, {};\n", c.name_bits,
                        layout(0), layout(1), c.shape(), types, list(c, 3), list(c, 0), list(c, 1),
                        list(c, 2));
    text += fmt::format("    wmma.store.d.sync.aligned.{}.{}.{}.{} {}, {}{};\n", layout(3),
                        c.shape(), space, types::name(c.d), address(3), list(c, 3), stride(3));
    if (c.shared) {
        text += "    bar.sync 0;\n" + copy(3, kPlace * 3, bytes_of(c, 3), false);
    }
    return text + "    ret;\n}\n";
}

/// Matrices as numbers, row after row.
using Numbers = std::vector<double>;

Numbers random_numbers(base::Random& random, const Case& c, int matrix) {
    const auto [rows, columns] = extent_of(c, matrix);
    Numbers numbers(static_cast<std::size_t>(rows * columns));
    for (double& number : numbers) {
        const DataType type = type_of(c, matrix);
        const bool unsigned_type = type == kU8 || type == kU4;
        number = type == kB1 ? random.below(2) : random.below(7) - (unsigned_type ? 0 : 3.0);
    }
    return numbers;
}

/// Bit offset of an element in memory.
std::size_t bit_of(const Case& c, int matrix, int row, int column) {
    const bool by_rows = c.by_rows[static_cast<std::size_t>(matrix)];
    const int line = by_rows ? row : column;
    const int offset = by_rows ? column : row;
    return static_cast<std::size_t>((line * stride_of(c, matrix) + offset) *
                                    types::bits(type_of(c, matrix)));
}

std::vector<std::uint8_t> to_memory(const Case& c, int matrix, const Numbers& numbers) {
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(bytes_of(c, matrix)));
    const auto [rows, columns] = extent_of(c, matrix);
    const DataType type = type_of(c, matrix);
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column) {
            const double number = numbers[static_cast<std::size_t>(row * columns + column)];
            const std::uint64_t code = test::encode(type, number);
            const std::size_t at = bit_of(c, matrix, row, column);
            for (std::size_t bit = 0; bit < static_cast<std::size_t>(types::bits(type)); ++bit) {
                if ((code >> bit & 1) == 0) continue;
                bytes[(at + bit) / 8] |= static_cast<std::uint8_t>(1u << ((at + bit) % 8));
            }
        }
    }
    return bytes;
}

Numbers product(const Case& c, const Numbers& a, const Numbers& b, const Numbers& sum) {
    Numbers d = sum;
    for (int row = 0; row < c.m; ++row) {
        for (int column = 0; column < c.n; ++column) {
            for (int k = 0; k < c.k; ++k) {
                const double left = a[static_cast<std::size_t>(row * c.k + k)];
                const double right = b[static_cast<std::size_t>(k * c.n + column)];
                const double term =
                    c.name_bits == ".xor.popc" ? double(left != right) : left * right;
                d[static_cast<std::size_t>(row * c.n + column)] += term;
            }
        }
    }
    return d;
}

/// f64 beside the reference, which takes registers of 32 bits.
void multiply(const isa::Instruction& instruction, const isa::MmaOperands& operands) {
    static const test::ReferenceMma reference(isa::find_architecture("sm_80"));
    const isa::MmaForm& form = *instruction.mma;
    if (form.dot != isa::DotKind::kF64) return reference(instruction, operands);
    const auto lane_of = [](std::size_t quad, std::size_t place) { return 4 * quad + place; };
    for (std::size_t lane = 0; lane < 32; ++lane) {
        for (std::size_t i = 0; i < 2; ++i) {
            double sum = std::bit_cast<double>((*operands.f64.c[i])[lane]);
            for (std::size_t k = 0; k < 4; ++k) {
                const std::size_t column = 2 * (lane % 4) + i;
                sum += std::bit_cast<double>((*operands.f64.a[0])[lane_of(lane / 4, k)]) *
                       std::bit_cast<double>((*operands.f64.b[0])[lane_of(column, k)]);
            }
            (*operands.f64.d[i])[lane] = std::bit_cast<std::uint64_t>(sum);
        }
    }
}

void check(const Case& c) {
    const std::string text = kernel(c);
    CAPTURE(text);
    base::Random random(7);
    std::array<Numbers, 3> sources;
    test::KernelRun run(text);
    for (int matrix = 0; matrix < 3; ++matrix) {
        sources[static_cast<std::size_t>(matrix)] = random_numbers(random, c, matrix);
        run.buffer(std::string(1, "abc"[matrix]),
                   to_memory(c, matrix, sources[static_cast<std::size_t>(matrix)]));
    }
    run.output("d", static_cast<std::uint64_t>(bytes_of(c, 3)));
    run.options.mma = multiply;
    run.run();
    CHECK(run.content<std::uint8_t>("d") ==
          to_memory(c, 3, product(c, sources[0], sources[1], sources[2])));
}

/// Both layouts of every matrix, both spaces, with and without a stride.
void check_layouts(Case c, bool free_layouts = true) {
    for (unsigned choice = 0; choice < 64; ++choice) {
        const auto flag = [choice](unsigned bit) { return (choice >> bit & 1) != 0; };
        if (!free_layouts && (flag(0) || flag(1))) continue;
        c.by_rows = {!flag(0), flag(1), !flag(2), !flag(3)};
        c.shared = flag(4);
        c.padded = flag(5);
        check(c);
    }
}

/// The operations of a kernel, the ones that are counted.
std::array<int, static_cast<std::size_t>(Operation::kCount)> operations(const Case& c) {
    std::array<int, static_cast<std::size_t>(Operation::kCount)> counts{};
    test::KernelRun run(kernel(c));
    for (int matrix = 0; matrix < 4; ++matrix) {
        run.output(std::string(1, "abcd"[matrix]), static_cast<std::uint64_t>(bytes_of(c, matrix)));
    }
    run.values = launch::Values::kOff;
    run.options.observer = [&](std::uint64_t, std::uint32_t, const isa::WarpInstruction& done) {
        ++counts[static_cast<std::size_t>(done.instruction->operation)];
    };
    run.run();
    return counts;
}

}  // namespace

TEST_CASE("wmma: f16 in its three shapes, with sums of f32, f16 and both") {
    for (const auto& [m, n] : {std::pair{16, 16}, {32, 8}, {8, 32}}) {
        check_layouts({m, n, 16, kF16, kF32, kF32, {}, false, false, ""});
        check_layouts({m, n, 16, kF16, kF16, kF16, {}, false, false, ""});
        check({m, n, 16, kF16, kF16, kF32, {true, true, false, true}, true, true, ""});
        check({m, n, 16, kF16, kF32, kF16, {false, true, true, false}, false, true, ""});
    }
}

TEST_CASE("wmma: bf16, s8 and u8 in their three shapes") {
    for (const auto& [m, n] : {std::pair{16, 16}, {32, 8}, {8, 32}}) {
        check_layouts({m, n, 16, kBf16, kF32, kF32, {}, false, false, ""});
        check_layouts({m, n, 16, kS8, kS32, kS32, {}, false, false, ""});
        check_layouts({m, n, 16, kU8, kS32, kS32, {}, false, false, ""});
    }
}

TEST_CASE("wmma: tf32, f64, s4, u4 and b1 in their one shape") {
    check_layouts({16, 16, 8, kTf32, kF32, kF32, {}, false, false, ""});
    check_layouts({8, 8, 4, kF64, kF64, kF64, {}, false, false, ""});
    check_layouts({8, 8, 32, kS4, kS32, kS32, {}, false, false, ""}, false);
    check_layouts({8, 8, 32, kU4, kS32, kS32, {}, false, false, ""}, false);
    check_layouts({8, 8, 128, kB1, kS32, kS32, {}, false, false, ".xor.popc"}, false);
    check_layouts({8, 8, 128, kB1, kS32, kS32, {}, false, false, ".and.popc"}, false);
}

TEST_CASE("wmma: D may stand in registers of a multiplicand") {
    for (const auto& [m, n] : {std::pair{16, 16}, {32, 8}, {8, 32}}) {
        check({m, n, 16, kF16, kF32, kF32, {true, false, true, true}, false, false, "", true});
        check({m, n, 16, kF16, kF32, kF16, {true, false, true, true}, true, false, "", true});
        check({m, n, 16, kS8, kS32, kS32, {true, false, true, true}, false, false, "", true});
    }
}

TEST_CASE("wmma: the operations are those that ptxas 13 makes for sm_80") {
    struct Row {
        Case kernel;
        int mma, tiles, words;  ///< HMMA.., LDSM, LDG or LDS of all three loads
    };
    const auto shared = [](Case c) {
        c.shared = true;
        return c;
    };
    const Case half{16, 16, 16, kF16, kF32, kF32, {true, false, true, true}, false, false, ""};
    const Case tall{32, 8, 16, kF16, kF32, kF32, {true, false, true, true}, false, false, ""};
    const Case byte{16, 16, 16, kS8, kS32, kS32, {true, false, true, true}, false, false, ""};
    const Case tf32{16, 16, 8, kTf32, kF32, kF32, {true, false, true, true}, false, false, ""};
    const Case fp64{8, 8, 4, kF64, kF64, kF64, {true, false, true, true}, false, false, ""};
    for (const Row& row :
         {Row{half, 2, 0, 4 + 4 + 4}, Row{shared(half), 2, 2, 4}, Row{tall, 2, 0, 8 + 2 + 4},
          Row{shared(tall), 2, 3, 4}, Row{byte, 2, 0, 2 + 2 + 4}, Row{shared(byte), 2, 2, 4},
          Row{tf32, 4, 0, 4 + 4 + 4}, Row{fp64, 1, 0, 1 + 1 + 1}}) {
        CAPTURE(row.kernel.shape(), types::name(row.kernel.a), row.kernel.shared);
        const auto counts = operations(row.kernel);
        const auto count = [&](Operation operation) {
            return counts[static_cast<std::size_t>(operation)];
        };
        CHECK(count(Operation::kMma) == row.mma);
        CHECK(count(Operation::kLoadMatrix) == row.tiles);
        if (!row.kernel.shared) CHECK(count(Operation::kLoadGlobal) == row.words);
    }
}

TEST_CASE("wmma: what sm_80 does not have is refused with what it has") {
    const auto fault = [](const std::string& line, const std::string& message) {
        CAPTURE(line);
        const std::string text = std::string(test::kPtxHeader) +
                                 ".visible .entry k(.param .u64 a)\n{\n    .reg .b32 %r<40>;\n"
                                 "    .reg .b64 %rd<2>;\n    ld.param.u64 %rd0, [a];\n" +
                                 line + "\n    ret;\n}\n";
        CHECK_THROWS_WITH(ptx::load_program(text, "test.ptx", ""), Catch::Contains(message));
    };
    fault("wmma.load.a.sync.aligned.row.m16n16k8.global.f16 {%r0}, [%rd0];", "m16n16k8.tf32");
    fault("wmma.load.a.sync.aligned.row.m16n16k16.global.s4 {%r0}, [%rd0];", "supported nearby");
    fault("wmma.load.a.sync.aligned.row.m16n16k16.f16 {%r0}, [%rd0];", "generic addresses");
    fault("wmma.load.a.sync.aligned.row.m16n16k16.global.f16 {%r0, %r1}, [%rd0];",
          "2 registers, expected 8");
    fault("wmma.load.a.sync.aligned.col.m8n8k32.global.s4 {%r0}, [%rd0];", "supported nearby");
    fault("wmma.load.d.sync.aligned.row.m16n16k16.global.f32 {%r0}, [%rd0];", "wmma.store.d");
    fault("wmma.mma.sync.aligned.row.col.m16n16k16.s32.s8.u8.s32 {%r0}, {%r1}, {%r2}, {%r3};",
          "supported nearby");
    fault("wmma.mma.sync.aligned.row.col.m16n16k16.f16.f16.satfinite {%r0}, {%r1}, {%r2}, {%r3};",
          "supported nearby");
}
