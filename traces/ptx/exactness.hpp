#pragma once
#include <cstdint>
#include <vector>

namespace sptc::ptx {

class Program;

/// How far the bits of a result are those of a real GPU.
enum class Exactness : std::uint8_t {
    kExact,           ///< PTX fixes every bit
    kApproximate,     ///< .approx, .full: a GPU returns another value within a documented error
    kMayBeContracted  ///< mul, add and sub without a rounding: ptxas may fuse mul and add into fma
};

/// The class of every op of a program, by index.
[[nodiscard]] std::vector<Exactness> exactness(const Program& program);

/// The ops of a program that ptxas may fuse with a product into an fma, by index: sums without a
/// rounding of which a register that they read may hold a product without one, also by way of a
/// mov, selp, neg or abs. A product that no such sum reads is what PTX says.
[[nodiscard]] std::vector<bool> contractible(const Program& program);

}  // namespace sptc::ptx
