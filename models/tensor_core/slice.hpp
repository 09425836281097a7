#pragma once
#include "models/isa/dot_rule.hpp"

namespace sptc::tensor_core {

/// The part of an instruction that one pass works on: all rows of A, a range of B's columns and one
/// group of products (or all of them, for a whole instruction at once).
struct Slice {
    int matrix;  ///< of MmaForm::matrices()
    int first_group;
    int groups;
    int first_column;
    int columns;

    /// Is it all of one matrix?
    [[nodiscard]] bool covers_all(const isa::MmaForm& form, const isa::DotRule& rule) const {
        return groups == rule.groups && columns == form.n;
    }
};

}  // namespace sptc::tensor_core
