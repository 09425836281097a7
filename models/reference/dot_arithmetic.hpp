#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/isa/architecture.hpp"
#include "models/isa/dot_rule.hpp"
#include "models/isa/mma.hpp"
#include "models/reference/fused_dot.hpp"
#include "models/reference/number.hpp"

namespace sptc::reference {

/// What an architecture does to one element of D of one form, whatever its types.
class DotArithmetic {
  public:
    /// Keeps a reference to `form`. Throws ConfigError when the architecture lacks it.
    DotArithmetic(const isa::MmaForm& form, const isa::Architecture& architecture,
                  isa::Partition partition);

    /// Elements of A and B as the multipliers take them: fp8 may be widened to f16.
    [[nodiscard]] Number decode_a(std::uint64_t bits) const {
        return decode(form_.a, rule_.a, bits);
    }
    [[nodiscard]] Number decode_b(std::uint64_t bits) const {
        return decode(form_.b, rule_.b, bits);
    }
    [[nodiscard]] types::DataType multiplied_a() const { return rule_.a; }
    [[nodiscard]] types::DataType multiplied_b() const { return rule_.b; }

    /// The stored elements of a row of A in the order in which they are summed.
    [[nodiscard]] std::span<const std::size_t> order() const { return order_; }

    /// One element of D as bits of its type, of k_stored elements of A and the elements of B that
    /// they meet, both in order(), and the bits of C.
    [[nodiscard]] std::uint64_t dot_add(std::span<const Number> a, std::span<const Number> b,
                                        std::uint64_t c) const;

  private:
    [[nodiscard]] static Number decode(types::DataType stored, types::DataType multiplied,
                                       std::uint64_t bits);
    [[nodiscard]] std::uint64_t float_dot_add(std::span<const Number> a, std::span<const Number> b,
                                              std::uint64_t c) const;

    const isa::MmaForm& form_;
    isa::DotRule rule_;
    std::optional<FdpaRules> fdpa_;  ///< of floating-point forms but f64
    std::vector<std::size_t> order_;
};

}  // namespace sptc::reference
