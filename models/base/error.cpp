#include "models/base/error.hpp"

namespace sptc::base {

void assertion_failed(const char* condition, const char* file, int line) {
    throw std::logic_error(std::string("internal error (please report it): ") + condition + " at " +
                           file + ":" + std::to_string(line));
}

}  // namespace sptc::base
