#include "training/metrics.h"

#include "autograd/ops/argmax.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/sum.h"
#include "tensor/copy.h"
#include "tensor/factories.h"

namespace helder {

int64_t count_correct(const Tensor& logits, const Tensor& labels) {
  check(logits.rank() == 2 && labels.rank() == 1 && logits.size(0) == labels.size(0),
        "accuracy: expected logits [N,C] and labels [N], got {} and {}", logits.shape().str(),
        labels.shape().str());
  return static_cast<int64_t>(sum(eq(argmax(logits, 1), labels)).item());
}

double accuracy(const Tensor& logits, const Tensor& labels) {
  return static_cast<double>(count_correct(logits, labels)) / static_cast<double>(labels.numel());
}

ConfusionMatrix::ConfusionMatrix(int64_t classes) : counts_(zeros({classes, classes}, DType::Int64)) {}

void ConfusionMatrix::add(const Tensor& labels, const Tensor& predictions) {
  check(labels.shape() == predictions.shape() && labels.rank() == 1,
        "ConfusionMatrix: expected labels and predictions [N], got {} and {}", labels.shape().str(),
        predictions.shape().str());
  const Tensor rows = contiguous_copy(copied_to(labels, Device::Cpu));
  const Tensor columns = contiguous_copy(copied_to(predictions, Device::Cpu));
  const int64_t classes = counts_.size(0);
  for (int64_t i = 0; i < rows.numel(); ++i) {
    const int64_t row = rows.data<int64_t>()[i];
    const int64_t column = columns.data<int64_t>()[i];
    check(row >= 0 && row < classes && column >= 0 && column < classes,
          "ConfusionMatrix: label {} or prediction {} at position {} is not one of {} classes", row, column,
          i, classes);
    ++counts_.data<int64_t>()[row * classes + column];
  }
}

int64_t ConfusionMatrix::total() const { return static_cast<int64_t>(counts_.sum().item()); }
int64_t ConfusionMatrix::correct() const { return static_cast<int64_t>(counts_.diagonal().sum().item()); }

}  // namespace helder
