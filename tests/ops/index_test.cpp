#include "autograd/ops/index.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("index: values and derivatives", "[ops][index]") {
  check_op("index", {
                        {"rows", [](In x) { return index(x[0], {x[1]}); }},
                        {"matrix of rows", [](In x) { return index(x[0], {x[1]}); }},
                        {"negative", [](In x) { return index(x[0], {x[1]}); }},
                        {"pairs",
                         [](In x) {
                           return index(x[0], {x[1], x[2]});
                         }},
                        {"broadcast pairs",
                         [](In x) {
                           return index(x[0], {x[1], x[2]});
                         }},
                        {"columns",
                         [](In x) {
                           return index(x[0], {{}, x[1]});
                         }},
                        {"middle",
                         [](In x) {
                           return index(x[0], {{}, x[1], x[2]});
                         }},
                        {"apart",
                         [](In x) {
                           return index(x[0], {x[1], {}, x[2]});
                         }},
                        {"apart, not first",
                         [](In x) {
                           return index(x[0], {{}, x[1], {}, x[2]});
                         }},
                        {"one index", [](In x) { return index(x[0], {x[1]}); }},
                        {"element",
                         [](In x) {
                           return index(x[0], {x[1], x[2]});
                         }},
                        {"whole", [](In x) { return index(x[0], {{}}); }},
                        {"mask", [](In x) { return index(x[0], {x[1]}); }},
                        {"mask of rows", [](In x) { return index(x[0], {x[1]}); }},
                        {"mask of columns",
                         [](In x) {
                           return index(x[0], {{}, x[1]});
                         }},
                        {"mask and index",
                         [](In x) {
                           return index(x[0], {x[1], x[2]});
                         }},
                        {"empty mask", [](In x) { return index(x[0], {x[1]}); }},
                        {"nothing", [](In x) { return index(x[0], {x[1]}); }},
                        {"nothing of nothing", [](In x) { return index(x[0], {x[1]}); }},
                        {"of no columns", [](In x) { return index(x[0], {x[1]}); }},
                        {"bool", [](In x) { return index(x[0], {x[1]}); }},
                    });
}

TEST_CASE("index: errors", "[ops][index]") {
  check_errors({
      {"index: index 3 is out of range for dimension 0 of size 3 (input [3,2])",
       [] {
         index(zeros({3, 2}), {tensor<int64_t>({0, 3})});
       }},
      {"index: index -3 is out of range for dimension 1 of size 2 (input [3,2])",
       [] {
         index(zeros({3, 2}), {{}, tensor<int64_t>({-3})});
       }},
      {"index: index 1 must be int64 or bool, got float32",
       [] {
         index(zeros({3, 2}), {tensor<int64_t>({0}), zeros({1})});
       }},
      {"index: too many indices for an input [3]",
       [] {
         index(zeros({3}), {tensor<int64_t>({0}), tensor<int64_t>({0})});
       }},
      {"index: index 0 is a mask of shape [2], which does not match the input [3,2] from dimension 0 on",
       [] {
         index(zeros({3, 2}), {zeros({2}, DType::Bool)});
       }},
      {"index: index 1 is a mask of shape [2,2], which does not match the input [3,2] from dimension 1 on",
       [] {
         index(zeros({3, 2}), {{}, zeros({2, 2}, DType::Bool)});
       }},
      {"index: index 0 is a mask without dimensions",
       [] {
         index(zeros({3, 2}), {zeros({}, DType::Bool)});
       }},
      {"index: shapes [2] and [3] do not broadcast (2 against 3)",
       [] {
         index(zeros({3, 2}), {tensor<int64_t>({0, 1}), tensor<int64_t>({0, 1, 0})});
       }},
  });
}
