#include "models/numeric/f16_kernel_body.hpp"

namespace sptc::numeric {

const F16Kernel kF16KernelPortable = compute;

}  // namespace sptc::numeric
