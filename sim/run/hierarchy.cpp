#include "sim/run/hierarchy.hpp"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <systemc>
#include <typeinfo>
#include <vector>

#include "models/gpu/gpu.hpp"
#include "sim/run/simulation.hpp"

namespace sptc::run {
namespace {

constexpr std::size_t kIndentWidth = 2;
constexpr std::size_t kNameWidth = 40;

/// One SystemC object and what is below it.
struct Node {
    std::string name;  ///< without the parents' names
    std::string what;  ///< "tensor_core::TensorCore", "port of ...", "process"
    std::string bound_to;
    std::vector<Node> children;

    /// Built alike: the same but for the own name and the bindings.
    [[nodiscard]] bool alike(const Node& other) const {
        if (what != other.what || children.size() != other.children.size()) return false;
        for (std::size_t i = 0; i < children.size(); ++i) {
            if (children[i].name != other.children[i].name) return false;
            if (!children[i].alike(other.children[i])) return false;
        }
        return true;
    }
};

/// "tensor_core::TensorCore" of sptc::tensor_core::TensorCore.
std::string class_name(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), std::free);
    std::string name = status == 0 ? text.get() : type.name();
    for (const std::string_view prefix : {"sptc::", "sc_core::"}) {
        for (std::size_t at = 0; (at = name.find(prefix, at)) != std::string::npos;) {
            name.erase(at, prefix.size());
        }
    }
    return name;
}

/// `path` without the modules it shares with `from`: "gpu.l2" seen from "gpu.crossbar.l2" is "l2".
/// A path that is itself a parent of `from` is shown by its own name.
std::string path_from(const std::string& from, const std::string& path) {
    std::size_t shared = 0;
    for (std::size_t i = 0; i < path.size() && i < from.size() && path[i] == from[i]; ++i) {
        if (path[i] == '.') shared = i + 1;
    }
    const bool is_parent = from.starts_with(path + ".");
    return is_parent ? path.substr(path.rfind('.') + 1) : path.substr(shared);
}

std::string target_text(const sc_core::sc_object& object, const sc_core::sc_interface* interface) {
    if (interface == nullptr) return "nothing";
    if (const auto* target = dynamic_cast<const sc_core::sc_object*>(interface)) {
        return path_from(object.name(), target->name());
    }
    return class_name(typeid(*interface));
}

/// The template argument of sc_port<X, ...> or sc_export<X>.
std::string interface_name(const sc_core::sc_object& object) {
    const std::string type = class_name(typeid(object));
    const std::size_t begin = type.find('<') + 1;
    return type.substr(begin, type.find_first_of(",>", begin) - begin);
}

Node describe(const sc_core::sc_object& object) {
    Node node{object.basename(), {}, {}, {}};
    if (const auto* port = dynamic_cast<const sc_core::sc_port_base*>(&object)) {
        node.what = "port of " + interface_name(object);
        node.bound_to = target_text(object, port->get_interface());
    } else if (const auto* exported = dynamic_cast<const sc_core::sc_export_base*>(&object)) {
        node.what = "export of " + interface_name(object);
        node.bound_to = target_text(object, exported->get_interface());
    } else if (dynamic_cast<const sc_core::sc_module*>(&object) != nullptr) {
        node.what = class_name(typeid(object));
    } else {
        node.what = object.kind();
    }
    for (const sc_core::sc_object* child : object.get_child_objects()) {
        node.children.push_back(describe(*child));
    }
    return node;
}

void append(const Node& node, std::size_t depth, std::string& text) {
    const std::string indented = std::string(kIndentWidth * depth, ' ') + node.name;
    text += fmt::format("{:<{}} {}", indented, kNameWidth, node.what);
    if (!node.bound_to.empty()) text += " -> " + node.bound_to;
    text += '\n';
    for (std::size_t i = 0; i < node.children.size();) {
        const Node& first = node.children[i];
        append(first, depth + 1, text);
        std::size_t end = i + 1;
        while (end < node.children.size() && node.children[end].alike(first)) ++end;
        if (end - i == 2) {
            text += fmt::format("{:{}}{} (as {})\n", "", kIndentWidth * (depth + 1),
                                node.children[i + 1].name, first.name);
        } else if (end - i > 2) {
            text += fmt::format("{:{}}{} .. {} (as {})\n", "", kIndentWidth * (depth + 1),
                                node.children[i + 1].name, node.children[end - 1].name, first.name);
        }
        i = end;
    }
}

}  // namespace

std::string hierarchy_text(const gpu::GpuSpec& spec) {
    Simulation simulation;
    const gpu::Gpu gpu("gpu", spec, gpu::SimulatedSms::kAll);
    simulation.elaborate();
    std::string text;
    for (const sc_core::sc_object* object : sc_core::sc_get_top_level_objects()) {
        append(describe(*object), 0, text);
    }
    return text;
}

}  // namespace sptc::run
