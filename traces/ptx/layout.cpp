#include "traces/ptx/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <set>

#include "traces/ptx/address_map.hpp"

namespace sptc::ptx {
namespace {

constexpr std::size_t kModule = SIZE_MAX;
constexpr std::uint32_t kDynamicAlignment = 16;
constexpr std::uint32_t kFrameAlignment = 16;
constexpr std::uint64_t kGlobalAlignment = 256;            // as allocations of the driver
constexpr std::uint64_t kMaximumConstantBytes = 64 << 10;  // PTX ISA: constant state space
constexpr std::uint64_t kMaximumParameterBytes = 32764;    // PTX ISA 8.1: of an entry, sm_70+
constexpr std::uint64_t kMaximumGlobalBytes = 1ull << 32;  // of a module; above any use
constexpr std::uint64_t kMaximumFrameBytes = 512 << 10;    // CUDA: local memory of a thread

std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

void collect_names(const OperandNode& node, std::set<std::string_view>& names) {
    if (node.kind == OperandKind::kName) names.insert(node.text);
    for (const OperandNode& element : node.elements) collect_names(element, names);
}

/// What the functions name, and what the initialisers of such variables name in turn.
std::set<std::string_view> names_used(const ModuleNode& module, const FunctionSet& functions) {
    std::set<std::string_view> names;
    for (const KernelNode* node : functions.nodes) {
        for (const StatementNode& statement : node->statements) {
            for (const OperandNode& operand : statement.operands) collect_names(operand, names);
        }
        for (const VariableNode& variable : node->variables) {
            for (const InitializerNode& value : variable.initial) names.insert(value.symbol);
        }
    }
    for (std::size_t before = 0; before != names.size();) {
        before = names.size();
        for (const VariableNode& variable : module.variables) {
            if (names.find(variable.name) == names.end()) continue;
            for (const InitializerNode& value : variable.initial) names.insert(value.symbol);
        }
    }
    return names;
}

}  // namespace

MemoryLayout::MemoryLayout(const ModuleNode& module, const FunctionSet& functions, Program& program)
    : program_(program), functions_(functions.nodes.size()) {
    lay_out_kernel_parameters(*functions.nodes.front());
    const std::set<std::string_view> names = names_used(module, functions);
    lay_out_shared(module, functions, names);
    for (const VariableNode& node : module.variables) lay_out_data(node, kModule);
    for (std::uint32_t i = 0; i < functions.nodes.size(); ++i) {
        for (const VariableNode& node : functions.nodes[i]->variables) lay_out_data(node, i);
        lay_out_frame(*functions.nodes[i], i);
    }
    for (const Initialized& item : initialized_) {
        const bool used = item.function != kModule || names.find(item.node->name) != names.end();
        if (!used) continue;
        initialize(item);
        if (item.symbol.space == Space::kGlobal) {
            program_.module_variables[item.variable].used = true;
        }
    }
}

void MemoryLayout::add(std::size_t function, const VariableNode& node, const Symbol& symbol) {
    const bool added = function == kModule
                           ? module_.emplace(node.name, symbol).second
                           : functions_[function]
                                 .variables.emplace(std::pair{node.scope, node.name}, symbol)
                                 .second;
    if (added) return;
    // An extern declaration and a definition are the same variable.
    if (function == kModule) {
        Symbol& known = module_.at(node.name);
        if (symbol.external) return;
        if (known.external) {
            known = symbol;
            return;
        }
    }
    fail(program_.file, node.position, fmt::format("'{}' is declared twice", node.name));
}

void MemoryLayout::lay_out_kernel_parameters(const KernelNode& kernel) {
    std::uint64_t next = 0;
    for (const ParameterNode& node : kernel.parameters) {
        next = align_up(next, node.alignment);
        if (next + node.bytes > kMaximumParameterBytes) {
            fail(program_.file, node.position,
                 fmt::format("more than {} bytes of parameters", kMaximumParameterBytes));
        }
        const Symbol symbol{Space::kParameter, next, node.bytes, -1, false};
        if (!functions_[0].variables.emplace(std::pair{0u, node.name}, symbol).second) {
            fail(program_.file, node.position,
                 fmt::format("parameter '{}' is declared twice", node.name));
        }
        program_.parameters.push_back({std::string(node.name), std::string(node.type),
                                       static_cast<std::uint32_t>(next), node.bytes, node.array});
        next += node.bytes;
    }
    program_.parameter_bytes = static_cast<std::uint32_t>(next);
}

void MemoryLayout::lay_out_shared(const ModuleNode& module, const FunctionSet& functions,
                                  const std::set<std::string_view>& names) {
    std::uint64_t next = 0;
    const auto place = [&](const VariableNode& node, std::size_t function, bool external) {
        if (node.space != VariableSpace::kShared || node.external != external) return;
        if (function == kModule && names.find(node.name) == names.end()) return;
        if (!external) next = align_up(next, node.alignment);
        if (next + node.bytes > std::numeric_limits<std::int32_t>::max()) {
            fail(program_.file, node.position, "too much shared memory");
        }
        add(function, node, {Space::kShared, next, node.bytes, -1, false});
        next += node.bytes;
    };
    for (const bool external : {false, true}) {
        for (const VariableNode& node : module.variables) place(node, kModule, external);
        for (std::size_t i = 0; i < functions.nodes.size(); ++i) {
            for (const VariableNode& node : functions.nodes[i]->variables) place(node, i, external);
        }
        if (external) return;
        next = align_up(next, kDynamicAlignment);
        program_.static_shared_bytes = static_cast<std::uint32_t>(next);
    }
}

void MemoryLayout::lay_out_data(const VariableNode& node, std::size_t function) {
    Symbol symbol;
    symbol.bytes = node.bytes;
    symbol.external = node.external;
    std::size_t variable = 0;
    if (node.space == VariableSpace::kConstant) {
        symbol.space = Space::kConstant;
        const std::uint64_t begin = align_up(program_.constants.size(), node.alignment);
        if (begin + node.bytes > kMaximumConstantBytes) {
            fail(program_.file, node.position,
                 fmt::format("more than {} bytes of constant memory", kMaximumConstantBytes));
        }
        symbol.address = begin;
        program_.constants.resize(begin + node.bytes);
    } else if (node.space == VariableSpace::kGlobal) {
        symbol.space = Space::kGlobal;
        symbol.address = kModuleAddress + next_global_;
        variable = program_.module_variables.size();
        // At least as much room behind it, so that running over an end is noticed.
        next_global_ = align_up(next_global_ + 2 * node.bytes, kGlobalAlignment);
        if (next_global_ > kMaximumGlobalBytes) {
            fail(program_.file, node.position, "too much global memory");
        }
        program_.module_variables.push_back(
            {std::string(node.name), symbol.address, node.bytes,
             std::vector<std::byte>(node.initial.empty() ? 0 : node.bytes)});
    } else {
        return;
    }
    add(function, node, symbol);
    initialized_.push_back({&node, function, symbol, variable});
}

std::uint32_t MemoryLayout::add_frame_variable(FunctionLayout& layout, std::uint32_t scope,
                                               std::string_view name, std::uint64_t bytes,
                                               std::uint32_t alignment, Position position) {
    const std::uint64_t offset = align_up(layout.frame_bytes, alignment);
    if (offset + bytes > kMaximumFrameBytes) {
        fail(program_.file, position,
             fmt::format("more than {} bytes of local memory", kMaximumFrameBytes));
    }
    const auto index = static_cast<std::uint32_t>(program_.frame_variables.size());
    const Symbol symbol{Space::kLocal, offset, bytes, static_cast<std::int32_t>(index), false};
    if (!layout.variables.emplace(std::pair{scope, name}, symbol).second) {
        fail(program_.file, position, fmt::format("'{}' is declared twice", name));
    }
    program_.frame_variables.push_back({std::string(name), static_cast<std::uint32_t>(offset),
                                        static_cast<std::uint32_t>(bytes), false});
    layout.frame_bytes = offset + bytes;
    return index;
}

void MemoryLayout::lay_out_frame(const KernelNode& node, std::uint32_t index) {
    FunctionLayout& layout = functions_[index];
    const auto place = [&](const std::vector<ParameterNode>& parameters,
                           std::vector<std::uint32_t>& into) {
        for (const ParameterNode& parameter : parameters) {
            into.push_back(add_frame_variable(layout, 0, parameter.name, parameter.bytes,
                                              parameter.alignment, parameter.position));
        }
    };
    place(node.returns, layout.returns);
    if (index != 0) place(node.parameters, layout.parameters);
    for (const VariableNode& variable : node.variables) {
        const bool local = variable.space == VariableSpace::kLocal;
        if (!local && variable.space != VariableSpace::kParameter) continue;
        const std::uint32_t id =
            add_frame_variable(layout, variable.scope, variable.name, variable.bytes,
                               variable.alignment, variable.position);
        program_.frame_variables[id].addressed = local;
    }
    layout.frame_bytes = align_up(layout.frame_bytes, kFrameAlignment);
}

std::uint64_t MemoryLayout::initial_bits(const InitializerNode& value) const {
    if (value.symbol.empty()) return value.bits;
    const Symbol* symbol = find(value.symbol);
    if (symbol == nullptr || symbol->external || symbol->space == Space::kShared) {
        fail(program_.file, value.position,
             fmt::format("'{}' is no .global or .const variable of this module (addresses of "
                         "functions are not supported)",
                         value.symbol));
    }
    const std::uint64_t window = value.generic ? window_of(symbol->space) : 0;
    return window + symbol->address + static_cast<std::uint64_t>(value.offset);
}

void MemoryLayout::initialize(const Initialized& item) {
    std::byte* data = item.symbol.space == Space::kConstant
                          ? program_.constants.data() + item.symbol.address
                          : program_.module_variables[item.variable].data.data();
    for (const InitializerNode& value : item.node->initial) {
        const std::uint64_t bits = initial_bits(value);
        const std::uint64_t begin = value.element * item.node->element_bytes;
        if (begin + item.node->element_bytes > item.node->bytes) {
            fail(program_.file, value.position, "the initialiser is longer than the variable");
        }
        std::memcpy(data + begin, &bits, item.node->element_bytes);
    }
}

}  // namespace sptc::ptx
