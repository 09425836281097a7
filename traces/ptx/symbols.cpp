#include "traces/ptx/symbols.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "traces/ptx/fundamental_type.hpp"

namespace sptc::ptx {
namespace {

constexpr std::uint32_t kSharedBase = 0;  ///< module variables live in the body's scope
constexpr std::uint32_t kDynamicAlignment = 16;

std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
    return (value + alignment - 1) / alignment * alignment;
}

Width width_of(const Program& program, const RegisterNode& node) {
    if (node.type == ".pred") return Width::kPredicate;
    switch (bytes_of_type(node.type)) {
        case 2:
            return Width::k16;
        case 4:
            return Width::k32;
        case 8:
            return Width::k64;
        default:
            break;
    }
    fail(program.file, node.position,
         fmt::format("registers cannot have type '{}': expected .pred or a type of 16, 32 or 64 "
                     "bits",
                     node.type));
}

/// "%r12" -> ("%r", 12). False when there is no number or it has a leading zero.
bool split_number(std::string_view name, std::string_view& prefix, std::uint32_t& number) {
    const auto last = name.find_last_not_of("0123456789");
    if (last == std::string_view::npos || last + 1 == name.size()) return false;
    prefix = name.substr(0, last + 1);
    const std::string_view digits = name.substr(last + 1);
    if (digits.size() > 1 && digits.front() == '0') return false;
    return std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc{};
}

}  // namespace

Symbols::Symbols(const ModuleNode& module, const KernelNode& kernel, Program& program)
    : program_(program), scope_parents_(kernel.scope_parents) {
    lay_out_parameters(kernel);
    lay_out_shared(module, kernel);
    for (const RegisterNode& node : kernel.registers) {
        const Declaration declaration{width_of(program_, node), node.count};
        if (!declarations_.emplace(Key{node.scope, node.name}, declaration).second) {
            fail(program_.file, node.position,
                 fmt::format("register '{}' is declared twice", node.name));
        }
    }
}

void Symbols::lay_out_parameters(const KernelNode& kernel) {
    constexpr std::uint64_t kMaximumParameterBytes = 4352;  // PTX ISA: kernel parameters
    std::uint64_t next = 0;
    for (const ParameterNode& node : kernel.parameters) {
        next = align_up(next, node.alignment);
        if (find_parameter(node.name) != nullptr) {
            fail(program_.file, node.position,
                 fmt::format("parameter '{}' is declared twice", node.name));
        }
        if (next + node.bytes > kMaximumParameterBytes) {
            fail(program_.file, node.position,
                 fmt::format("more than {} bytes of parameters", kMaximumParameterBytes));
        }
        program_.parameters.push_back({std::string(node.name), std::string(node.type),
                                       static_cast<std::uint32_t>(next), node.bytes, node.array});
        next += node.bytes;
    }
    program_.parameter_bytes = static_cast<std::uint32_t>(next);
}

void Symbols::lay_out_shared(const ModuleNode& module, const KernelNode& kernel) {
    std::uint64_t next = 0;
    bool dynamic = false;
    const auto add = [&](const SharedNode& node, std::uint32_t scope, std::uint64_t offset) {
        if (offset + node.bytes > std::numeric_limits<std::int32_t>::max()) {
            fail(program_.file, node.position, "too much shared memory");
        }
        if (!shared_.emplace(Key{scope, node.name}, static_cast<std::uint32_t>(offset)).second) {
            fail(program_.file, node.position, fmt::format("'{}' is declared twice", node.name));
        }
    };
    const auto place = [&](const std::vector<SharedNode>& nodes, bool external) {
        for (const SharedNode& node : nodes) {
            const std::uint32_t scope = &nodes == &module.shared ? kSharedBase : node.scope;
            if (node.external != external) continue;
            if (!external) next = align_up(next, node.alignment);
            add(node, scope, next);
            next += node.bytes;
            dynamic = dynamic || external;
        }
    };
    place(module.shared, false);
    place(kernel.shared, false);
    next = align_up(next, kDynamicAlignment);
    program_.static_shared_bytes = static_cast<std::uint32_t>(next);
    place(module.shared, true);
    place(kernel.shared, true);
}

template <class Map>
const typename Map::mapped_type* Symbols::lookup(const Map& map, std::string_view name,
                                                 std::uint32_t scope) const {
    while (true) {
        const auto found = map.find(Key{scope, name});
        if (found != map.end()) return &found->second;
        if (scope == 0) return nullptr;
        scope = scope_parents_[scope];
    }
}

std::int32_t Symbols::find_register(std::string_view name, std::uint32_t scope, Position position) {
    std::string_view prefix;
    std::uint32_t number = 0;
    const bool numbered = split_number(name, prefix, number);
    while (true) {
        auto found = declarations_.find(Key{scope, name});
        if (found == declarations_.end() || found->second.count != 0) {
            found = numbered ? declarations_.find(Key{scope, prefix}) : declarations_.end();
            if (found != declarations_.end() && number >= found->second.count) {
                found = declarations_.end();
            }
        }
        if (found != declarations_.end()) {
            const auto key = std::pair{scope, std::string(name)};
            const auto known = used_.find(key);
            if (known != used_.end()) return static_cast<std::int32_t>(known->second);
            const std::uint32_t id = define(found->second.width, std::string(name), position);
            used_.emplace(key, id);
            return static_cast<std::int32_t>(id);
        }
        if (scope == 0) return -1;
        scope = scope_parents_[scope];
    }
}

std::uint32_t Symbols::define(Width width, std::string name, Position position) {
    constexpr std::size_t limit = std::numeric_limits<isa::RegisterId>::max();
    if (program_.registers.size() >= limit) {
        fail(program_.file, position,
             fmt::format("the kernel uses more than {} virtual registers", limit));
    }
    std::uint32_t& count = width == Width::kPredicate ? program_.predicate_count
                           : width == Width::k64      ? program_.count64
                                                      : program_.count32;
    program_.registers.push_back({std::move(name), width, static_cast<std::int32_t>(count++)});
    return static_cast<std::uint32_t>(program_.registers.size() - 1);
}

std::int64_t Symbols::find_shared(std::string_view name, std::uint32_t scope) const {
    const std::uint32_t* found = lookup(shared_, name, scope);
    return found == nullptr ? -1 : std::int64_t{*found};
}

const Parameter* Symbols::find_parameter(std::string_view name) const {
    for (const Parameter& parameter : program_.parameters) {
        if (parameter.name == name) return &parameter;
    }
    return nullptr;
}

void Symbols::add_label(std::string_view name, std::uint32_t scope, Position position,
                        std::uint32_t op) {
    if (!labels_.emplace(Key{scope, name}, op).second) {
        fail(program_.file, position, fmt::format("label '{}' is defined twice", name));
    }
}

std::int64_t Symbols::find_label(std::string_view name, std::uint32_t scope) const {
    const std::uint32_t* found = lookup(labels_, name, scope);
    return found == nullptr ? -1 : std::int64_t{*found};
}

}  // namespace sptc::ptx
