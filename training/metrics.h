#pragma once

#include "tensor/tensor.h"

namespace helder {

/// How many rows of logits [N, C] have their largest value at the label [N].
int64_t count_correct(const Tensor& logits, const Tensor& labels);

/// The share of rows of logits [N, C] that have their largest value at the label [N].
double accuracy(const Tensor& logits, const Tensor& labels);

/// Counts [C, C], int64: row = the label, column = what the network answered.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(int64_t classes);

  /// Labels and predictions are int64 [N], in [0, classes).
  void add(const Tensor& labels, const Tensor& predictions);

  const Tensor& counts() const { return counts_; }
  int64_t total() const;
  int64_t correct() const;

 private:
  Tensor counts_;
};

}  // namespace helder
