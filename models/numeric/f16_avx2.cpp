// Compiled with its own machine flags; see CMakeLists.txt.
#if defined(__AVX2__)
#include "models/numeric/f16_kernel_body.hpp"

namespace sptc::numeric {

const F16Kernel kF16KernelAvx2 = compute;

}  // namespace sptc::numeric
#else
#include "models/numeric/f16_kernel.hpp"

namespace sptc::numeric {

const F16Kernel kF16KernelAvx2 = nullptr;

}  // namespace sptc::numeric
#endif
