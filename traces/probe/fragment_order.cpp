#include "traces/probe/fragment_order.hpp"

#include <algorithm>
#include <array>

#include "traces/probe/element.hpp"

namespace sptc::probe {
namespace {

constexpr int kRegisterBits = 32;

struct Shape {
    types::DataType type;
    int rows, columns, registers;
};

Shape shape_of(const isa::MmaForm& form, FragmentOrder::Operand operand) {
    switch (operand) {
        case FragmentOrder::Operand::kA:
            return {form.a, form.m, form.k_stored, form.a_registers()};
        case FragmentOrder::Operand::kB:
            return {form.b, form.k_logical, form.n, form.b_registers()};
        case FragmentOrder::Operand::kC:
            return {form.c, form.m, form.n, form.c_registers()};
        case FragmentOrder::Operand::kD:
            break;
    }
    return {form.d, form.m, form.n, form.d_registers()};
}

isa::Coordinate coordinate(const isa::MmaForm& form, FragmentOrder::Operand operand, int lane,
                           int element) {
    switch (operand) {
        case FragmentOrder::Operand::kA:
            return isa::a_coordinate(form, lane, element);
        case FragmentOrder::Operand::kB:
            return isa::b_coordinate(form, lane, element);
        case FragmentOrder::Operand::kC:
            return isa::c_coordinate(form, form.c, lane, element);
        case FragmentOrder::Operand::kD:
            break;
    }
    return isa::c_coordinate(form, form.d, lane, element);
}

}  // namespace

FragmentOrder::FragmentOrder(const isa::MmaForm& form, Operand operand) {
    const Shape shape = shape_of(form, operand);
    bits_ = types::bits(shape.type);
    const int in_lane = isa::elements_per_lane(shape.registers, bits_);
    const int in_register = std::max(1, kRegisterBits / bits_);
    for (int first = 0; first < in_lane; first += in_register) {
        for (int lane = 0; lane < isa::kLanes; ++lane) {
            for (int element = first; element < first + in_register; ++element) {
                const isa::Coordinate at = coordinate(form, operand, lane, element);
                places_.push_back(at);
                indices_.push_back(static_cast<std::uint32_t>(
                    (at.matrix * shape.rows + at.row) * shape.columns + at.column));
            }
        }
    }
}

std::size_t FragmentOrder::bytes() const {
    return indices_.size() * static_cast<std::size_t>(bits_) / 8;
}

void FragmentOrder::append(std::span<const std::byte> matrix, std::vector<std::byte>& out) const {
    const std::size_t begin = out.size();
    out.resize(begin + bytes());
    const std::span<std::byte> fragment = std::span(out).subspan(begin);
    for (std::size_t i = 0; i < indices_.size(); ++i) {
        set_element(fragment, bits_, i, get_element(matrix, bits_, indices_[i]));
    }
}

void append_metadata(const isa::MmaForm& form, int selector, const Operands& operands,
                     std::vector<std::byte>& out) {
    std::array<std::uint32_t, isa::kLanes> lanes{};
    lanes.fill(kIgnoredMetadata);
    for (int row = 0; row < form.m; ++row) {
        for (int chunk = 0; chunk < form.chunks(); ++chunk) {
            const isa::MetadataPlace place = isa::metadata_place(form, selector, row, chunk);
            std::uint32_t& lane = lanes[static_cast<std::size_t>(place.lane)];
            lane &= ~(0xFu << place.shift);
            lane |= code(form, operands, row, chunk) << place.shift;
        }
    }
    const std::size_t begin = out.size();
    out.resize(begin + kMetadataBytes);
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
        set_element(std::span(out).subspan(begin), kRegisterBits, lane, lanes[lane]);
    }
}

}  // namespace sptc::probe
