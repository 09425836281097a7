#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>

namespace sptc::cuda {

// The part of the CUDA driver API that is used, declared here so that programs build without a
// toolkit and start without a driver. Where <cuda.h> is, replay/driver_check.cpp compares.
using Result = int;             ///< CUresult
using DeviceId = int;           ///< CUdevice
using Address = std::uint64_t;  ///< CUdeviceptr
using Context = struct ContextTag*;
using Module = struct ModuleTag*;
using Function = struct FunctionTag*;
using Stream = struct StreamTag*;
using Event = struct EventTag*;

inline constexpr Result kSuccess = 0;
inline constexpr Result kNoDevice = 100;        ///< CUDA_ERROR_NO_DEVICE
inline constexpr Result kNoBinaryForGpu = 209;  ///< CUDA_ERROR_NO_BINARY_FOR_GPU
inline constexpr Result kInvalidPtx = 218;      ///< CUDA_ERROR_INVALID_PTX
inline constexpr Result kNotFound = 500;        ///< CUDA_ERROR_NOT_FOUND
inline constexpr Result kIllegalAddress = 700;  ///< CUDA_ERROR_ILLEGAL_ADDRESS
inline constexpr Result kMisalignedAddress = 716;
inline constexpr Result kInvalidAddressSpace = 717;

// CUdevice_attribute
inline constexpr int kClockRateKhz = 13;
inline constexpr int kMultiprocessorCount = 16;
inline constexpr int kMemoryClockRateKhz = 36;
inline constexpr int kL2CacheBytes = 38;
inline constexpr int kComputeCapabilityMajor = 75;
inline constexpr int kComputeCapabilityMinor = 76;
inline constexpr int kMaximumSharedBytesOptin = 97;

inline constexpr int kFunctionDynamicSharedBytes = 8;  ///< CUfunction_attribute
// CUjit_option
inline constexpr int kJitErrorLog = 5;
inline constexpr int kJitErrorLogBytes = 6;

/// A shared library, opened at run time.
class Library {
  public:
    /// Throws ConfigError when it cannot be opened.
    explicit Library(const std::string& file);
    [[nodiscard]] void* symbol(const char* name) const;

  private:
    std::shared_ptr<void> handle_;
};

/// One function of the driver, found by name. Throws ConfigError when the library lacks it.
template <class Signature>
class Entry;
template <class... Parameters>
class Entry<Result(Parameters...)> {
  public:
    Entry(const Library& library, const char* name)
        : function_(reinterpret_cast<Result (*)(Parameters...)>(library.symbol(name))) {}
    Result operator()(Parameters... parameters) const { return function_(parameters...); }

  private:
    Result (*function_)(Parameters...);
};

/// The functions of the driver that are used, under the names of cuda.h.
struct Driver {
    /// libcuda.so.1, or the file that SPTC_CUDA_DRIVER names. Throws ConfigError that says that a
    /// GPU is missing.
    Driver();
    explicit Driver(const Library& library);

    /// "CUDA_ERROR_INVALID_PTX: a PTX JIT compilation failed"
    [[nodiscard]] std::string message(Result result) const;

    Entry<Result(unsigned)> init;
    Entry<Result(int*)> driver_version;
    Entry<Result(int*)> device_count;
    Entry<Result(DeviceId*, int)> device;
    Entry<Result(char*, int, DeviceId)> device_name;
    Entry<Result(int*, int, DeviceId)> device_attribute;
    Entry<Result(Context*, DeviceId)> retain_context;
    Entry<Result(DeviceId)> reset_context;
    Entry<Result(Context)> set_context;
    Entry<Result()> synchronize;
    Entry<Result(Module*, const void*, unsigned, int*, void**)> load_module;
    Entry<Result(Module)> unload_module;
    Entry<Result(Function*, Module, const char*)> function;
    Entry<Result(Function, int, int)> set_function_attribute;
    Entry<Result(Address*, std::size_t)> allocate;
    Entry<Result(Address)> free;
    Entry<Result(Address, const void*, std::size_t)> write;
    Entry<Result(void*, Address, std::size_t)> read;
    Entry<Result(Address, Address, std::size_t)> copy;
    Entry<Result(Address, unsigned char, std::size_t)> fill;
    Entry<Result(Event*, unsigned)> create_event;
    Entry<Result(Event)> destroy_event;
    Entry<Result(Event, Stream)> record_event;
    Entry<Result(float*, Event, Event)> elapsed_ms;
    Entry<Result(Function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                 Stream, void**, void**)>
        launch;
    Entry<Result(Result, const char**)> error_name;
    Entry<Result(Result, const char**)> error_string;
};

}  // namespace sptc::cuda
