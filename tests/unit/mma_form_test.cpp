#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "models/base/error.hpp"
#include "models/isa/architecture.hpp"
#include "models/isa/fragment.hpp"
#include "models/isa/fragment_map.hpp"
#include "models/isa/mma.hpp"

using namespace sptc;
using isa::Coordinate;
using isa::MmaForm;

namespace {

/// The PTX ISA figures as formulas of lane group g, position t and element i, for the forms of one
/// stored A: written out per shape, not derived.
struct Figure {
    const char* op;  ///< one form that has it
    Coordinate (*a)(int g, int t, int i);
    Coordinate (*b)(int g, int t, int i);
};

constexpr int kHigh = 8;

const std::array kFigures{
    Figure{"mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32",
           [](int g, int t, int i) {
               return Coordinate{i < 2 ? g : g + kHigh, 2 * t + (i & 1)};
           },
           [](int g, int t, int i) {
               return Coordinate{2 * t + i, g};
           }},
    Figure{"mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32",
           [](int g, int t, int i) {
               const bool low = i == 0 || i == 1 || i == 4 || i == 5;
               return Coordinate{low ? g : g + kHigh, 2 * t + (i & 1) + 8 * (i >= 4)};
           },
           [](int g, int t, int i) {
               return Coordinate{2 * t + (i & 1) + 8 * (i >> 1), g};
           }},
    Figure{"mma.sync.aligned.m16n8k4.row.col.f32.tf32.tf32.f32",
           [](int g, int t, int i) {
               return Coordinate{i == 0 ? g : g + kHigh, t};
           },
           [](int g, int t, int) {
               return Coordinate{t, g};
           }},
    Figure{"mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32",
           [](int g, int t, int i) {
               return Coordinate{i == 0 || i == 2 ? g : g + kHigh, t + 4 * (i >= 2)};
           },
           [](int g, int t, int i) {
               return Coordinate{t + 4 * i, g};
           }},
    Figure{"mma.sync.aligned.m8n8k16.row.col.s32.s8.u8.s32",
           [](int g, int t, int i) {
               return Coordinate{g, 4 * t + i};
           },
           [](int g, int t, int i) {
               return Coordinate{4 * t + i, g};
           }},
    Figure{"mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32",
           [](int g, int t, int i) {
               return Coordinate{i < 4 ? g : g + kHigh, 4 * t + (i & 3)};
           },
           [](int g, int t, int i) {
               return Coordinate{4 * t + i, g};
           }},
    Figure{"mma.sync.aligned.m16n8k32.row.col.f32.e4m3.e5m2.f32",
           [](int g, int t, int i) {
               const bool low = i < 4 || (i >= 8 && i < 12);
               return Coordinate{low ? g : g + kHigh, 4 * t + (i & 3) + 16 * (i >= 8)};
           },
           [](int g, int t, int i) {
               return Coordinate{4 * t + (i & 3) + 16 * (i >> 2), g};
           }},
    Figure{"mma.sync.aligned.m16n8k32.row.col.s32.s4.s4.s32",
           [](int g, int t, int i) {
               return Coordinate{i < 8 ? g : g + kHigh, 8 * t + (i & 7)};
           },
           [](int g, int t, int i) {
               return Coordinate{8 * t + i, g};
           }},
    Figure{"mma.sync.aligned.m16n8k64.row.col.s32.u4.s4.s32",
           [](int g, int t, int i) {
               const bool low = i < 8 || (i >= 16 && i < 24);
               return Coordinate{low ? g : g + kHigh, 8 * t + (i & 7) + 32 * (i >= 16)};
           },
           [](int g, int t, int i) {
               return Coordinate{8 * t + (i & 7) + 32 * (i >> 3), g};
           }},
    Figure{"mma.sync.aligned.m16n8k128.row.col.s32.b1.b1.s32.xor.popc",
           [](int g, int t, int i) {
               return Coordinate{i < 32 ? g : g + kHigh, 32 * t + (i & 31)};
           },
           [](int g, int t, int i) {
               return Coordinate{32 * t + i, g};
           }},
    Figure{"mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc",
           [](int g, int t, int i) {
               const bool low = i < 32 || (i >= 64 && i < 96);
               return Coordinate{low ? g : g + kHigh, 32 * t + (i & 31) + 128 * (i >= 64)};
           },
           [](int g, int t, int i) {
               return Coordinate{32 * t + (i & 31) + 128 * (i >= 32), g};
           }},
    Figure{"mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64",
           [](int g, int t, int) {
               return Coordinate{g, t};
           },
           [](int g, int t, int) {
               return Coordinate{t, g};
           }},
    Figure{"mma.sync.aligned.m16n8k8.row.col.f64.f64.f64.f64",
           [](int g, int t, int i) {
               return Coordinate{i % 2 == 0 ? g : g + kHigh, t + 4 * (i >= 2)};
           },
           [](int g, int t, int i) {
               return Coordinate{t + 4 * i, g};
           }},
    // Sparse: A is the stored matrix, B has the logical rows.
    Figure{"mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32",
           [](int g, int t, int i) {
               return Coordinate{i < 2 ? g : g + kHigh, 2 * t + (i & 1)};
           },
           [](int g, int t, int i) {
               return Coordinate{2 * t + (i & 1) + 8 * (i >> 1), g};
           }},
    Figure{"mma.sp.sync.aligned.m16n8k16.row.col.f32.tf32.tf32.f32",
           [](int g, int t, int i) {
               return Coordinate{i == 0 || i == 2 ? g : g + kHigh, t + 4 * (i >= 2)};
           },
           [](int g, int t, int i) {
               return Coordinate{t + 4 * i, g};
           }},
    Figure{"mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32",
           [](int g, int t, int i) {
               const bool low = i < 4 || (i >= 8 && i < 12);
               return Coordinate{low ? g : g + kHigh, 4 * t + (i & 3) + 16 * (i >= 8)};
           },
           [](int g, int t, int i) {
               return Coordinate{4 * t + (i & 3) + 16 * (i >> 2), g};
           }},
};

int elements_of(int registers, types::DataType type) {
    return isa::elements_per_lane(registers, types::bits(type));
}

void check_equal(const Coordinate& found, const Coordinate& expected) {
    CHECK(found.matrix == expected.matrix);
    CHECK(found.row == expected.row);
    CHECK(found.column == expected.column);
}

}  // namespace

