#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "models/base/error.hpp"
#include "models/isa/instruction.hpp"

namespace sptc::ptx {

/// Where a kernel did something wrong, apart from the message that says it all.
struct FaultPlace {
    isa::Operation operation = isa::Operation::kIntegerAlu;
    std::string location;  ///< "kernel.ptx:12 (kernel.cu:7)"
    std::string opcode;
    std::uint32_t line = 0;  ///< of the PTX
    std::uint64_t cta = 0;
    std::uint32_t warp = 0;
    std::optional<int> lane;
    std::optional<std::uint64_t> address;
    std::string problem;  ///< the message without the place
};

/// A MemoryFault that programs can take apart.
class AccessFault : public base::MemoryFault {
  public:
    AccessFault(const std::string& message, FaultPlace where)
        : MemoryFault(message), place(std::move(where)) {}
    FaultPlace place;
};

/// A KernelError of an executed instruction that programs can take apart.
class ExecutionFault : public base::KernelError {
  public:
    ExecutionFault(const std::string& message, FaultPlace where)
        : KernelError(message), place(std::move(where)) {}
    FaultPlace place;
};

}  // namespace sptc::ptx
