#include "autograd/ops/drop_path.h"

#include <cmath>
#include <set>

#include "autograd/gradcheck.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

// Others draw other numbers, so there is no fixture: these are the properties.

TEST_CASE("drop_path: samples go as a whole, the right share of them, and the others are scaled if asked",
          "[ops][drop_path]") {
  constexpr int64_t samples = 20'000, n = 6;
  for (bool scale_by_keep : {true, false}) {
    for (double p : {0.1, 0.5, 0.75}) {
      Generator generator(7);
      const auto y = drop_path(full({samples, 2, 3}, 3, DType::Float64), p, true, scale_by_keep, generator)
                         .to_vector<double>();
      int64_t kept = 0, mixed = 0, wrong = 0;
      for (int64_t sample = 0; sample < samples; ++sample) {
        const std::set<double> values(y.begin() + sample * n, y.begin() + (sample + 1) * n);
        mixed += values.size() != 1;
        kept += *values.begin() != 0;
        wrong += *values.begin() != 0 && std::abs(*values.begin() * (scale_by_keep ? 1 - p : 1) - 3) > 1e-12;
      }
      CHECK(mixed == 0);
      CHECK(wrong == 0);
      // Six standard deviations of a binomial count.
      CHECK(std::abs(static_cast<double>(kept) - samples * (1 - p)) < 6 * std::sqrt(samples * p * (1 - p)));
    }
  }
}

TEST_CASE("drop_path: the same seed drops the same samples, the next call others", "[ops][drop_path]") {
  const Tensor x = ones({100, 5});
  Generator first(5), second(5), third(6);
  const Tensor y = drop_path(x, 0.5, true, true, first);
  CHECK(same_bits(y, drop_path(x, 0.5, true, true, second)));
  CHECK_FALSE(same_bits(y, drop_path(x, 0.5, true, true, first)));
  CHECK_FALSE(same_bits(y, drop_path(x, 0.5, true, true, third)));
}

TEST_CASE("drop_path: backward uses forward's mask", "[ops][drop_path]") {
  for (bool scale_by_keep : {true, false}) {
    const Tensor x = Tensor(ones({99, 7})).requires_grad_();
    const Tensor y = drop_path(x, 0.4, true, scale_by_keep);
    y.backward(ones({99, 7}));
    CHECK(same_bits(x.grad(), y));  // both are the scaled mask
  }
  const Tensor z = Tensor(randn({10, 4}, DType::Float64)).requires_grad_();
  const auto reseeded = [](In in) {
    Generator generator(2);
    return drop_path(in[0], 0.4, true, true, generator);
  };
  const GradcheckResult result = gradcheck(reseeded, {z});
  INFO(result.message);
  CHECK(result);
  CHECK(result.checked == 40);
}

TEST_CASE("drop_path: threads change no bit", "[ops][drop_path]") {
  check_threads({{"many samples", {{500, 130}}, [](In x) {
                    Generator generator(8);
                    return drop_path(x[0], 0.3, true, true, generator);
                  }}});
}

TEST_CASE("drop_path: probability 0 and 1, evaluation, no samples", "[ops][drop_path]") {
  const Tensor x = Tensor(randn({3, 4}, DType::Float64)).requires_grad_();
  CHECK(same_bits(drop_path(x, 0, true), x));
  CHECK(same_bits(drop_path(x, 0.7), x));  // by default it does not train
  const Tensor none = drop_path(x, 1, true);
  CHECK(same_bits(none, zeros({3, 4}, DType::Float64)));
  none.backward(ones({3, 4}, DType::Float64));
  CHECK(same_bits(x.grad(), zeros({3, 4}, DType::Float64)));
  CHECK(drop_path(zeros({0, 3}), 0.5, true).shape() == Shape{0, 3});
}

TEST_CASE("drop_path: errors", "[ops][drop_path]") {
  check_errors({
      {"drop_path: drop_prob must be a probability in [0, 1], got 1.5", [] { drop_path(zeros({2}), 1.5); }},
      {"drop_path: expected [N,...], got a scalar", [] { drop_path(scalar(1), 0.5, true); }},
      {"drop_path: int64 is not supported; expected float32 or float64 (convert with .to(DType))",
       [] { drop_path(zeros({2}, DType::Int64), 0.5, true); }},
  });
}
