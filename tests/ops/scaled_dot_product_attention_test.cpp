#include "autograd/ops/scaled_dot_product_attention.h"

#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/gradcheck.h"
#include "autograd/ops/add.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/sum.h"
#include "autograd/ops/to.h"
#include "autograd/ops/transpose.h"
#include "autograd/ops/where.h"
#include "tensor/allocator.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor attend(In x, const AttentionOptions& options = {}) {
  AttentionOptions with_mask = options;
  with_mask.attn_mask = x.size() > 3 ? x[3] : Tensor();
  return scaled_dot_product_attention(x[0], x[1], x[2], with_mask);
}

// The formula, with all scores in memory. `mask` is added; it may be undefined.
Tensor composed(const Tensor& q, const Tensor& k, const Tensor& v, const Tensor& mask, double scale) {
  const Tensor scores = mul(matmul(q, transpose(k, -2, -1)), scale);
  return matmul(softmax(mask.defined() ? add(scores, mask) : scores, -1), v);
}

struct Sizes {
  int64_t L, S, E, Ev;
};

}  // namespace

TEST_CASE("scaled_dot_product_attention: values and derivatives", "[ops][attention]") {
  constexpr auto plain = [](In x) { return attend(x); };
  constexpr auto causal = [](In x) { return attend(x, {.is_causal = true}); };
  check_op("scaled_dot_product_attention",
           {
               {"one head", plain},
               {"two heads", plain},
               {"3d", plain},
               {"2d", plain},
               {"5d", plain},
               {"more keys", plain},
               {"more queries", plain},
               {"wide values", plain},
               {"narrow values", plain},
               {"one query", plain},
               {"one key", plain},
               {"one of each", plain},
               {"batches broadcast", plain},
               {"batch of the values", plain},
               {"no batch dimension beside four", plain},
               {"scale", [](In x) { return attend(x, {.scale = 0.25}); }},
               {"negative scale", [](In x) { return attend(x, {.scale = -1}); }},
               {"sharp", [](In x) { return attend(x, {.scale = 5}); }},
               {"causal", causal},
               {"causal more keys", causal},
               {"causal more queries", causal},
               {"bool mask", plain},
               {"bool mask of keys", plain},
               {"bool mask for all", plain},
               {"bool mask of queries", plain},
               {"bool mask of a whole row", plain},
               {"added mask", plain},
               {"added mask of keys", plain},
               {"added mask for all", plain},
               {"added mask of queries", plain, kNoFloat32},  // its gradient is 0, but for rounding
               {"added constant mask", plain},
               {"minus infinity", plain},
               {"mask and scale", [](In x) { return attend(x, {.scale = 0.3}); }},
               {"empty batch", plain},
               {"no queries", plain},
               {"no keys", plain},
               {"no features", plain},
               {"past a tile", plain},
               {"past a block", plain},
               {"past a block causal", causal},
               {"past a block masked", plain},
               {"transposed heads",
                [](In x) {
                  return scaled_dot_product_attention(transpose(x[0], 1, 2), transpose(x[1], 1, 2),
                                                      transpose(x[2], 1, 2));
                }},
               {"of itself", [](In x) { return scaled_dot_product_attention(x[0], x[0], x[0]); }},
           });
}