TEST_CASE("mma forms: fragments lie as the figures of the PTX ISA say") {
    for (const Figure& figure : kFigures) {
        INFO(figure.op);
        const MmaForm& form = *isa::parse_mma(figure.op).form;
        for (int lane = 0; lane < isa::kLanes; ++lane) {
            for (int i = 0; i < elements_of(form.a_registers(), form.a); ++i) {
                check_equal(isa::a_coordinate(form, lane, i), figure.a(lane / 4, lane % 4, i));
            }
            for (int i = 0; i < elements_of(form.b_registers(), form.b); ++i) {
                check_equal(isa::b_coordinate(form, lane, i), figure.b(lane / 4, lane % 4, i));
            }
        }
    }
}

TEST_CASE("mma forms: m8n8k4 f16 spreads four matrices over quad pairs") {
    // PTX ISA, "Matrix fragments for mma.m8n8k4 with .f16": lane 18 is in quad pair 0, upper half.
    const MmaForm& form = *isa::parse_mma("mma.sync.aligned.m8n8k4.row.col.f32.f16.f16.f32").form;
    check_equal(isa::a_coordinate(form, 18, 3), {6, 3, 0});
    check_equal(isa::b_coordinate(form, 18, 3), {3, 6, 0});
    check_equal(isa::c_coordinate(form, form.d, 18, 0), {4, 2, 0});
    check_equal(isa::c_coordinate(form, form.d, 18, 3), {6, 3, 0});
    check_equal(isa::c_coordinate(form, form.d, 18, 5), {4, 7, 0});
    check_equal(isa::a_coordinate(form, 13, 1), {1, 1, 3});
    const MmaForm& other = *isa::parse_mma("mma.sync.aligned.m8n8k4.col.row.f16.f16.f16.f16").form;
    check_equal(isa::a_coordinate(other, 18, 3), {7, 2, 0});
    check_equal(isa::b_coordinate(other, 18, 3), {2, 7, 0});
    check_equal(isa::c_coordinate(other, other.d, 18, 5), {6, 5, 0});
}

