#pragma once
#include <string>
#include <string_view>

namespace sptc::ptx {

/// Why an opcode that is PTX is not executed and what can be written instead, or "".
[[nodiscard]] std::string unsupported_note(std::string_view opcode);

}  // namespace sptc::ptx