TEST_CASE("scaled_dot_product_attention: agrees with its formula composed from ops", "[ops][attention]") {
  // Sizes around those of tiles, vectors, strips and blocks.
  const Sizes sizes[] = {{1, 1, 1, 1},     {7, 15, 3, 5},      {8, 48, 16, 48},  {9, 49, 17, 49},
                         {33, 239, 64, 8}, {64, 240, 32, 64},  {97, 241, 5, 96}, {129, 145, 65, 3},
                         {1, 600, 64, 64}, {197, 197, 64, 64}, {300, 17, 8, 130}};
  for (const Sizes& s : sizes) {
    for (const DType dtype : {DType::Float64, DType::Float32}) {
      for (const bool masked : {false, true}) {
        INFO(fmt::format("L {} S {} E {} Ev {} {}{}", s.L, s.S, s.E, s.Ev, name_of(dtype),
                         masked ? " masked" : ""));
        Generator generator(7);
        const auto leaf = [&](const Shape& shape) {
          return Tensor(randn(shape, dtype, generator)).requires_grad_();
        };
        const Tensor q = leaf({2, s.L, s.E}), k = leaf({2, s.S, s.E}), v = leaf({2, s.S, s.Ev});
        const Tensor mask = masked ? leaf({s.L, s.S}) : Tensor();
        const Tensor cotangent = randn({2, s.L, s.Ev}, dtype, generator);
        std::vector<Tensor> leaves = {q, k, v};
        if (masked) {
          leaves.push_back(mask);
        }
        std::vector<Tensor> expected;
        const double tolerance = dtype == DType::Float64 ? 1e-11 : 1e-4;
        composed(q, k, v, mask, 0.4).backward(cotangent);
        for (Tensor& x : leaves) {
          expected.push_back(x.grad());
          x.set_grad({});
        }
        const Tensor y = scaled_dot_product_attention(q, k, v, {.attn_mask = mask, .scale = 0.4});
        y.backward(cotangent);
        CHECK(first_difference(y.detach(), composed(q, k, v, mask, 0.4).detach(), tolerance) == "");
        for (size_t i = 0; i < leaves.size(); ++i) {
          INFO("gradient " << i);
          CHECK(first_difference(leaves[i].grad(), expected[i], tolerance) == "");
        }
      }
    }
  }
}

TEST_CASE("scaled_dot_product_attention: rising scores make every block rescale", "[ops][attention]") {
  // Key j has score j / 4: each block of keys has a larger maximum than all before it.
  constexpr int64_t S = 1000;
  for (const double slope : {0.25, -0.25}) {
    const Tensor k = mul(arange(0, S, 1, DType::Float64), slope).reshape({S, 1});
    const Tensor v = arange(0, S, 1, DType::Float64).reshape({S, 1});
    const Tensor q = ones({3, 1}, DType::Float64);
    const Tensor y = scaled_dot_product_attention(q, k, v, {.scale = 1});
    CHECK(first_difference(y, composed(q, k, v, {}, 1), 1e-12) == "");
  }
}

TEST_CASE("scaled_dot_product_attention: a NaN stays in its row", "[ops][attention]") {
  // PyTorch's CPU kernel gives zeros there, which hide it.
  const Tensor k = randn({5, 2}), v = randn({5, 2});
  Tensor q = randn({3, 2});
  const auto clean = scaled_dot_product_attention(q, k, v).to_vector<float>();
  q.at<float>({1, 0}) = std::nanf("");
  const auto y = scaled_dot_product_attention(q, k, v).to_vector<float>();
  for (size_t i = 0; i < 6; ++i) {
    INFO("element " << i);
    CHECK((i / 2 == 1 ? std::isnan(y[i]) : y[i] == clean[i]));
  }
}

TEST_CASE("scaled_dot_product_attention: a mask of one dimension is of the keys", "[ops][attention]") {
  const Tensor q = randn({2, 3, 4}), k = randn({2, 5, 4}), v = randn({2, 5, 4}), keys = randn({5});
  CHECK(same_bits(scaled_dot_product_attention(q, k, v, {.attn_mask = keys}),
                  scaled_dot_product_attention(q, k, v, {.attn_mask = keys.reshape({1, 5})})));
}

TEST_CASE("scaled_dot_product_attention: scores are never all in memory", "[ops][attention]") {
  constexpr int64_t kHeads = 4, kLength = 2048, kFeatures = 32;
  constexpr size_t kScores = kHeads * kLength * kLength * sizeof(float);  // 64 MiB
  const Shape shape = {kHeads, kLength, kFeatures};
  Tensor q = randn(shape), k = randn(shape), v = randn(shape);
  const auto growth = [&](auto run) {
    const size_t before = memory_stats().bytes_in_use;
    reset_peak_memory();
    run();
    return memory_stats().peak_bytes_in_use - before;
  };
  CHECK(growth([&] {
          NoGrad guard;
          scaled_dot_product_attention(q, k, v);
        }) < kScores / 16);
  for (Tensor* x : {&q, &k, &v}) {
    x->requires_grad_();
  }
  const Tensor dy = randn(shape);
  CHECK(growth([&] { scaled_dot_product_attention(q, k, v).backward(dy); }) < kScores / 4);
  CHECK(growth([&] { composed(q, k, v, {}, 1); }) > kScores);  // the counter would see them
}

