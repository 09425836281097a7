#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/base/cycle.hpp"

namespace sptc::ptx {

/// Stores of one SM to global memory that have been executed but do not show yet.
class StoreLog {
  public:
    /// `now` never goes back. `to` stays where it is until apply().
    void add(base::Cycle now, std::byte* to, const void* from, std::size_t bytes);

    /// Writes and forgets what the logs hold, earlier cycles first and, in a cycle, earlier logs.
    static void apply(std::span<StoreLog> logs);

  private:
    struct Store {
        std::byte* to;
        std::size_t bytes;
    };
    /// The stores of a cycle begin here.
    struct Begin {
        base::Cycle cycle;
        std::size_t store;
        std::size_t data;
    };
    void write(std::size_t begin) const;

    std::vector<Begin> begins_;
    std::vector<Store> stores_;
    std::vector<std::byte> data_;
};

}  // namespace sptc::ptx
