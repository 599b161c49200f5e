#include "autograd/ops/class_labels.h"

#include "autograd/ops/optional_data.h"
#include "autograd/ops/position.h"
#include "kernels/cross_entropy/labels.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/cuda_graph.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {

kernels::ReduceGeometry class_geometry(const char* operation, const Tensor& scores) {
  check(scores.rank() >= 1, "{}: the input needs a dimension for the classes, got a scalar", operation);
  const int class_dim = scores.rank() == 1 ? 0 : 1;
  kernels::ReduceGeometry geometry;
  for (int d = 0; d < scores.rank(); ++d) {
    (d < class_dim ? geometry.outer : d == class_dim ? geometry.n : geometry.inner) *= scores.shape()[d];
  }
  return geometry;
}

Tensor class_weight(const char* operation, const Tensor& scores, const Tensor& weight) {
  if (!weight.defined()) {
    return {};
  }
  const int64_t classes = scores.size(scores.rank() == 1 ? 0 : 1);
  check(weight.rank() == 1 && weight.size(0) == classes && weight.dtype() == scores.dtype(),
        "{}: weight must be one {} for each of {} classes, got {} {}", operation, name_of(scores.dtype()),
        classes, name_of(weight.dtype()), weight.shape());
  check(!weight.requires_grad(), "{}: weight is taken as a constant, but it requires grad", operation);
  return contiguous_copy(weight);
}

ClassLabels::ClassLabels(const char* operation, const Tensor& scores, const Tensor& given,
                         const Tensor& given_weight, int64_t ignore_index) {
  check(given.dtype() == DType::Int64 || given.dtype() == DType::UInt8,
        "{}: the target must hold class indices, int64 or uint8, got {}", operation, name_of(given.dtype()));
  geometry = class_geometry(operation, scores);
  Shape expected = scores.shape();
  expected.erase(scores.rank() == 1 ? 0 : 1);
  check(given.shape() == expected, "{}: an input of shape {} needs a target of shape {}, got {}", operation,
        scores.shape(), expected, given.shape());
  weight = class_weight(operation, scores, given_weight);

  labels = contiguous_copy(converted_copy(given, DType::Int64));
  const auto wrong = [operation, shape = expected, classes = geometry.n, input = scores.shape()](
                         int64_t position, int64_t label) {
    return fmt::format("{}: label{} is {}, but there are {} classes (input {})", operation,
                       position_of(position, shape), label, classes, input.str());
  };
  const Tensor wide = weight.defined() ? converted_copy(weight, DType::Float64) : Tensor();
  kernels::LabelScan scan;
  const bool cpu = on_cpu(operation, scores, labels, weight);
  if (!cpu && cuda::is_capturing()) {
    check(!weight.defined(), "{}: with class weights it cannot be captured in a graph", operation);
    const Tensor safe = empty_like(labels);
    if constexpr (kCudaBuilt) {
      kernels::defer_label_check_cuda(labels.numel(), labels.cuda_data<int64_t>(), geometry.n,
                                      safe.cuda_data<int64_t>(), wrong);
    }
    labels = safe;
    counted = static_cast<double>(labels.numel());
    return;
  }
  if (cpu) {
    scan = kernels::scan_labels_cpu(labels.numel(), labels.data<int64_t>(), geometry.n, ignore_index,
                                    data_or_null<double>(wide));
  } else if constexpr (kCudaBuilt) {
    scan = kernels::scan_labels_cuda(labels.numel(), labels.cuda_data<int64_t>(), geometry.n, ignore_index,
                                     cuda_data_or_null<double>(wide));
  }
  if (scan.first_bad >= 0) {
    const Tensor read = copied_to(labels, Device::Cpu);
    throw Error(wrong(scan.first_bad, read.data<int64_t>()[scan.first_bad]));
  }
  counted = scan.counted;
}

}  // namespace helder
