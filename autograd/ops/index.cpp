#include "autograd/ops/index.h"

#include "autograd/ops/advanced_index.h"

namespace helder {

Tensor index(const Tensor& x, const std::vector<Tensor>& indices) {
  return AdvancedIndex("index", x, indices).pick(x);
}

}  // namespace helder
