#include "traces/ptx/exactness.hpp"

#include "traces/ptx/program.hpp"

namespace sptc::ptx {

std::vector<Exactness> exactness(const Program& program) {
    std::vector<Exactness> classes;
    classes.reserve(program.ops.size());
    for (const Op& op : program.ops) classes.push_back(op.exactness);
    return classes;
}

}  // namespace sptc::ptx
