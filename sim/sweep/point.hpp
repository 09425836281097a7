#pragma once
#include <string>
#include <string_view>

#include "sim/sweep/expand.hpp"

namespace sptc::sweep {

/// What a worker reads: everything that decides the point's result, as JSON (sptc.point/1).
[[nodiscard]] std::string point_document(const Point& point);

/// A worker's answer.
struct PointResult {
    std::string json;      ///< sptc.gemm/1 without host{}, with ceilings{}
    std::string mismatch;  ///< of --check; empty when there is none
};

/// Simulates the point of a document in this process. Throws ConfigError for a document that is not
/// one, and what the kernel causes.
[[nodiscard]] PointResult run_point(std::string_view document, std::string_view version);

}  // namespace sptc::sweep
