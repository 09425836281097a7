#include "models/numeric/kernels_body.hpp"

namespace sptc::numeric {

const KernelSelect kKernelsPortable = select;

}  // namespace sptc::numeric
