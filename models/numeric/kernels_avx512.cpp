// Compiled with its own machine flags; see CMakeLists.txt.
#if defined(__AVX512VL__)
#include "models/numeric/kernels_body.hpp"

namespace sptc::numeric {

const KernelSelect kKernelsAvx512 = select;

}  // namespace sptc::numeric
#else
#include "models/numeric/kernel.hpp"

namespace sptc::numeric {

const KernelSelect kKernelsAvx512 = nullptr;

}  // namespace sptc::numeric
#endif
