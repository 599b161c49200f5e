#include "autograd/ops/dropout2d.h"

#include <cmath>
#include <set>

#include "autograd/gradcheck.h"
#include "autograd/ops/add.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

// PyTorch draws other numbers, so there is no fixture: these are the properties.

TEST_CASE("dropout2d: channels go as a whole, the right share of them, and the others are scaled",
          "[ops][dropout2d]") {
  constexpr int64_t planes = 200 * 100, pixels = 6;
  for (DType dtype : {DType::Float32, DType::Float64}) {
    for (double p : {0.1, 0.5, 0.75}) {
      Generator generator(7);
      const auto y = dropout2d(full({200, 100, 2, 3}, 3, dtype), p, true, generator).to_vector<double>();
      int64_t kept = 0, mixed = 0, wrong = 0;
      for (size_t plane = 0; plane < planes; ++plane) {
        const std::set<double> values(y.begin() + static_cast<int64_t>(plane) * pixels,
                                      y.begin() + static_cast<int64_t>(plane + 1) * pixels);
        mixed += values.size() != 1;
        kept += *values.begin() != 0;
        wrong += *values.begin() != 0 && std::abs(*values.begin() * (1 - p) - 3) > 1e-6;
      }
      CHECK(mixed == 0);
      CHECK(wrong == 0);
      // Six standard deviations of a binomial count.
      CHECK(std::abs(static_cast<double>(kept) - planes * (1 - p)) < 6 * std::sqrt(planes * p * (1 - p)));
    }
  }
}

TEST_CASE("dropout2d: two channels of a picture, and two pictures, are independent", "[ops][dropout2d]") {
  Generator generator(3);
  const auto y = dropout2d(ones({100, 100, 1, 1}), 0.5, true, generator).to_vector<float>();
  for (size_t lag : {1, 2, 3, 4, 8, 100}) {
    int64_t agree = 0;
    for (size_t i = lag; i < y.size(); ++i) {
      agree += (y[i] == 0) == (y[i - lag] == 0);
    }
    const double pairs = static_cast<double>(y.size() - lag);
    INFO("lag " << lag);
    CHECK(std::abs(static_cast<double>(agree) - pairs / 2) < 6 * std::sqrt(pairs) / 2);
  }
}

TEST_CASE("dropout2d: the same seed drops the same channels, the next call others", "[ops][dropout2d]") {
  const Tensor x = ones({10, 30, 2, 2});
  Generator first(5), second(5), third(6);
  const Tensor y = dropout2d(x, 0.5, true, first);
  CHECK(same_bits(y, dropout2d(x, 0.5, true, second)));
  CHECK_FALSE(same_bits(y, dropout2d(x, 0.5, true, first)));
  CHECK_FALSE(same_bits(y, dropout2d(x, 0.5, true, third)));
  Generator again(5);
  CHECK(same_bits(y, dropout2d(ones({10, 30, 2, 2}).permute({0, 1, 3, 2}), 0.5, true, again)));
}

TEST_CASE("dropout2d: backward uses forward's mask", "[ops][dropout2d]") {
  const Tensor x = Tensor(ones({7, 9, 3, 5})).requires_grad_();
  const Tensor y = dropout2d(x, 0.4);
  y.backward(ones({7, 9, 3, 5}));
  CHECK(same_bits(x.grad(), y));  // both are mask / (1 - p)

  const Tensor z = Tensor(randn({2, 5, 2, 2}, DType::Float64)).requires_grad_();
  const auto reseeded = [](In in) {
    Generator generator(2);
    return dropout2d(in[0], 0.4, true, generator);
  };
  const GradcheckResult result = gradcheck(reseeded, {z});
  INFO(result.message);
  CHECK(result);
  CHECK(result.checked == 40);
}

TEST_CASE("dropout2d: threads change no bit", "[ops][dropout2d]") {
  check_threads({{"many planes", {{40, 100, 5, 4}}, [](In x) {
                    Generator generator(8);
                    return dropout2d(x[0], 0.3, true, generator);
                  }}});
}

TEST_CASE("dropout2d: p = 0, p = 1, evaluation, no elements", "[ops][dropout2d]") {
  const Tensor x = Tensor(randn({3, 4, 2, 2}, DType::Float64)).requires_grad_();
  CHECK(same_bits(dropout2d(x, 0), x));
  CHECK(same_bits(dropout2d(x, 0.7, false), x));
  const Tensor none = dropout2d(x, 1);
  CHECK(same_bits(none, zeros({3, 4, 2, 2}, DType::Float64)));
  none.backward(ones({3, 4, 2, 2}, DType::Float64));
  CHECK(same_bits(x.grad(), zeros({3, 4, 2, 2}, DType::Float64)));
  CHECK(dropout2d(zeros({0, 3, 2, 2}), 0.5).shape() == Shape{0, 3, 2, 2});
}

TEST_CASE("dropout2d: errors", "[ops][dropout2d]") {
  check_errors({
      {"dropout2d: p must be a probability in [0, 1], got -0.1",
       [] {
         dropout2d(zeros({1, 1, 2, 2}), -0.1);
       }},
      {"dropout2d: expected [N,C,H,W], got [2,3]",
       [] {
         dropout2d(zeros({2, 3}));
       }},
      {"dropout2d: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] {
         dropout2d(zeros({1, 1, 2, 2}, DType::Int64));
       }},
  });
}
