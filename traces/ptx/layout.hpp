#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "traces/ptx/ast.hpp"
#include "traces/ptx/function_set.hpp"
#include "traces/ptx/program.hpp"

namespace sptc::ptx {

/// Where a variable lies.
struct Symbol {
    Space space = Space::kGlobal;
    std::uint64_t address = 0;  ///< in its space; frame variables: from the begin of the frame
    std::uint64_t bytes = 0;
    std::int32_t frame_variable = -1;  ///< kLocal: index in Program::frame_variables
    bool external = false;             ///< .extern .global or .const: defined elsewhere
};

/// The variables of a function, by scope and name, and its frame.
struct FunctionLayout {
    std::map<std::pair<std::uint32_t, std::string_view>, Symbol> variables;
    std::vector<std::uint32_t> returns;  ///< frame variables
    std::vector<std::uint32_t> parameters;
    std::uint64_t frame_bytes = 0;
};

/// Gives every variable of the entry, of the functions that it reaches, and of the module an
/// address, and writes what a launch needs of that into the program:
/// - parameters of the entry in parameter space;
/// - shared memory: static variables first, in order of declaration, then the extern ones, all at
///   the same 16-byte aligned offset; variables of the module only when one of the functions names
///   them;
/// - .global and .const variables with their initial contents, where a function can reach them;
/// - a frame for every function: its parameters, results, .local and .param variables.
/// Throws KernelError for names declared twice, sizes out of range and unknown initialisers.
class MemoryLayout {
  public:
    MemoryLayout(const ModuleNode& module, const FunctionSet& functions, Program& program);

    [[nodiscard]] const FunctionLayout& function(std::uint32_t index) const {
        return functions_[index];
    }
    /// A variable of the module, or nullptr.
    [[nodiscard]] const Symbol* find(std::string_view name) const {
        const auto found = module_.find(name);
        return found == module_.end() ? nullptr : &found->second;
    }

  private:
    struct Initialized {
        const VariableNode* node;
        std::size_t function;  ///< whose scope the names belong to; SIZE_MAX: the module
        Symbol symbol;
        std::size_t variable;  ///< kGlobal: index in Program::module_variables
    };

    void lay_out_kernel_parameters(const KernelNode& kernel);
    void lay_out_shared(const ModuleNode& module, const FunctionSet& functions,
                        const std::set<std::string_view>& names);
    void lay_out_data(const VariableNode& node, std::size_t function);
    void lay_out_frame(const KernelNode& node, std::uint32_t index);
    std::uint32_t add_frame_variable(FunctionLayout& layout, std::uint32_t scope,
                                     std::string_view name, std::uint64_t bytes,
                                     std::uint32_t alignment, Position position);
    void add(std::size_t function, const VariableNode& node, const Symbol& symbol);
    void initialize(const Initialized& item);
    [[nodiscard]] std::uint64_t initial_bits(const InitializerNode& value) const;

    Program& program_;
    std::map<std::string_view, Symbol> module_;
    std::vector<FunctionLayout> functions_;
    std::vector<Initialized> initialized_;
    std::uint64_t next_global_ = 0;
};

}  // namespace sptc::ptx
