#include "sim/run/gemm_operands.hpp"

#include <fmt/format.h>

#include <limits>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/types/value.hpp"
#include "sim/run/gemm_elements.hpp"
#include "traces/gemm/elements.hpp"
#include "traces/gemm/forms.hpp"
#include "traces/gemm/sparse_a.hpp"

namespace sptc::run {
namespace {

using types::DataType;

/// An extent that an option and several files may state: all must agree.
class Extent {
  public:
    Extent(std::string_view name, const std::optional<std::uint32_t>& option) : name_(name) {
        if (option) state(*option, fmt::format("--{}", name));
    }
    void state(std::uint64_t value, const std::string& by) {
        if (value > std::numeric_limits<std::int32_t>::max() || value == 0) {
            throw base::ConfigError(
                fmt::format("{} = {} from {}: expected 1 to 2147483647", name_, value, by));
        }
        if (value_ != 0 && value_ != value) {
            throw base::ConfigError(
                fmt::format("{} is {} by {} but {} by {}", name_, value_, stated_by_, value, by));
        }
        value_ = value;
        stated_by_ = by;
    }
    [[nodiscard]] std::uint32_t get() const {
        if (value_ == 0) {
            throw base::ConfigError(fmt::format("{0} is not known: give --{0} or a file", name_));
        }
        return static_cast<std::uint32_t>(value_);
    }

  private:
    std::string name_;
    std::uint64_t value_ = 0;
    std::string stated_by_;
};

/// Normal, or integers of 16 bits.
std::vector<double> random_bias(DataType accumulator, std::size_t count, std::uint64_t seed) {
    if (!types::is_integer(accumulator)) return random_elements(accumulator, count, seed);
    constexpr int kHalfRange = 1 << 15;
    base::Random random(seed);
    std::vector<double> values(count);
    for (double& value : values) {
        value = static_cast<double>(random.below(2 * kHalfRange)) - kHalfRange;
    }
    return values;
}

/// Accumulators of a file as bytes.
std::vector<std::byte> read_accumulators(const std::string& path, DataType type,
                                         std::vector<std::string>& notes,
                                         sparsity::Dense<double>& values) {
    values = read_elements(path, type, notes);
    return gemm::element_bytes(type, values.elements, values.rows, values.columns, values.columns);
}

}  // namespace

GemmInput::GemmInput(const GemmRequest& request) : request_(request) {
    Extent m("m", request.m);
    Extent n("n", request.n);
    Extent k("k", request.k);
    if (!request.a_file.empty()) {
        a_ = read_elements(request.a_file, request.type, notes_);
        m.state(a_->rows, request.a_file);
        k.state(a_->columns, request.a_file);
    }
    if (!request.b_file.empty()) {
        b_ = read_elements(request.b_file, request.b_type.value_or(request.type), notes_);
        k.state(b_->rows, request.b_file);
        n.state(b_->columns, request.b_file);
    }
    if (!request.c_file.empty()) {
        sparsity::Dense<double> c;
        c_ = read_accumulators(request.c_file, problem_of(request, 1, 1, 1).accumulator, notes_, c);
        m.state(c.rows, request.c_file);
        n.state(c.columns, request.c_file);
    }
    if (!request.bias_file.empty()) {
        sparsity::Dense<double> bias;
        bias_ = read_accumulators(request.bias_file, problem_of(request, 1, 1, 1).accumulator,
                                  notes_, bias);
        if (bias.rows != 1) {
            throw base::ConfigError(fmt::format("{}: {} x {} elements, expected a bias of 1 x N",
                                                request.bias_file, bias.rows, bias.columns));
        }
        n.state(bias.columns, request.bias_file);
    }
    extents_ = {m.get(), n.get(), k.get()};
}

GemmValues GemmInput::values(std::vector<std::string>& notes) {
    const std::size_t m = extents_.m;
    const std::size_t n = extents_.n;
    const std::size_t k = extents_.k;
    GemmValues values;
    values.a =
        a_ ? std::move(*a_)
           : sparsity::Dense<double>{m, k, random_elements(request_.type, m * k, request_.seed)};
    const DataType b_type = request_.b_type.value_or(request_.type);
    values.b = b_ ? std::move(b_->elements) : random_elements(b_type, k * n, request_.seed + 1);
    const gemm::GemmProblem problem = problem_of(request_, extents_.m, extents_.n, extents_.k);
    if (problem.has_c) values.c = std::move(c_);
    values.bias = std::move(bias_);
    if (problem.epilogue.bias && values.bias.empty()) {
        const auto bias = random_bias(problem.accumulator, n, request_.seed + 2);
        values.bias = gemm::element_bytes(problem.accumulator, bias, 1, n, n);
    }
    notes.insert(notes.end(), notes_.begin(), notes_.end());
    if (request_.pattern != nullptr) {
        const isa::MmaForm& form = gemm::form_of(problem);
        values.retained_magnitude = gemm::prune_a(form, values.a).retained_magnitude;
    }
    return values;
}

}  // namespace sptc::run
