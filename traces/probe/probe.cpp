#include "traces/probe/probe.hpp"

#include <utility>

namespace sptc::probe {

Hypothesis by_reference(std::string name, std::string statement, const isa::MmaForm& form,
                        const isa::Architecture& architecture, isa::Partition partition) {
    return {std::move(name), std::move(statement),
            [&form, architecture, partition](std::size_t, const Operands& operands) {
                return reference_d(form, architecture, operands, partition);
            }};
}

}  // namespace sptc::probe