TEST_CASE("scaled_dot_product_attention: the result lies in memory as the query does", "[ops][attention]") {
  const Tensor x = randn({2, 5, 3, 4});  // [N, L, heads, E]
  const Tensor heads = x.transpose(1, 2);
  const Tensor y = scaled_dot_product_attention(heads, heads, heads);
  CHECK(y.transpose(1, 2).is_contiguous());
  CHECK(scaled_dot_product_attention(x, x, x).is_contiguous());
}

TEST_CASE("scaled_dot_product_attention: dropout drops and rescales weights", "[ops][attention]") {
  // With the identity for values, the output is the matrix of weights.
  constexpr int64_t L = 200, S = 301;
  const Tensor q = randn({1, L, 8}, DType::Float64), k = randn({1, S, 8}, DType::Float64);
  const Tensor v = eye(S, -1, DType::Float64).reshape({1, S, S});
  const auto weights = [&](uint64_t seed, double p) {
    Generator generator(seed);
    return scaled_dot_product_attention(q, k, v, {.dropout_p = p}, generator).to_vector<double>();
  };
  const auto all = weights(1, 0), some = weights(1, 0.3);
  int64_t kept = 0, wrong = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    kept += some[i] != 0;
    wrong += some[i] != 0 && std::abs(some[i] * 0.7 / all[i] - 1) > 1e-9;
  }
  CHECK(wrong == 0);
  CHECK(std::abs(static_cast<double>(kept) - 0.7 * L * S) < 6 * std::sqrt(0.21 * L * S));
  CHECK(weights(1, 0.3) == some);
  CHECK(weights(2, 0.3) != some);
  CHECK(weights(1, 1) == std::vector<double>(static_cast<size_t>(L * S), 0.0));

  Generator generator(1);
  scaled_dot_product_attention(q, k, v, {.dropout_p = 0.3}, generator);
  CHECK(generator.offset() == L * 76);  // ceil(301 / 4) counters a row
  const auto next = scaled_dot_product_attention(q, k, v, {.dropout_p = 0.3}, generator);
  CHECK(next.to_vector<double>() != some);
}

TEST_CASE("scaled_dot_product_attention: backward drops what forward dropped", "[ops][attention]") {
  const auto leaf = [](const Shape& shape) { return Tensor(randn(shape, DType::Float64)).requires_grad_(); };
  const auto reseeded = [](In x) {
    Generator generator(2);
    return scaled_dot_product_attention(x[0], x[1], x[2], {.attn_mask = x[3], .dropout_p = 0.4}, generator);
  };
  const GradcheckResult result =
      gradcheck(reseeded, {leaf({2, 3, 4}), leaf({2, 6, 4}), leaf({2, 6, 3}), leaf({3, 6})});
  INFO(result.message);
  CHECK(result);
  CHECK(result.checked == 24 + 48 + 36 + 18);
}

TEST_CASE("scaled_dot_product_attention: threads change no bit", "[ops][attention]") {
  check_threads({
      {"heads", {{2, 12, 197, 16}, {2, 12, 197, 16}, {2, 12, 197, 16}}, [](In x) { return attend(x); }},
      {"one long head", {{700, 24}, {1500, 24}, {1500, 40}}, [](In x) { return attend(x); }},
      {"causal",
       {{3, 400, 8}, {3, 400, 8}, {3, 400, 8}},
       [](In x) { return attend(x, {.is_causal = true}); }},
      {"mask", {{5, 100, 8}, {5, 300, 8}, {5, 300, 8}, {100, 300}}, [](In x) { return attend(x); }},
      {"dropout",
       {{3, 200, 8}, {3, 500, 8}, {3, 500, 8}},
       [](In x) {
         Generator generator(5);
         return scaled_dot_product_attention(x[0], x[1], x[2], {.dropout_p = 0.2}, generator);
       }},
  });
}