TEST_CASE("mma forms: every fragment covers its matrix exactly once") {
    for (const MmaForm& form : isa::mma_forms()) {
        INFO(form.ptx_name());
        const auto covered = [&](int registers, types::DataType type, auto coordinate) {
            std::set<std::array<int, 3>> places;
            const int elements = elements_of(registers, type);
            for (int lane = 0; lane < isa::kLanes; ++lane) {
                for (int i = 0; i < elements; ++i) {
                    const Coordinate at = coordinate(lane, i);
                    places.insert({at.matrix, at.row, at.column});
                }
            }
            CHECK(places.size() == static_cast<std::size_t>(elements * isa::kLanes));
            return static_cast<int>(places.size());
        };
        CHECK(covered(form.a_registers(), form.a, [&](int lane, int i) {
                  return isa::a_coordinate(form, lane, i);
              }) == form.matrices() * form.m * form.k_stored);
        CHECK(covered(form.b_registers(), form.b, [&](int lane, int i) {
                  return isa::b_coordinate(form, lane, i);
              }) == form.matrices() * form.n * form.k_logical);
        CHECK(covered(form.d_registers(), form.d, [&](int lane, int i) {
                  return isa::c_coordinate(form, form.d, lane, i);
              }) == form.matrices() * form.m * form.n);
    }
}

TEST_CASE("mma forms: metadata stands in the lanes and bits of the PTX ISA tables") {
    struct Row {
        const char* op;
        int selector, row, chunk;
        int lane, shift;
    };
    // g = row % 8; see PTX ISA, "Sparse matrix storage": lane t of each quad, bits.
    const std::array rows{
        Row{"mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", 3, 2, 1, 11, 4},
        Row{"mma.sp.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", 0, 10, 3, 8, 28},
        Row{"mma.sp.sync.aligned.m16n8k32.row.col.f32.bf16.bf16.f32", 1, 7, 5, 31, 4},
        Row{"mma.sp.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", 2, 8, 3, 2, 28},
        Row{"mma.sp.sync.aligned.m16n8k16.row.col.f32.tf32.tf32.f32", 0, 1, 6, 5, 8},
        Row{"mma.sp.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32", 1, 3, 7, 14, 28},
        Row{"mma.sp.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", 0, 11, 2, 13, 8},
        Row{"mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32", 0, 0, 7, 0, 28},
        Row{"mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32", 0, 9, 7, 5, 28},
        Row{"mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32", 0, 1, 8, 6, 0},
        Row{"mma.sp.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32", 0, 9, 15, 7, 28},
        Row{"mma.sp.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32", 1, 8, 5, 3, 20},
        Row{"mma.sp.sync.aligned.m16n8k128.row.col.s32.u4.u4.s32", 0, 15, 9, 31, 4},
    };
    for (const Row& row : rows) {
        INFO(row.op << " row " << row.row << " chunk " << row.chunk);
        const auto place =
            isa::metadata_place(*isa::parse_mma(row.op).form, row.selector, row.row, row.chunk);
        CHECK(place.lane == row.lane);
        CHECK(place.shift == row.shift);
    }
}

TEST_CASE("mma forms: selectors are 0..3, 0..1 and 0 by class") {
    const std::map<std::string, int> expected{
        {"m16n8k16.f16", 4},  {"m16n8k32.f16", 2},  {"m16n8k8.tf32", 4}, {"m16n8k16.tf32", 2},
        {"m16n8k32.s8", 2},   {"m16n8k64.s8", 1},   {"m16n8k64.s4", 2},  {"m16n8k128.s4", 1},
        {"m16n8k64.e4m3", 1}, {"m16n8k16.bf16", 4}, {"m16n8k64.u8", 1},
    };
    std::size_t found = 0;
    for (const MmaForm& form : isa::mma_forms()) {
        const auto row = expected.find(form.shape_name() + "." + std::string(types::name(form.a)));
        if (!form.sparse() || row == expected.end()) continue;
        INFO(form.ptx_name());
        CHECK(form.selector_count() == row->second);
        ++found;
    }
    CHECK(found > expected.size());
}

TEST_CASE("mma forms: packing to registers and back gives the matrices") {
    for (const MmaForm& form : isa::mma_forms()) {
        for (const auto operand :
             {isa::Operand::kA, isa::Operand::kB, isa::Operand::kC, isa::Operand::kD}) {
            const isa::FragmentMap map(form, operand);
            std::vector<std::byte> matrices(map.bytes()), back(map.bytes());
            for (std::size_t i = 0; i < matrices.size(); ++i) {
                matrices[i] = static_cast<std::byte>(i * 37 + i / 256);
            }
            std::array<isa::LaneRegister, isa::kMaxOperandRegisters> registers{};
            map.to_registers(matrices, registers);
            map.to_matrices(registers, back);
            INFO(form.ptx_name());
            CHECK(back == matrices);
        }
    }
}
