#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "models/base/error.hpp"
#include "traces/gemm/check_epilogue.hpp"
#include "traces/gemm/gemm.hpp"

namespace sptc::gemm {
namespace {

using types::DataType;

bool add_step(Epilogue& epilogue, std::string_view step) {
    if (step == "bias") {
        epilogue.bias = true;
    } else if (step == "relu" && epilogue.activation == Activation::kNone) {
        epilogue.activation = Activation::kRelu;
    } else if (step == "gelu" && epilogue.activation == Activation::kNone) {
        epilogue.activation = Activation::kGelu;
    } else if (step == "requant-s8") {
        epilogue.requantized = true;
    } else {
        return false;
    }
    return true;
}

bool is_s32(double value) {
    return value == std::trunc(value) && value >= std::numeric_limits<std::int32_t>::min() &&
           value <= std::numeric_limits<std::int32_t>::max();
}

}  // namespace

std::string Epilogue::name() const {
    std::string text;
    const auto add = [&](std::string_view step) {
        if (!text.empty()) text += "+";
        text += step;
    };
    if (bias) add("bias");
    if (activation == Activation::kRelu) add("relu");
    if (activation == Activation::kGelu) add("gelu");
    if (requantized) add("requant-s8");
    return text.empty() ? "none" : text;
}

void set_steps(Epilogue& epilogue, std::string_view name) {
    if (name == "none") return;
    for (std::string_view rest = name;;) {
        const auto end = rest.find('+');
        if (!add_step(epilogue, rest.substr(0, end))) {
            throw base::ConfigError(
                fmt::format("unknown epilogue '{}': expected none, or bias, relu or gelu, "
                            "requant-s8 joined by '+'",
                            name));
        }
        if (end == std::string_view::npos) return;
        rest.remove_prefix(end + 1);
    }
}

void check_epilogue(const GemmProblem& problem) {
    const Epilogue& epilogue = problem.epilogue;
    const bool integer = problem.accumulator == DataType::kS32;
    if (epilogue.requantized && !integer) {
        throw base::ConfigError(
            fmt::format("epilogue requant-s8 of {} accumulators: expected s32 (integer inputs)",
                        types::name(problem.accumulator)));
    }
    if (epilogue.activation == Activation::kGelu && problem.accumulator != DataType::kF32 &&
        problem.accumulator != DataType::kF16) {
        throw base::ConfigError(fmt::format("epilogue gelu of {} accumulators: expected f32 or f16",
                                            types::name(problem.accumulator)));
    }
    if (integer && epilogue.scaled && !(is_s32(epilogue.alpha) && is_s32(epilogue.beta))) {
        throw base::ConfigError(
            fmt::format("alpha = {}, beta = {} with s32 accumulators: expected integers of 32 bits",
                        epilogue.alpha, epilogue.beta));
    }
}

}  // namespace sptc::gemm
