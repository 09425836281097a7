// Compiled with its own machine flags; see CMakeLists.txt.
#if defined(__AVX512VL__)
#include "models/numeric/f16_kernel_body.hpp"

namespace sptc::numeric {

const F16Kernel kF16KernelAvx512 = compute;

}  // namespace sptc::numeric
#else
#include "models/numeric/f16_kernel.hpp"

namespace sptc::numeric {

const F16Kernel kF16KernelAvx512 = nullptr;

}  // namespace sptc::numeric
#endif
