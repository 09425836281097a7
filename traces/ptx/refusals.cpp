#include "traces/ptx/refusals.hpp"

#include <fmt/format.h>

namespace sptc::ptx {

void refuse_newer(const Decoder& decoder, std::string_view architecture, std::string_view hint) {
    decoder.fail_here(
        fmt::format("unsupported instruction '{}': it needs {}, and sm_80 is executed "
                    "here; supported nearby: {}",
                    decoder.statement().opcode, architecture, hint));
}

void decode_elect(Decoder& decoder) {
    refuse_newer(decoder, "sm_90", "activemask.b32 and a comparison of %laneid");
}

void decode_stmatrix(Decoder& decoder) {
    refuse_newer(decoder, "sm_90", "st.shared.b32 of each fragment register");
}

void decode_griddepcontrol(Decoder& decoder) {
    refuse_newer(decoder, "sm_90", "kernels run one after another");
}

}  // namespace sptc::ptx
