#include "autograd/ops/class_labels.h"

#include "autograd/ops/position.h"
#include "kernels/cross_entropy/labels.h"
#include "tensor/copy.h"

namespace helder {
ClassLabels::ClassLabels(const char* operation, const Tensor& scores, const Tensor& given,
                         int64_t ignore_index) {
  check(given.dtype() == DType::Int64 || given.dtype() == DType::UInt8,
        "{}: the target must hold class indices, int64 or uint8, got {}", operation, name_of(given.dtype()));
  check(scores.rank() >= 1, "{}: the input needs a dimension for the classes, got a scalar", operation);
  const int class_dim = scores.rank() == 1 ? 0 : 1;
  Shape expected = scores.shape();
  expected.erase(class_dim);
  check(given.shape() == expected, "{}: an input of shape {} needs a target of shape {}, got {}", operation,
        scores.shape().str(), expected.str(), given.shape().str());

  labels = contiguous_copy(converted_copy(given, DType::Int64));
  for (int d = 0; d < scores.rank(); ++d) {
    (d < class_dim ? geometry.outer : d == class_dim ? geometry.n : geometry.inner) *= scores.shape()[d];
  }
  const auto scan =
      kernels::scan_labels_cpu(labels.numel(), labels.data<int64_t>(), geometry.n, ignore_index);
  if (scan.first_bad >= 0) {
    fail("{}: label{} is {}, but there are {} classes (input {})", operation,
         position_of(scan.first_bad, labels.shape()), labels.data<int64_t>()[scan.first_bad], geometry.n,
         scores.shape().str());
  }
  counted = scan.counted;
}

}  // namespace helder
