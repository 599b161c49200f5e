#include "training/metrics.h"

#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("accuracy is the share of rows with the largest value at the label") {
  const Tensor logits = from_data<float>(std::vector<float>{1, 2, 0, 5, 1, 1, 0, 0, 9}, {3, 3});
  CHECK(accuracy(logits, tensor<int64_t>({1, 0, 2})) == 1);
  CHECK(count_correct(logits, tensor<int64_t>({1, 1, 2})) == 2);
  CHECK_THROWS_WITH(accuracy(logits, tensor<int64_t>({1, 1})),
                    "accuracy: expected logits [N,C] and labels [N], got [3,3] and [2]");
}

TEST_CASE("a confusion matrix counts labels in rows and predictions in columns") {
  ConfusionMatrix matrix(3);
  matrix.add(tensor<int64_t>({0, 0, 1}), tensor<int64_t>({0, 2, 1}));
  matrix.add(tensor<int64_t>({2}), tensor<int64_t>({1}));
  CHECK(matrix.counts().to_vector<int64_t>() == std::vector<int64_t>{1, 0, 1, 0, 1, 0, 0, 1, 0});
  CHECK(matrix.total() == 4);
  CHECK(matrix.correct() == 2);
  CHECK_THROWS_WITH(matrix.add(tensor<int64_t>({3}), tensor<int64_t>({1})),
                    "ConfusionMatrix: label 3 or prediction 1 at position 0 is not one of 3 classes");
}
