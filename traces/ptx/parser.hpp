#pragma once
#include <string_view>

#include "traces/ptx/ast.hpp"

namespace sptc::ptx {

/// Parses PTX text. The nodes view `text`, which must outlive them. Debug information (.section)
/// and .pragma are skipped: they change neither bits nor cycles. Throws KernelError
/// "file:line:column: found, expected".
[[nodiscard]] ModuleNode parse(std::string_view text, std::string_view file);

}  // namespace sptc::ptx
