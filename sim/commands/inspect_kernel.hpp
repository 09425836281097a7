#pragma once
#include <string>

namespace sptc::commands {

/// Prints a PTX file's kernel: parameters, registers, shared memory, operations. Throws KernelError
/// for PTX that is not understood or holds several entries.
void inspect_ptx(const std::string& file);

/// Prints the machine operations that the kernel is timed as. Throws as inspect_ptx().
void inspect_lowered(const std::string& file);

/// Is this JSON file a launch file, by its schema? False when it cannot be read: reading it says
/// why.
[[nodiscard]] bool is_launch_file(const std::string& file);

/// Prints a launch file: grid, block, arguments, buffers. Throws ConfigError.
void inspect_launch(const std::string& file);

}  // namespace sptc::commands
