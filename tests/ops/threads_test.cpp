#include "tests/ops/threads.h"
#include "autograd/ops.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor some_labels(int64_t classes, const Shape& shape) {
  Generator generator(1);
  return randint(0, classes, shape, DType::Int64, generator);
}

}  // namespace

TEST_CASE("ops: the number of threads changes no bit", "[ops][threads]") {
  check_threads({
      {"add", {{300, 301}, {301}}, [](In x) { return x[0] + x[1]; }},
      {"mul", {{300, 301}, {300, 1}}, [](In x) { return x[0] * x[1]; }},
      {"exp", {{300, 301}}, [](In x) { return exp(x[0]); }},
      {"gelu", {{100'003}}, [](In x) { return gelu(x[0]); }},
      {"where", {{300, 301}, {301}}, [](In x) { return where(gt(x[0], 0), x[0], x[1]); }},
      {"sum of all", {{100'003}}, [](In x) { return sum(x[0]); }},
      {"sum of rows", {{300, 1001}}, [](In x) { return sum(x[0], {1}); }},
      {"sum of columns", {{1001, 300}}, [](In x) { return sum(x[0], {0}); }},
      {"mean of channels",
       {{20, 12, 30, 30}},
       [](In x) {
         return mean(x[0], {0, 2, 3});
       }},
      {"var", {{300, 401}}, [](In x) { return var(x[0], {0}); }},
      {"amax", {{300, 401}}, [](In x) { return amax(x[0], {1}); }},
      {"softmax", {{300, 101}}, [](In x) { return softmax(x[0], 1); }},
      {"log_softmax", {{101, 400}}, [](In x) { return log_softmax(x[0], 0); }},
      {"cross_entropy", {{5000, 10}}, [](In x) { return cross_entropy(x[0], some_labels(10, {5000})); }},
      {"matmul", {{130, 210}, {210, 170}}, [](In x) { return matmul(x[0], x[1]); }},
      {"matmul of small ones", {{70, 9, 20}, {70, 20, 11}}, [](In x) { return matmul(x[0], x[1]); }},
      {"matmul with a long sum", {{4, 20'000}, {20'000, 3}}, [](In x) { return matmul(x[0], x[1]); }},
      {"linear", {{256, 301}, {120, 301}, {120}}, [](In x) { return linear(x[0], x[1], x[2]); }},
      {"conv2d",
       {{9, 6, 21, 19}, {16, 6, 5, 5}, {16}},
       [](In x) { return conv2d(x[0], x[1], x[2], {.padding = 2}); }},
      {"conv2d of one image",
       {{1, 5, 40, 40}, {33, 5, 3, 3}, {33}},
       [](In x) { return conv2d(x[0], x[1], x[2], {.stride = 2}); }},
      {"conv2d depthwise",
       {{8, 12, 30, 30}, {12, 1, 3, 3}, {12}},
       [](In x) { return conv2d(x[0], x[1], x[2], {.groups = 12}); }},
      {"max_pool2d", {{9, 6, 41, 40}}, [](In x) { return max_pool2d(x[0], 3, {.stride = 2}); }},
      {"avg_pool2d", {{9, 6, 41, 40}}, [](In x) { return avg_pool2d(x[0], 3, {.stride = 2}); }},
      {"batch_norm",
       {{16, 7, 31, 30}, {7}, {7}},
       [](In x) { return batch_norm(x[0], {}, {}, x[1], x[2], true); }},
      {"dropout",
       {{100'003}},
       [](In x) {
         Generator generator(9);
         return dropout(x[0], 0.3, true, generator);
       }},
      {"index_select", {{400, 101}}, [](In x) { return index_select(x[0], 0, some_labels(400, {900})); }},
      {"gather",
       {{400, 101}},
       [](In x) {
         return gather(x[0], 1, some_labels(101, {400, 150}));
       }},
      {"cat",
       {{200, 101}, {300, 101}},
       [](In x) {
         return cat({x[0], x[1]});
       }},
      {"transposed copy", {{300, 301}}, [](In x) { return x[0].t().contiguous(); }},
  });
}
