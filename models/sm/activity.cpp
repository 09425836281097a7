#include "models/sm/activity.hpp"

#include "models/base/error.hpp"

namespace sptc::sm {

std::string_view activity_name(Activity activity) {
    static constexpr std::array<std::string_view, kActivities> kNames{"issued",
                                                                      "tensor_busy",
                                                                      "pipeline_busy",
                                                                      "register_port",
                                                                      "memory_queue_full",
                                                                      "tensor_dependency",
                                                                      "fixed_dependency",
                                                                      "shared_dependency",
                                                                      "global_dependency",
                                                                      "operand_read",
                                                                      "control",
                                                                      "async_wait",
                                                                      "barrier",
                                                                      "no_warp"};
    SPTC_ASSERT(activity != Activity::kCount);
    return kNames[static_cast<std::size_t>(activity)];
}

}  // namespace sptc::sm
