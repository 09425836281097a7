// Compiled with its own machine flags; see CMakeLists.txt.
#if defined(__AVX2__)
#include "models/numeric/kernels_body.hpp"

namespace sptc::numeric {

const KernelSelect kKernelsAvx2 = select;

}  // namespace sptc::numeric
#else
#include "models/numeric/kernel.hpp"

namespace sptc::numeric {

const KernelSelect kKernelsAvx2 = nullptr;

}  // namespace sptc::numeric
#endif
