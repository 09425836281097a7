#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "sim/sweep/value.hpp"

namespace sptc::sweep {

/// A condition over the parameters of a point, such as
/// "m * n <= 2^20 and (pattern != 'dense' or {/sm/tensor_core/b_bits_per_cycle} == 512)".
///
/// or, and, not; == != < <= > >= (numbers with numbers, words with words); + - * / % ^; ( ).
/// Operands: numbers, 'words', names of parameters, GPU numbers as {/json/pointer}. A number is
/// true when it is not 0. Of equal precedence left binds first, ^ from the right.
class Expression {
  public:
    struct Node;

    /// Throws ConfigError with the column of what cannot be read.
    explicit Expression(std::string text);
    Expression(Expression&&) noexcept;
    Expression& operator=(Expression&&) noexcept;
    ~Expression();

    /// Throws ConfigError for a name that the point does not have, or operands of the wrong kind.
    [[nodiscard]] bool holds(const Parameters& parameters) const;
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::unique_ptr<Node> root_;
};

}  // namespace sptc::sweep
