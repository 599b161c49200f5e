#include "autograd/ops/index_put.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/ops/threads.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("index_put: values and derivatives", "[ops][index_put]") {
  check_op("index_put", {
                            {"rows", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"one value", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"row for several", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"pairs",
                             [](In x) {
                               return index_put(x[0], {x[1], x[2]}, x[3]);
                             }},
                            {"columns",
                             [](In x) {
                               return index_put(x[0], {{}, x[1]}, x[2]);
                             }},
                            {"apart",
                             [](In x) {
                               return index_put(x[0], {x[1], {}, x[2]}, x[3]);
                             }},
                            {"mask", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"masked by one value", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"nothing", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"last of equals", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"bool", [](In x) { return index_put(x[0], {x[1]}, x[2]); }},
                            {"add rows", [](In x) { return index_put(x[0], {x[1]}, x[2], true); }},
                            {"add one value", [](In x) { return index_put(x[0], {x[1]}, x[2], true); }},
                            {"add pairs",
                             [](In x) {
                               return index_put(x[0], {x[1], x[2]}, x[3], true);
                             }},
                            {"add int64", [](In x) { return index_put(x[0], {x[1]}, x[2], true); }},
                        });
}

TEST_CASE("index_put_: writes through views, and reads values that it overwrites first", "[ops][index_put]") {
  const Tensor x = arange(0, 6, 1, DType::Float32).reshape({2, 3});
  const uint64_t version = x.version();
  Tensor columns = x.t();
  index_put_(columns, {tensor<int64_t>({0, 2})}, scalar(9));
  CHECK(x.to_vector<float>() == std::vector<float>{9, 1, 9, 9, 4, 9});
  CHECK(x.version() == version + 1);

  Tensor y = arange(0, 4, 1, DType::Float32);
  index_put_(y, {tensor<int64_t>({1, 2, 3})}, y.slice(0, 0, 3));
  CHECK(y.to_vector<float>() == std::vector<float>{0, 0, 1, 2});
}

TEST_CASE("index_put_: nothing is written when one index is out of range", "[ops][index_put]") {
  Tensor x = zeros({3});
  CHECK_THROWS_AS(index_put_(x, {tensor<int64_t>({0, 1, 7})}, scalar(1)), Error);
  CHECK(x.sum().item() == 0);
}

static Tensor put_thousand(const Tensor& x, const Tensor& values, bool accumulate) {
  Generator generator(7);
  return index_put(x, {randint(0, 9, {1000}, DType::Int64, generator)}, values, accumulate);
}

TEST_CASE("index_put: threads change no bit", "[ops][index_put]") {
  check_threads({{"add", {{9, 70}, {1000, 70}}, [](In x) { return put_thousand(x[0], x[1], true); }},
                 {"assign", {{9, 70}, {1000, 70}}, [](In x) { return put_thousand(x[0], x[1], false); }}});
}

TEST_CASE("index_put: errors", "[ops][index_put]") {
  check_errors({
      {"index_put: index 3 is out of range for dimension 0 of size 3 (input [3,2])",
       [] {
         index_put(zeros({3, 2}), {tensor<int64_t>({0, 3})}, scalar(1));
       }},
      {"index_put: values are float64 but the input is float32",
       [] { index_put(zeros({3}), {tensor<int64_t>({0})}, scalar(1, DType::Float64)); }},
      {"index_put: values of shape [3,2] do not fit the places of shape [2] that the indices name",
       [] {
         index_put(zeros({3}), {tensor<int64_t>({0, 1})}, zeros({3, 2}));
       }},
      {"index_put: shapes [3] and [2] do not broadcast (3 against 2)",
       [] {
         index_put(zeros({3}), {tensor<int64_t>({0, 1})}, zeros({3}));
       }},
      {"index_put: bool is not supported; expected float32, float64 or int64 (convert with .to(DType))",
       [] { index_put(zeros({3}, DType::Bool), {tensor<int64_t>({0})}, zeros({1}, DType::Bool), true); }},
      {"index_put_: index 0 is a mask of shape [2], which does not match the input [3] from dimension 0 on",
       [] {
         Tensor x = zeros({3});
         index_put_(x, {zeros({2}, DType::Bool)}, scalar(1));
       }},
      {"index_put_: in-place changes are not recorded, and this tensor [3] requires grad; do it under "
       "NoGrad, or on detach()",
       [] {
         Tensor x = zeros({3}).requires_grad_();
         index_put_(x, {tensor<int64_t>({0})}, scalar(1));
       }},
  });
}
