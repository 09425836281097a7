#pragma once
#include <span>
#include <string_view>

namespace sptc::timing {

/// A file that is compiled into the program.
struct EmbeddedText {
    std::string_view name;
    std::string_view text;
};

/// The files of tests/fidelity/timing (generated at build time).
[[nodiscard]] std::span<const EmbeddedText> embedded_published();

}  // namespace sptc::timing