TEST_CASE("scaled_dot_product_attention: errors", "[ops][attention]") {
  check_errors({
      {"scaled_dot_product_attention: expected [..., L, E], [..., S, E] and [..., S, Ev], got query [4], key "
       "[3,4], value [3,4]",
       [] {
         scaled_dot_product_attention(zeros({4}), zeros({3, 4}), zeros({3, 4}));
       }},
      {"scaled_dot_product_attention: query has 4 features but key has 5 (query [2,4], key [3,5], value "
       "[3,4])",
       [] {
         scaled_dot_product_attention(zeros({2, 4}), zeros({3, 5}), zeros({3, 4}));
       }},
      {"scaled_dot_product_attention: there are 3 keys but 2 values (query [2,4], key [3,4], value [2,4])",
       [] {
         scaled_dot_product_attention(zeros({2, 4}), zeros({3, 4}), zeros({2, 4}));
       }},
      {"scaled_dot_product_attention: query is float32, key float64, value float32",
       [] {
         scaled_dot_product_attention(zeros({2, 4}), zeros({3, 4}, DType::Float64), zeros({3, 4}));
       }},
      {"scaled_dot_product_attention: int64 is not supported; expected float32 or float64 (convert with "
       ".to(DType))",
       [] {
         const Tensor x = zeros({2, 4}, DType::Int64);
         scaled_dot_product_attention(x, x, x);
       }},
      {"scaled_dot_product_attention: dropout_p must be a probability in [0, 1], got 1.5",
       [] {
         const Tensor x = zeros({2, 4});
         scaled_dot_product_attention(x, x, x, {.dropout_p = 1.5});
       }},
      {"scaled_dot_product_attention: attn_mask and is_causal exclude each other",
       [] {
         const Tensor x = zeros({2, 4});
         scaled_dot_product_attention(x, x, x, {.attn_mask = zeros({2, 2}), .is_causal = true});
       }},
      {"scaled_dot_product_attention: attn_mask must be bool or float32 like the query, got int64",
       [] {
         const Tensor x = zeros({2, 4});
         scaled_dot_product_attention(x, x, x, {.attn_mask = zeros({2, 2}, DType::Int64)});
       }},
      {"scaled_dot_product_attention: attn_mask [2,3] does not broadcast to the scores [2,2]",
       [] {
         const Tensor x = zeros({2, 4});
         scaled_dot_product_attention(x, x, x, {.attn_mask = zeros({2, 3})});
       }},
      {"scaled_dot_product_attention: attn_mask [3,2,2] does not broadcast to the scores [2,2]",
       [] {
         const Tensor x = zeros({2, 4});
         scaled_dot_product_attention(x, x, x, {.attn_mask = zeros({3, 2, 2})});
       }},
      {"scaled_dot_product_attention: shapes [3] and [2] do not broadcast (3 against 2)",
       [] {
         scaled_dot_product_attention(zeros({3, 2, 4}), zeros({2, 2, 4}), zeros({2, 2, 4}));
       }},
  });
}

TEST_CASE("scaled_dot_product_attention: several tiles on the GPU, with the CPU's dropout",
          "[ops][attention][cuda]") {
  if (!cuda::is_available()) {
    return;
  }
  struct Case {
    const char* name;
    Sizes sizes;
    bool causal, masked;
    double dropout;
  };
  for (const Case& c : {Case{"no tile is whole", {70, 133, 35, 71}, false, false, 0},
                        Case{"causal", {130, 70, 8, 65}, true, false, 0},
                        Case{"mask and dropout", {67, 66, 33, 5}, false, true, 0.3}}) {
    INFO(c.name);
    const auto gradients = [&](Device device) {
      Generator numbers(9), dropout(10);
      std::vector<Tensor> x;
      for (const Shape& shape : {Shape{2, c.sizes.L, c.sizes.E}, Shape{2, c.sizes.S, c.sizes.E},
                                 Shape{2, c.sizes.S, c.sizes.Ev}, Shape{c.sizes.L, c.sizes.S}}) {
        x.push_back(randn(shape, DType::Float32, numbers).to(device).detach().requires_grad_());
      }
      const Tensor y = scaled_dot_product_attention(
          x[0], x[1], x[2],
          {.attn_mask = c.masked ? x[3] : Tensor(), .dropout_p = c.dropout, .is_causal = c.causal}, dropout);
      y.backward(randn(y.shape(), DType::Float32, numbers).to(device));
      std::vector<Tensor> result = {y.detach().to(Device::Cpu)};
      for (const Tensor& input : x) {
        if (input.grad().defined()) {
          result.push_back(input.grad().to(Device::Cpu));
        }
      }
      return result;
    };
    const auto expected = gradients(Device::Cpu), got = gradients(Device::Cuda);
    REQUIRE(got.size() == expected.size());
    REQUIRE(got.size() == (c.masked ? 5u : 4u));
    for (size_t i = 0; i < got.size(); ++i) {
      INFO("result " << i);
      CHECK(first_difference(got[i], expected[i], 5e-5) == "");
    }
  }
}
