#pragma once
#include <stdexcept>
#include <string>

namespace sptc::base {

/// What a user can cause. The message says where, what was found and what was expected.
class Error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A wrong option, shape, configuration, or input file.
class ConfigError : public Error {
  public:
    using Error::Error;
};

/// A kernel that cannot be parsed, does not fit the GPU, or does something undefined.
class KernelError : public Error {
  public:
    using Error::Error;
};

/// An out-of-range or misaligned access: names the PTX line, lane, address and buffer.
class MemoryFault : public Error {
  public:
    using Error::Error;
};

/// No warp can ever go on: names each waiting warp and its line.
class DeadlockError : public KernelError {
  public:
    using KernelError::KernelError;
};

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace sptc::base

/// For what only a bug in sptc can cause.
#define SPTC_ASSERT(condition) \
    ((condition) ? void(0) : ::sptc::base::assertion_failed(#condition, __FILE__, __LINE__))
