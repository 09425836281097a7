#pragma once
#include "models/variant/matrix.hpp"
#include "models/variant/step.hpp"

namespace sptc::variant {

/// A datapath design with its operands bound: how they are stored, what a step needs, and what it
/// computes. Values come from the stored form and its decoded metadata only.
class Strategy {
  public:
    virtual ~Strategy() = default;

    /// Columns of A that one step covers.
    [[nodiscard]] virtual int k_logical() const = 0;
    /// Stored bits of all of A, with metadata.
    [[nodiscard]] virtual std::uint64_t stored_a_bits() const = 0;
    [[nodiscard]] virtual Needs needs(const Step& step) const = 0;
    /// Adds the products of a step to D.
    virtual void execute(const Step& step, Int32Matrix& d) const = 0;
};

}  // namespace sptc::variant
