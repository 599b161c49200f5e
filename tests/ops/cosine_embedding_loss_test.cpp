#include "autograd/ops/cosine_embedding_loss.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("cosine_embedding_loss: values and derivatives", "[ops][cosine_embedding_loss]") {
  check_op(
      "cosine_embedding_loss",
      {
          {"mean", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2]); }},
          {"sum", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2], 0, Reduction::Sum); }},
          {"none", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2], 0, Reduction::None); }},
          {"margin 0.3", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2], 0.3, Reduction::None); }},
          {"margin -0.5", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2], -0.5); }},
          {"one pair", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2]); }},
          {"one pair apart", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2]); }},
          {"int64 target", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2]); }},
          {"zero vectors", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2], 0, Reduction::None); },
           kNoQuotient},
          {"no pairs sum", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2], 0, Reduction::Sum); }},
          {"no pairs mean", [](In x) { return cosine_embedding_loss(x[0], x[1], x[2]); }},
      });
}

TEST_CASE("cosine_embedding_loss: the number of threads changes no bit",
          "[ops][cosine_embedding_loss][threads]") {
  check_threads({{"cosine_embedding_loss", {{300, 101}, {300, 101}}, [](In x) {
                    return cosine_embedding_loss(x[0], x[1], full({300}, -1));
                  }}});
}

TEST_CASE("cosine_embedding_loss: errors", "[ops][cosine_embedding_loss]") {
  check_errors({
      {"cosine_embedding_loss: the inputs must both be [D] or [N, D], got [3,4] and [3,5]",
       [] {
         cosine_embedding_loss(zeros({3, 4}), zeros({3, 5}), ones({3}));
       }},
      {"cosine_embedding_loss: inputs of shape [3,4] need a target of shape [3], got [2]",
       [] {
         cosine_embedding_loss(zeros({3, 4}), zeros({3, 4}), ones({2}));
       }},
      {"cosine_embedding_loss: target[1] is 0, neither 1 nor -1",
       [] {
         cosine_embedding_loss(zeros({2, 4}), zeros({2, 4}), tensor<int64_t>({1, 0}));
       }},
      {"cosine_embedding_loss: margin must be in [-1, 1], got 2",
       [] {
         cosine_embedding_loss(zeros({2, 4}), zeros({2, 4}), ones({2}), 2);
       }},
  });
}
