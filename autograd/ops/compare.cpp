#include "autograd/ops/compare.h"

#include "autograd/ops/elementwise.h"
#include "kernels/elementwise/compare.h"

namespace helder {
namespace {

template <class F>
Tensor compare(const char* name, const Tensor& a0, const Tensor& b0) {
  const auto [a, b] = promoted(a0, b0);
  const bool small = a.dtype() == DType::Bool || a.dtype() == DType::UInt8;
  return small ? binary<F>(name, a.to(DType::Int64), b.to(DType::Int64)) : binary<F>(name, a, b);
}

}  // namespace

Tensor eq(const Tensor& a, const Tensor& b) { return compare<kernels::Equal>("eq", a, b); }
Tensor ne(const Tensor& a, const Tensor& b) { return compare<kernels::NotEqual>("ne", a, b); }
Tensor lt(const Tensor& a, const Tensor& b) { return compare<kernels::Less>("lt", a, b); }
Tensor le(const Tensor& a, const Tensor& b) { return compare<kernels::LessEqual>("le", a, b); }
Tensor gt(const Tensor& a, const Tensor& b) { return compare<kernels::Greater>("gt", a, b); }
Tensor ge(const Tensor& a, const Tensor& b) { return compare<kernels::GreaterEqual>("ge", a, b); }

Tensor eq(const Tensor& a, double b) { return eq(a, operand(a, b)); }
Tensor ne(const Tensor& a, double b) { return ne(a, operand(a, b)); }
Tensor lt(const Tensor& a, double b) { return lt(a, operand(a, b)); }
Tensor le(const Tensor& a, double b) { return le(a, operand(a, b)); }
Tensor gt(const Tensor& a, double b) { return gt(a, operand(a, b)); }
Tensor ge(const Tensor& a, double b) { return ge(a, operand(a, b)); }

}  // namespace helder
