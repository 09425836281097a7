#include "traces/ptx/symbols.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "traces/ptx/fundamental_type.hpp"

namespace sptc::ptx {
namespace {

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

Symbols::Symbols(const KernelNode& node, std::uint32_t function, const FunctionSet& functions,
                 const MemoryLayout& layout, Program& program)
    : program_(program),
      scope_parents_(node.scope_parents),
      function_(function),
      functions_(functions),
      layout_(layout) {
    for (const RegisterNode& declared : node.registers) {
        const Declaration declaration{width_of(program_, declared), declared.count};
        if (!declarations_.emplace(Key{declared.scope, declared.name}, declaration).second) {
            fail(program_.file, declared.position,
                 fmt::format("register '{}' is declared twice", declared.name));
        }
    }
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

const Symbol* Symbols::find_variable(std::string_view name, std::uint32_t scope) const {
    const Symbol* found = lookup(layout_.function(function_).variables, name, scope);
    return found != nullptr ? found : layout_.find(name);
}

void Symbols::add_label(const StatementNode& label, std::uint32_t op) {
    if (!labels_.emplace(Key{label.scope, label.label}, Label{op, &label}).second) {
        fail(program_.file, label.position,
             fmt::format("label '{}' is defined twice", label.label));
    }
}

std::int64_t Symbols::find_label(std::string_view name, std::uint32_t scope) const {
    const Label* found = lookup(labels_, name, scope);
    return found == nullptr ? -1 : std::int64_t{found->op};
}

const StatementNode* Symbols::find_label_statement(std::string_view name,
                                                   std::uint32_t scope) const {
    const Label* found = lookup(labels_, name, scope);
    return found == nullptr ? nullptr : found->statement;
}

}  // namespace sptc::ptx
