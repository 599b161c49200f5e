#include "autograd/ops/embedding.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("embedding: values and derivatives", "[ops][embedding]") {
  check_op("embedding",
           {
               {"sentence", [](In x) { return embedding(x[0], x[1]); }},
               {"batch", [](In x) { return embedding(x[0], x[1]); }},
               {"one token", [](In x) { return embedding(x[0], x[1]); }},
               {"same token", [](In x) { return embedding(x[0], x[1]); }},
               {"padding", [](In x) { return embedding(x[0], x[1], 0); }, kNoQuotient},
               {"padding from the end", [](In x) { return embedding(x[0], x[1], -1); }, kNoQuotient},
               {"no tokens", [](In x) { return embedding(x[0], x[1]); }},
               {"no width", [](In x) { return embedding(x[0], x[1]); }},
               {"int64", [](In x) { return embedding(x[0], x[1]); }},
           });
}

TEST_CASE("embedding: threads change no bit", "[ops][embedding]") {
  const auto tokens = [](In x) {
    Generator generator(7);
    return embedding(randint(0, 9, {20, 50}, DType::Int64, generator), x[0], 3);
  };
  check_threads({{"wide", {{9, 300}}, tokens}, {"narrow", {{9, 2}}, tokens}});
}

TEST_CASE("embedding: errors", "[ops][embedding]") {
  check_errors({
      {"embedding: the input must be int64, got float32",
       [] {
         embedding(zeros({2}), zeros({3, 2}));
       }},
      {"embedding: the weight must be [V,D], got [3]", [] { embedding(arange(2), zeros({3})); }},
      {"embedding: index 3 at position 3 is out of range for a dimension of size 3",
       [] {
         embedding(arange(4), zeros({3, 2}));
       }},
      {"embedding: index -1 at position 0 is out of range for a dimension of size 3",
       [] {
         embedding(tensor<int64_t>({-1}), zeros({3, 2}));
       }},
      {"embedding: padding_idx 3 is out of range for a weight of 3 rows",
       [] {
         embedding(arange(2), zeros({3, 2}), 3);
       }},
  });
}
