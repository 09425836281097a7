#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace sptc::test {

/// A value change dump (IEEE 1364-2005, section 18), read strictly enough to find a malformed one:
/// every identifier declared once, every change of a declared one and as wide, time ascending.
class Vcd {
  public:
    struct Step {
        std::uint64_t time;
        std::map<std::string, std::string> values;  ///< all signals' after it: bits, high first
    };

    explicit Vcd(const std::string& text) {
        std::istringstream in(text);
        std::vector<std::string> scopes;
        std::string word;
        while (in >> word && word != "$enddefinitions") {
            if (word == "$scope") {
                std::string kind, name;
                in >> kind >> name;
                scopes.push_back(name);
                skip(in);
            } else if (word == "$upscope") {
                if (scopes.empty()) throw std::runtime_error("$upscope without $scope");
                scopes.pop_back();
                skip(in);
            } else if (word == "$var") {
                read_variable(in, scopes);
            } else if (word.front() == '$') {
                skip(in);
            } else {
                throw std::runtime_error("unexpected in the header: " + word);
            }
        }
        if (!scopes.empty()) throw std::runtime_error("$scope without $upscope");
        skip(in);
        read_changes(in);
    }

    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
    [[nodiscard]] const std::set<std::string>& names() const { return names_; }

  private:
    struct Variable {
        std::size_t width;
        std::string name;
    };

    static void skip(std::istringstream& in) {
        std::string word;
        while (in >> word) {
            if (word == "$end") return;
        }
        throw std::runtime_error("no $end");
    }

    void read_variable(std::istringstream& in, const std::vector<std::string>& scopes) {
        std::string kind, id, name;
        std::size_t width = 0;
        if (!(in >> kind >> width >> id >> name) || width == 0)
            throw std::runtime_error("bad $var");
        std::string path;
        for (const std::string& scope : scopes) path += scope + ".";
        if (!variables_.emplace(id, Variable{width, path + name}).second)
            throw std::runtime_error("identifier declared twice: " + id);
        names_.insert(path + name);
        skip(in);
    }

    void read_changes(std::istringstream& in) {
        std::map<std::string, std::string> values;
        std::string word;
        Step step{0, {}};
        bool timed = false;
        while (in >> word) {
            if (word == "$comment") {
                skip(in);
            } else if (word.front() == '$') {
                continue;  // $dumpvars ... $end
            } else if (word.front() == '#') {
                const std::uint64_t time = std::stoull(word.substr(1));
                if (timed && time <= step.time) throw std::runtime_error("time goes back: " + word);
                if (timed) steps_.push_back({step.time, values});
                step.time = time;
                timed = true;
            } else if (word.front() == 'b') {
                std::string id;
                in >> id;
                set(values, id, word.substr(1));
            } else {
                set(values, word.substr(1), word.substr(0, 1));
            }
        }
        steps_.push_back({step.time, values});
    }

    void set(std::map<std::string, std::string>& values, const std::string& id,
             const std::string& bits) const {
        const auto variable = variables_.find(id);
        if (variable == variables_.end())
            throw std::runtime_error("change of an undeclared identifier: " + id);
        if (bits.empty() || bits.size() > variable->second.width ||
            bits.find_first_not_of("01xzXZ") != std::string::npos)
            throw std::runtime_error("bad value '" + bits + "' of " + variable->second.name);
        values[variable->second.name] = bits;
    }

    std::map<std::string, Variable> variables_;
    std::set<std::string> names_;
    std::vector<Step> steps_;
};

}  // namespace sptc::test
