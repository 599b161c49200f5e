#include "autograd/ops/one_hot.h"

#include "autograd/ops/check_indices.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/max.h"
#include "autograd/ops/min.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {

Tensor one_hot(const Tensor& x, int64_t num_classes) {
  check(x.dtype() == DType::Int64, "one_hot: expected int64, got {}", name_of(x.dtype()));
  check(num_classes > 0 || num_classes == -1,
        "one_hot: num_classes must be positive, or -1 to take it from the input, got {}", num_classes);
  if (x.numel() == 0) {
    check(num_classes > 0, "one_hot: num_classes cannot be taken from no elements (input {})", x.shape());
  } else {
    const int64_t smallest = element_at(amin(x), 0), largest = element_at(amax(x), 0);
    check(smallest >= 0, "one_hot: class numbers must not be negative, got {}", smallest);
    num_classes = num_classes == -1 ? largest + 1 : num_classes;
    check(largest < num_classes, "one_hot: class number {} is not below num_classes {}", largest,
          num_classes);
  }
  return converted_copy(eq(views::unsqueeze(x, -1), arange(num_classes, x.device())), DType::Int64);
}

}  // namespace helder
