#include "autograd/ops/dropout.h"

#include <algorithm>
#include <cmath>

#include "autograd/gradcheck.h"
#include "autograd/ops/add.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

// PyTorch draws other numbers, so there is no fixture: these are the properties.

TEST_CASE("dropout: keeps the right share, scaled", "[ops][dropout]") {
  constexpr int64_t n = 100'000;
  for (DType dtype : {DType::Float32, DType::Float64}) {
    for (double p : {0.1, 0.5, 0.9}) {
      Generator generator(7);
      const auto y = dropout(full({n}, 3, dtype), p, true, generator).to_vector<double>();
      int64_t kept = 0, wrong = 0;
      for (double value : y) {
        kept += value != 0;
        wrong += value != 0 && std::abs(value * (1 - p) - 3) > 1e-6;
      }
      CHECK(wrong == 0);
      // Six standard deviations of a binomial count.
      CHECK(std::abs(static_cast<double>(kept) - n * (1 - p)) < 6 * std::sqrt(n * p * (1 - p)));
    }
  }
}

TEST_CASE("dropout: neighbours are independent", "[ops][dropout]") {
  constexpr int64_t n = 100'000;
  Generator generator(3);
  const auto y = dropout(ones({n}), 0.5, true, generator).to_vector<float>();
  for (int lag : {1, 2, 3, 4, 8, 16384}) {
    int64_t agree = 0;
    for (size_t i = static_cast<size_t>(lag); i < y.size(); ++i) {
      agree += (y[i] == 0) == (y[i - static_cast<size_t>(lag)] == 0);
    }
    const double pairs = static_cast<double>(n - lag);
    INFO("lag " << lag);
    CHECK(std::abs(static_cast<double>(agree) - pairs / 2) < 6 * std::sqrt(pairs) / 2);
  }
}

TEST_CASE("dropout: the same seed drops the same elements, the next call others", "[ops][dropout]") {
  const Tensor x = ones({1000});
  Generator first(5), second(5), third(6);
  const Tensor y = dropout(x, 0.5, true, first);
  CHECK(same_bits(y, dropout(x, 0.5, true, second)));
  CHECK_FALSE(same_bits(y, dropout(x, 0.5, true, first)));
  CHECK_FALSE(same_bits(y, dropout(x, 0.5, true, third)));
}

TEST_CASE("dropout: an element's fate does not depend on its type, the layout, or how many there are",
          "[ops][dropout]") {
  const auto dropped = [](const Tensor& x) {
    Generator generator(11);
    return dropout(x, 0.3, true, generator).to_vector<double>();
  };
  const Tensor x = ones({40, 50});
  const auto expected = dropped(x);
  CHECK(dropped(ones({50, 40}).t()) == expected);
  const auto in_float64 = dropped(ones({40, 50}, DType::Float64));
  CHECK(std::equal(expected.begin(), expected.end(), in_float64.begin(),
                   [](double a, double b) { return (a == 0) == (b == 0); }));
  const auto longer = dropped(ones({3000}));
  CHECK(std::equal(expected.begin(), expected.end(), longer.begin()));
}

TEST_CASE("dropout: backward uses forward's mask", "[ops][dropout]") {
  const Tensor x = Tensor(ones({999})).requires_grad_();
  const Tensor y = dropout(x, 0.4);
  y.backward(ones({999}));
  CHECK(same_bits(x.grad(), y));  // both are mask / (1 - p)

  const Tensor z = Tensor(randn({4, 5}, DType::Float64)).requires_grad_();
  const auto reseeded = [](In in) {
    Generator generator(2);
    return dropout(in[0], 0.4, true, generator);
  };
  const GradcheckResult result = gradcheck(reseeded, {z});
  INFO(result.message);
  CHECK(result);
  CHECK(result.checked == 20);
}

TEST_CASE("dropout: p = 0, p = 1, evaluation, no elements", "[ops][dropout]") {
  const Tensor x = Tensor(randn({3, 4}, DType::Float64)).requires_grad_();
  CHECK(same_bits(dropout(x, 0), x));
  CHECK(same_bits(dropout(x, 0.7, false), x));

  const Tensor none = dropout(x, 1);
  CHECK(same_bits(none.detach() + 0.0, zeros({3, 4}, DType::Float64)));  // + 0.0: a product with 0 may be -0
  none.backward(ones({3, 4}, DType::Float64));
  CHECK(same_bits(x.grad() + 0.0, zeros({3, 4}, DType::Float64)));

  CHECK(dropout(zeros({0, 3}), 0.5).shape() == Shape{0, 3});
}

TEST_CASE("dropout: errors", "[ops][dropout]") {
  check_errors({
      {"dropout: p must be a probability in [0, 1], got -0.1", [] { dropout(zeros({2}), -0.1); }},
      {"dropout: p must be a probability in [0, 1], got 1.5", [] { dropout(zeros({2}), 1.5); }},
      {"dropout: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { dropout(zeros({2}, DType::Int64)); }},
  });
}
