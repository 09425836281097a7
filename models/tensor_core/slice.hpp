#pragma once

namespace sptc::tensor_core {

/// The part of an instruction that one pass works on: all 16 rows of A, a range of B's columns and
/// a range of stored slots along K (one group of products).
struct Slice {
    int first_slot;
    int slots;
    int first_column;
    int columns;
};

}  // namespace sptc::tensor_core
