#include "sim/report/host_json.hpp"

#include <nlohmann/json.hpp>

namespace sptc::report {

void add_threads(nlohmann::ordered_json& host, const gpu::KernelResult& kernel) {
    host["threads"] = kernel.threads;
    if (!kernel.one_thread_because.empty()) host["one_thread_because"] = kernel.one_thread_because;
}

}  // namespace sptc::report
