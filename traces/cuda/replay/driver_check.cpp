// Where the toolkit's <cuda.h> is, the declarations of traces/cuda/driver.hpp must be its own.
#include "traces/cuda/driver.hpp"

#if __has_include(<cuda.h>)
#include <cuda.h>

namespace sptc::cuda {
namespace {

static_assert(kSuccess == CUDA_SUCCESS && kNoDevice == CUDA_ERROR_NO_DEVICE &&
              kNoBinaryForGpu == CUDA_ERROR_NO_BINARY_FOR_GPU &&
              kInvalidPtx == CUDA_ERROR_INVALID_PTX && kNotFound == CUDA_ERROR_NOT_FOUND &&
              kIllegalAddress == CUDA_ERROR_ILLEGAL_ADDRESS &&
              kMisalignedAddress == CUDA_ERROR_MISALIGNED_ADDRESS &&
              kInvalidAddressSpace == CUDA_ERROR_INVALID_ADDRESS_SPACE);
static_assert(kClockRateKhz == CU_DEVICE_ATTRIBUTE_CLOCK_RATE &&
              kMultiprocessorCount == CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT &&
              kMemoryClockRateKhz == CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE &&
              kL2CacheBytes == CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE &&
              kComputeCapabilityMajor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR &&
              kComputeCapabilityMinor == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR &&
              kMaximumSharedBytesOptin == CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
static_assert(kFunctionDynamicSharedBytes == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES &&
              kJitErrorLog == CU_JIT_ERROR_LOG_BUFFER &&
              kJitErrorLogBytes == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);

/// Are two parameters passed alike: both pointers, or both integers (or enumerations) of one size?
template <class Mine, class Theirs>
constexpr bool kAlike =
    sizeof(Mine) == sizeof(Theirs) && std::is_pointer_v<Mine> == std::is_pointer_v<Theirs>;

template <class Mine, class Theirs>
struct SameCall : std::false_type {};
template <class... Mine, class... Theirs>
requires(sizeof...(Mine) == sizeof...(Theirs))  //
    struct SameCall<Entry<Result(Mine...)>, CUresult(Theirs...)>
    : std::bool_constant<(kAlike<Mine, Theirs> && ...)> {
};

#define SPTC_SAME(member, function) \
    static_assert(SameCall<decltype(Driver::member), decltype(function)>::value)
SPTC_SAME(init, cuInit);
SPTC_SAME(driver_version, cuDriverGetVersion);
SPTC_SAME(device_count, cuDeviceGetCount);
SPTC_SAME(device, cuDeviceGet);
SPTC_SAME(device_name, cuDeviceGetName);
SPTC_SAME(device_attribute, cuDeviceGetAttribute);
SPTC_SAME(retain_context, cuDevicePrimaryCtxRetain);
SPTC_SAME(reset_context, cuDevicePrimaryCtxReset);
SPTC_SAME(set_context, cuCtxSetCurrent);
SPTC_SAME(synchronize, cuCtxSynchronize);
SPTC_SAME(load_module, cuModuleLoadDataEx);
SPTC_SAME(unload_module, cuModuleUnload);
SPTC_SAME(function, cuModuleGetFunction);
SPTC_SAME(set_function_attribute, cuFuncSetAttribute);
SPTC_SAME(allocate, cuMemAlloc);
SPTC_SAME(free, cuMemFree);
SPTC_SAME(write, cuMemcpyHtoD);
SPTC_SAME(read, cuMemcpyDtoH);
SPTC_SAME(copy, cuMemcpyDtoD);
SPTC_SAME(fill, cuMemsetD8);
SPTC_SAME(create_event, cuEventCreate);
SPTC_SAME(destroy_event, cuEventDestroy);
SPTC_SAME(record_event, cuEventRecord);
// cuda.h of CUDA 12.8 and later maps the name to a second version with the same parameters.
SPTC_SAME(elapsed_ms, cuEventElapsedTime);
SPTC_SAME(launch, cuLaunchKernel);
SPTC_SAME(error_name, cuGetErrorName);
SPTC_SAME(error_string, cuGetErrorString);
#undef SPTC_SAME

}  // namespace
}  // namespace sptc::cuda
#endif
