#pragma once
#include <string>

namespace sptc::commands {

/// Prints what FILE.npy or FILE.safetensors:TENSOR holds: type, shape, zeros, range, and for every
/// N:M pattern whether the matrix fits it. A .safetensors file without a tensor name: the list of
/// its tensors. Throws ConfigError for malformed files.
void inspect_tensor(const std::string& path);

}  // namespace sptc::commands
