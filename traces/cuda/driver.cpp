#include "traces/cuda/driver.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>

#include "models/base/error.hpp"

namespace sptc::cuda {
namespace {

Library find_driver() {
    const char* file = std::getenv("SPTC_CUDA_DRIVER");
    return Library(file != nullptr && *file != '\0' ? file : "libcuda.so.1");
}

}  // namespace

Library::Library(const std::string& file)
    : handle_(dlopen(file.c_str(), RTLD_NOW), [](void* open) {
          if (open != nullptr) dlclose(open);
      }) {
    if (handle_ != nullptr) return;
    const char* reason = dlerror();
    throw base::ConfigError(fmt::format(
        "no NVIDIA driver: {}; expected a machine with an NVIDIA GPU and its driver (`sptc run` "
        "simulates the kernel without)",
        reason != nullptr ? reason : file.c_str()));
}

void* Library::symbol(const char* name) const {
    void* found = dlsym(handle_.get(), name);
    if (found == nullptr) {
        throw base::ConfigError(
            fmt::format("the NVIDIA driver has no function {}: expected one of "
                        "CUDA 11.1 or later",
                        name));
    }
    return found;
}

Driver::Driver() : Driver(find_driver()) {}

Driver::Driver(const Library& library)
    : init(library, "cuInit"),
      driver_version(library, "cuDriverGetVersion"),
      device_count(library, "cuDeviceGetCount"),
      device(library, "cuDeviceGet"),
      device_name(library, "cuDeviceGetName"),
      device_attribute(library, "cuDeviceGetAttribute"),
      retain_context(library, "cuDevicePrimaryCtxRetain"),
      reset_context(library, "cuDevicePrimaryCtxReset_v2"),
      set_context(library, "cuCtxSetCurrent"),
      synchronize(library, "cuCtxSynchronize"),
      load_module(library, "cuModuleLoadDataEx"),
      unload_module(library, "cuModuleUnload"),
      function(library, "cuModuleGetFunction"),
      set_function_attribute(library, "cuFuncSetAttribute"),
      allocate(library, "cuMemAlloc_v2"),
      free(library, "cuMemFree_v2"),
      write(library, "cuMemcpyHtoD_v2"),
      read(library, "cuMemcpyDtoH_v2"),
      copy(library, "cuMemcpyDtoD_v2"),
      fill(library, "cuMemsetD8_v2"),
      create_event(library, "cuEventCreate"),
      destroy_event(library, "cuEventDestroy_v2"),
      record_event(library, "cuEventRecord"),
      elapsed_ms(library, "cuEventElapsedTime"),
      launch(library, "cuLaunchKernel"),
      error_name(library, "cuGetErrorName"),
      error_string(library, "cuGetErrorString") {
    // The library stays open for the life of the process: its functions are called from here on.
    static const Library kOpen = library;
    (void)kOpen;
}

std::string Driver::message(Result result) const {
    const char* name = nullptr;
    const char* words = nullptr;
    if (error_name(result, &name) != kSuccess || name == nullptr) {
        return fmt::format("driver error {}", result);
    }
    if (error_string(result, &words) != kSuccess || words == nullptr) return name;
    return fmt::format("{}: {}", name, words);
}

}  // namespace sptc::cuda
