#include "models/variant/matrix.hpp"

namespace sptc::variant {

Int32Matrix reference_product(const Operands& operands) {
    const Int8Matrix& a = operands.a;
    const Int8Matrix& b = operands.b;
    Int32Matrix d(a.rows, b.columns);
    for (int m = 0; m < a.rows; ++m) {
        for (int k = 0; k < a.columns; ++k) {
            for (int n = 0; n < b.columns; ++n) d.row(m)[n] += a.at(m, k) * b.at(k, n);
        }
    }
    return d;
}

}  // namespace sptc::variant
