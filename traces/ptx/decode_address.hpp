#pragma once
#include "traces/ptx/decoder.hpp"

namespace sptc::ptx {

/// mov of a variable's address, whose destination has been emitted; commits the operation. False
/// when `node` names no variable. `bytes` is the width of the mov.
[[nodiscard]] bool decode_symbol_address(Decoder& decoder, const OperandNode& node,
                                         std::uint32_t bytes);

}  // namespace sptc::ptx
