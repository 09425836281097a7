#pragma once
#include <string_view>

#include "traces/ptx/decoder.hpp"

namespace sptc::ptx {

/// "'elect.sync' needs sm_90; sm_80 is executed here: HINT" as a KernelError. `hint` says what does
/// the same on sm_80.
[[noreturn]] void refuse_newer(const Decoder& decoder, std::string_view architecture,
                               std::string_view hint);

// Instructions of which no form is executed.
void decode_elect(Decoder& decoder);
void decode_stmatrix(Decoder& decoder);
void decode_griddepcontrol(Decoder& decoder);

}  // namespace sptc::ptx
