#include "autograd/ops/cosine_similarity.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("cosine_similarity: values and derivatives", "[ops][cosine_similarity]") {
  check_op("cosine_similarity",
           {
               {"rows", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"dim 0", [](In x) { return cosine_similarity(x[0], x[1], 0); }},
               {"dim -1", [](In x) { return cosine_similarity(x[0], x[1], -1); }},
               {"image", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"vectors", [](In x) { return cosine_similarity(x[0], x[1], 0); }},
               {"each with each", [](In x) { return cosine_similarity(x[0], x[1], -1); }},
               {"one for all", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"one number against a row", [](In x) { return cosine_similarity(x[0], x[1]); }, kNoFloat32},
               {"of length 1", [](In x) { return cosine_similarity(x[0], x[1]); }, kNoFloat32},
               {"constant", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"no rows", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"no elements", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"zero vector", [](In x) { return cosine_similarity(x[0], x[1]); }},
               {"slope at zero", [](In x) { return cosine_similarity(x[0], x[1]); }, kNoQuotient},
               {"eps 0.5", [](In x) { return cosine_similarity(x[0], x[1], 1, 0.5); }},
               {"large eps", [](In x) { return cosine_similarity(x[0], x[1], 1, 100); }},
               {"parallel", [](In x) { return cosine_similarity(x[0], x[1]); }},
           });
}

TEST_CASE("cosine_similarity: the number of threads changes no bit", "[ops][cosine_similarity][threads]") {
  check_threads(
      {{"cosine_similarity", {{300, 301}, {300, 301}}, [](In x) { return cosine_similarity(x[0], x[1]); }}});
}

TEST_CASE("cosine_similarity: errors", "[ops][cosine_similarity]") {
  check_errors({
      {"cosine_similarity: shapes [3,4] and [3,5] do not broadcast (4 against 5)",
       [] {
         cosine_similarity(zeros({3, 4}), zeros({3, 5}));
       }},
      {"cosine_similarity: both inputs must be float32 or float64, got int64",
       [] {
         cosine_similarity(zeros({3, 4}, DType::Int64), zeros({3, 4}));
       }},
      {"cosine_similarity: eps must not be negative, got -1",
       [] {
         cosine_similarity(zeros({3, 4}), zeros({3, 4}), 1, -1);
       }},
      {"cosine_similarity: dimension 2 is out of range for a tensor of 2 dimensions (expected -2 to 1)",
       [] {
         cosine_similarity(zeros({3, 4}), zeros({3, 4}), 2);
       }},
  });
}
