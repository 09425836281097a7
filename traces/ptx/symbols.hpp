#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "traces/ptx/ast.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// The names of one kernel: registers, shared variables, parameters and labels, by scope. Registers
/// get their RegisterId and slot when they are first used.
class Symbols {
  public:
    /// Lays out parameters and shared memory in `program`: static variables first, in order of
    /// declaration, then the extern ones, all at the same 16-byte aligned offset.
    Symbols(const ModuleNode& module, const KernelNode& kernel, Program& program);

    /// The id of a register, or -1 when `name` is none.
    [[nodiscard]] std::int32_t find_register(std::string_view name, std::uint32_t scope,
                                             Position position);

    /// The offset of a variable in shared memory, or -1.
    [[nodiscard]] std::int64_t find_shared(std::string_view name, std::uint32_t scope) const;

    [[nodiscard]] const Parameter* find_parameter(std::string_view name) const;

    void add_label(std::string_view name, std::uint32_t scope, Position position, std::uint32_t op);

    /// The op a label stands before, or -1.
    [[nodiscard]] std::int64_t find_label(std::string_view name, std::uint32_t scope) const;

  private:
    struct Declaration {
        Width width;
        std::uint32_t count;  ///< 0: a single register
    };
    using Key = std::pair<std::uint32_t, std::string_view>;  ///< scope, name

    void lay_out_parameters(const KernelNode& kernel);
    void lay_out_shared(const ModuleNode& module, const KernelNode& kernel);
    [[nodiscard]] std::uint32_t define(Width width, std::string name, Position position);

    /// The value of `name` in this scope or the nearest one around it, or nullptr.
    template <class Map>
    const typename Map::mapped_type* lookup(const Map& map, std::string_view name,
                                            std::uint32_t scope) const;

    Program& program_;
    const std::vector<std::uint32_t>& scope_parents_;
    std::map<Key, Declaration> declarations_;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t>
        used_;  ///< (scope of declaration, name) -> id
    std::map<Key, std::uint32_t> shared_;
    std::map<Key, std::uint32_t> labels_;
};

}  // namespace sptc::ptx
