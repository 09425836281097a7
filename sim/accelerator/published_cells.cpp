#include <array>

#include "sim/accelerator/anchors.hpp"

namespace sptc::accelerator {
namespace {

constexpr int kDesigns = 6;
constexpr std::array<std::string_view, kDesigns> kDesignNames{"tc",       "stc",  "flex",
                                                              "flex-rle", "dual", "dstc"};
constexpr double kNone = 0;  ///< no energy of its own

struct Cell {
    double cycles;
    double microjoules;
};

/// Weights of one pattern, on all designs in the order above.
struct Row {
    std::string_view pattern;
    std::array<Cell, kDesigns> cells;
};

struct Layer {
    std::string_view name;
    loop_nest::Extents extents;
    double b_density;
    std::array<Row, 4> rows;
};

// Sparseloop, MICRO 2022, artifact, figure 15: ResNet-50 layers as GEMMs. Where the study says that
// a design does as another, the other's cycles stand here without an energy.
constexpr std::array<Layer, 4> kLayers{{
    {"M128 K1152 N1024",
     {128, 1024, 1152},
     0.44,
     {{{"dense",
        {{{147456, 276.58},
          {147456, 248.15},
          {147456, kNone},
          {147456, kNone},
          {147456, 198.02},
          {78059, 364.68}}}},
       {"2:4",
        {{{147456, 276.58},
          {73728, 173.42},
          {73728, kNone},
          {73728, kNone},
          {73728, 123.29},
          {51197, 191.65}}}},
       {"2:6",
        {{{147456, kNone},
          {73728, kNone},
          {70218, 150.3},
          {67877, 149.04},
          {49153, 98.91},
          {41823, 144.51}}}},
       {"2:8",
        {{{147456, kNone},
          {73728, kNone},
          {66707, 137.79},
          {66707, 137.79},
          {42271, 87.66},
          {37083, 120.88}}}}}}},
    {"M512 K1024 N256",
     {512, 256, 1024},
     0.27,
     {{{"dense",
        {{{131072, 247.59},
          {131072, 225.79},
          {131072, kNone},
          {131072, kNone},
          {131072, 170.54},
          {48875, 201.64}}}},
       {"2:4",
        {{{131072, kNone},
          {65536, 132.61},
          {65536, kNone},
          {65536, kNone},
          {65536, 95.44},
          {35482, 110.93}}}},
       {"2:6",
        {{{131072, kNone},
          {65536, kNone},
          {64366, 104.69},
          {62221, 103.34},
          {45057, 71.1},
          {32294, 82.5}}}},
       {"2:8",
        {{{131072, kNone},
          {65536, kNone},
          {59295, 76.08},
          {59295, 76.08},
          {32768, 56.98},
          {28699, 64.85}}}}}}},
    {"M512 K128 N1024",
     {512, 1024, 128},
     0.56,
     {{{"dense",
        {{{65536, 119.51},
          {65536, 110.63},
          {65536, kNone},
          {65536, kNone},
          {65536, 105.06},
          {45340, 197.5}}}},
       {"2:4",
        {{{65536, kNone},
          {32768, 79.8},
          {32768, kNone},
          {32768, kNone},
          {32768, 74.23},
          {30226, 120.93}}}},
       {"2:6",
        {{{65536, kNone},
          {32768, kNone},
          {35109, 74.01},
          {33939, 73.38},
          {25092, 67.12},
          {25852, 102.8}}}},
       {"2:8",
        {{{65536, kNone},
          {32768, kNone},
          {29648, 63.96},
          {29648, 63.96},
          {21784, 58.39},
          {17980, 81.52}}}}}}},
    {"M512 K256 N1024",
     {512, 1024, 256},
     0.82,
     {{{"dense",
        {{{131072, 205.45},
          {131072, 187.7},
          {131072, kNone},
          {131072, kNone},
          {131072, 183.69},
          {131072, 603.25}}}},
       {"2:4",
        {{{131072, kNone},
          {65536, 126.03},
          {65536, kNone},
          {65536, kNone},
          {65536, 122.02},
          {78640, 281.79}}}},
       {"2:6",
        {{{131072, kNone},
          {65536, kNone},
          {70218, 114.47},
          {67877, 113.2},
          {64787, 108.69},
          {69102, 228.18}}}},
       {"2:8",
        {{{131072, kNone},
          {65536, kNone},
          {59295, 94.36},
          {59295, 94.36},
          {56549, 90.35},
          {44257, 168.97}}}}}}},
}};

}  // namespace

std::vector<Anchor> sparseloop_anchors() {
    std::vector<Anchor> anchors;
    for (const Layer& layer : kLayers) {
        for (const Row& row : layer.rows) {
            for (std::size_t design = 0; design < kDesigns; ++design) {
                const Cell& cell = row.cells[design];
                Anchor anchor{layer.name,      kDesignNames[design], row.pattern, layer.extents,
                              layer.b_density, cell.cycles,          std::nullopt};
                if (cell.microjoules != kNone) anchor.microjoules = cell.microjoules;
                anchors.push_back(anchor);
            }
        }
    }
    return anchors;
}

std::span<const DensityAnchor> dstc_anchors() {
    // Wang et al., ISCA 2021, figure 21, as digitised in Sparseloop's figure 13 (baseline.yaml).
    static constexpr std::array<DensityAnchor, 10> kAnchors{{{1, 1, 4600},
                                                             {0.9, 1, 4160},
                                                             {0.7, 1, 3300},
                                                             {0.5, 1, 2690},
                                                             {0.3, 1, 1930},
                                                             {1, 0.4, 2500},
                                                             {0.9, 0.4, 2300},
                                                             {0.7, 0.4, 1820},
                                                             {0.5, 0.4, 1480},
                                                             {0.3, 0.4, 1100}}};
    return kAnchors;
}

std::span<const RowWiseAnchor> row_wise_anchors() {
    // VEGETA, HPCA 2023: row-wise N:4 on weights with 90 % and 95 % zeros anywhere.
    static constexpr std::array<RowWiseAnchor, 2> kAnchors{{{"0.1", 2.36}, {"0.05", 3.28}}};
    return kAnchors;
}

}  // namespace sptc::accelerator
