#include "models/isa/instruction.hpp"

#include "models/base/error.hpp"

namespace sptc::isa {

std::string_view operation_name(Operation operation) {
    switch (operation) {
        case Operation::kIntegerAlu:
            return "integer_alu";
        case Operation::kIntegerMultiply:
            return "integer_multiply";
        case Operation::kFloat32:
            return "float32";
        case Operation::kFloat16:
            return "float16";
        case Operation::kFloat64:
            return "float64";
        case Operation::kConvert:
            return "convert";
        case Operation::kSpecialFunction:
            return "special_function";
        case Operation::kVote:
            return "vote";
        case Operation::kMatch:
            return "match";
        case Operation::kWarpReduce:
            return "warp_reduce";
        case Operation::kReadSpecial:
            return "read_special";
        case Operation::kReadClock:
            return "read_clock";
        case Operation::kLoadParameter:
            return "load_parameter";
        case Operation::kLoadGlobal:
            return "load_global";
        case Operation::kStoreGlobal:
            return "store_global";
        case Operation::kLoadShared:
            return "load_shared";
        case Operation::kStoreShared:
            return "store_shared";
        case Operation::kLoadMatrix:
            return "load_matrix";
        case Operation::kShuffle:
            return "shuffle";
        case Operation::kAtomicShared:
            return "atomic_shared";
        case Operation::kAtomicGlobal:
            return "atomic_global";
        case Operation::kReductionGlobal:
            return "reduction_global";
        case Operation::kAsyncCopy:
            return "async_copy";
        case Operation::kAsyncCommit:
            return "async_commit";
        case Operation::kAsyncWait:
            return "async_wait";
        case Operation::kAsyncArrive:
            return "async_arrive";
        case Operation::kMma:
            return "mma";
        case Operation::kBranch:
            return "branch";
        case Operation::kBarrier:
            return "barrier";
        case Operation::kBarrierArrive:
            return "barrier_arrive";
        case Operation::kBarrierResult:
            return "barrier_result";
        case Operation::kWarpSync:
            return "warp_sync";
        case Operation::kMemoryFence:
            return "memory_fence";
        case Operation::kCtaFence:
            return "cta_fence";
        case Operation::kSleep:
            return "sleep";
        case Operation::kExit:
            return "exit";
        case Operation::kCount:
            break;
    }
    SPTC_ASSERT(false);
    return {};
}

}  // namespace sptc::isa
