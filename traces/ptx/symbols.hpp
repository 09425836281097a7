#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "traces/ptx/ast.hpp"
#include "traces/ptx/layout.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// The names of one function: registers, variables and labels, by scope. Registers get their
/// RegisterId and slot when they are first used.
class Symbols {
  public:
    /// `function`: the index of `node` among the functions. Everything must outlive the object.
    Symbols(const KernelNode& node, std::uint32_t function, const FunctionSet& functions,
            const MemoryLayout& layout, Program& program);

    [[nodiscard]] std::uint32_t function() const { return function_; }
    [[nodiscard]] const FunctionSet& functions() const { return functions_; }
    [[nodiscard]] const MemoryLayout& layout() const { return layout_; }

    /// The id of a register, or -1 when `name` is none.
    [[nodiscard]] std::int32_t find_register(std::string_view name, std::uint32_t scope,
                                             Position position);

    /// A variable, or nullptr.
    [[nodiscard]] const Symbol* find_variable(std::string_view name, std::uint32_t scope) const;

    void add_label(const StatementNode& label, std::uint32_t op);

    /// The op a label stands before, or -1.
    [[nodiscard]] std::int64_t find_label(std::string_view name, std::uint32_t scope) const;

    /// The statement of a label, or nullptr.
    [[nodiscard]] const StatementNode* find_label_statement(std::string_view name,
                                                            std::uint32_t scope) const;

  private:
    struct Declaration {
        Width width;
        std::uint32_t count;  ///< 0: a single register
    };
    struct Label {
        std::uint32_t op;
        const StatementNode* statement;
    };
    using Key = std::pair<std::uint32_t, std::string_view>;  ///< scope, name

    [[nodiscard]] std::uint32_t define(Width width, std::string name, Position position);

    /// The value of `name` in this scope or the nearest one around it, or nullptr.
    template <class Map>
    const typename Map::mapped_type* lookup(const Map& map, std::string_view name,
                                            std::uint32_t scope) const;

    Program& program_;
    const std::vector<std::uint32_t>& scope_parents_;
    std::uint32_t function_;
    const FunctionSet& functions_;
    const MemoryLayout& layout_;
    std::map<Key, Declaration> declarations_;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t>
        used_;  ///< (scope of declaration, name) -> id
    std::map<Key, Label> labels_;
};

}  // namespace sptc::ptx
