#include "sim/run/gemm_operands.hpp"

#include <fmt/format.h>

#include <limits>

#include "models/base/error.hpp"
#include "models/base/random.hpp"
#include "models/sparsity/prune.hpp"
#include "traces/tensor_file/convert.hpp"
#include "traces/tensor_file/read_matrix.hpp"

namespace sptc::run {
namespace {

using types::DataType;

sparsity::Dense<std::uint16_t> read_f16(const std::string& path, std::vector<std::string>& notes) {
    auto converted = tensor_file::to_f16(tensor_file::read_matrix(path), path);
    if (converted.overflowed != 0) {
        notes.push_back(fmt::format("{}: {} values are too large for f16 and became infinity", path,
                                    converted.overflowed));
    }
    return {converted.rows, converted.columns, std::move(converted.elements)};
}

std::vector<std::uint16_t> random_normal(std::size_t count, std::uint64_t seed) {
    base::Random random(seed);
    std::vector<std::uint16_t> values(count);
    for (std::uint16_t& value : values) value = types::f64_to_f16(random.normal());
    return values;
}

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

template <class E>
std::vector<std::byte> bytes_of(const std::vector<E>& elements) {
    const auto bytes = std::as_bytes(std::span(elements));
    return {bytes.begin(), bytes.end()};
}

}  // namespace

GemmInput::GemmInput(const GemmRequest& request) : request_(request) {
    Extent m("m", request.m);
    Extent n("n", request.n);
    Extent k("k", request.k);
    if (!request.a_file.empty()) {
        a_ = read_f16(request.a_file, notes_);
        m.state(a_->rows, request.a_file);
        k.state(a_->columns, request.a_file);
    }
    if (!request.b_file.empty()) {
        b_ = read_f16(request.b_file, notes_);
        k.state(b_->rows, request.b_file);
        n.state(b_->columns, request.b_file);
    }
    if (!request.c_file.empty()) {
        const tensor_file::Matrix c = tensor_file::read_matrix(request.c_file);
        m.state(c.rows, request.c_file);
        n.state(c.columns, request.c_file);
        c_ = request.accumulator == DataType::kF16
                 ? bytes_of(tensor_file::to_f16(c, request.c_file).elements)
                 : bytes_of(tensor_file::to_f32(c, request.c_file).elements);
    }
    extents_ = {m.get(), n.get(), k.get()};
}

GemmValues GemmInput::values(std::vector<std::string>& notes) {
    const std::size_t m = extents_.m;
    const std::size_t n = extents_.n;
    const std::size_t k = extents_.k;
    GemmValues values;
    values.a = a_ ? std::move(*a_)
                  : sparsity::Dense<std::uint16_t>{m, k, random_normal(m * k, request_.seed)};
    values.b = b_ ? std::move(b_->elements) : random_normal(k * n, request_.seed + 1);
    values.c = std::move(c_);
    notes.insert(notes.end(), notes_.begin(), notes_.end());
    if (request_.pattern != nullptr) {
        values.retained_magnitude = sparsity::prune(values.a, *request_.pattern).retained_magnitude;
    }
    return values;
}

}  // namespace sptc::run
