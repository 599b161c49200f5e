// What the tables of the indexing ops are too small for, on the GPU against the CPU: long lists of indices in
// which many are equal, sorting over several tiles, indices out of range.

#include <cmath>

#include "autograd/ops/embedding.h"
#include "autograd/ops/gather.h"
#include "autograd/ops/index.h"
#include "autograd/ops/index_add.h"
#include "autograd/ops/index_put.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/nonzero.h"
#include "autograd/ops/scatter.h"
#include "autograd/ops/scatter_add.h"
#include "autograd/ops/sort.h"
#include "autograd/ops/topk.h"
#include "autograd/ops/unique.h"
#include "tensor/cuda_memory.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/kernels/simt/device.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

namespace {

Tensor on_gpu(const Tensor& x) { return x.detach().to(Device::Cuda); }

Tensor indices(std::initializer_list<int64_t> values) { return on_gpu(tensor<int64_t>(values)); }
Tensor target() { return on_gpu(zeros({2, 3})); }

// Whether `run` gives the CPU's bits on the GPU, in every order of threads.
void check_same(const char* what, const std::vector<Tensor>& inputs,
                const std::function<Tensor(const std::vector<Tensor>&)>& run) {
  INFO(what);
  const Tensor expected = run(inputs);
  std::vector<Tensor> there;
  for (const Tensor& x : inputs) {
    there.push_back(on_gpu(x));
  }
  for_each_order([&] {
    const Tensor got = run(there);
    CHECK(got.is_cuda());
    CHECK(same_bits(got.to(Device::Cpu), expected));
  });
}

}  // namespace

TEST_CASE("indexing on the GPU: of equal indices the last one wins, and sums have one order",
          "[ops][cuda][index]") {
  if (!cuda::is_available()) {
    return;
  }
  Generator generator(3);
  const int64_t count = 100;  // more than the kernels go through one after the other
  const Tensor index = randint(0, 7, {count}, DType::Int64, generator);
  const Tensor lists = randint(0, 7, {2, count, 3}, DType::Int64, generator);
  const Tensor x = randn({2, 7, 3}, DType::Float32, generator);
  const Tensor values = randn({2, count, 3}, DType::Float32, generator);

  check_same("index_add", {x, index, values}, [](const auto& t) { return index_add(t[0], 1, t[1], t[2]); });
  check_same("index_add of integers", {x.to(DType::Int64), index, values.to(DType::Int64)},
             [](const auto& t) { return index_add(t[0], 1, t[1], t[2]); });
  check_same("index_put", {x, index, values}, [](const auto& t) {
    return index_put(t[0], {Tensor(), t[1]}, t[2]);
  });
  check_same("index_put of bool", {x.to(DType::Bool), index, values.to(DType::Bool)}, [](const auto& t) {
    return index_put(t[0], {Tensor(), t[1]}, t[2]);
  });
  check_same("scatter", {x, lists, values}, [](const auto& t) { return scatter(t[0], 1, t[1], t[2]); });
  check_same("scatter_add", {x, lists, values},
             [](const auto& t) { return scatter_add(t[0], 1, t[1], t[2]); });
  check_same("gradient of embedding", {index, randn({7, 5}, DType::Float32, generator)}, [](const auto& t) {
    Tensor weight = t[1].detach().clone().requires_grad_();
    const Tensor y = embedding(t[0], weight);
    y.backward(y.detach());
    return weight.grad();
  });
  check_same("gradient of scatter's source", {x, lists, values}, [](const auto& t) {
    Tensor source = t[2].detach().clone().requires_grad_();
    const Tensor y = scatter(t[0], 1, t[1], source);
    y.backward(y.detach());
    return source.grad();
  });
  CHECK(same_bits(helder::index(on_gpu(x), {Tensor(), index}).to(Device::Cpu),
                  helder::index(x, {Tensor(), index})));
}

TEST_CASE("sorting on the GPU: tiles, merging and equal elements", "[ops][cuda][sort]") {
  if (!cuda::is_available()) {
    return;
  }
  Generator generator(4);
  for (const int64_t size : {1, 2, 63, 64, 65, 1023, 1025, 2600}) {
    INFO("size " << size);
    const Tensor few = randint(-9, 9, {2, size}, DType::Float32, generator);  // many are equal
    const Tensor integers = few.to(DType::Int64);
    few.at<float>({1, 0}) = std::nanf("");
    for (const bool descending : {false, true}) {
      const auto sorted = [=](const auto& t) { return argsort(t[0], 1, descending); };
      check_same("float", {few}, sorted);
      check_same("int64", {integers}, sorted);
    }
    check_same("topk in order of position", {few},
               [=](const auto& t) { return topk(t[0], (size + 1) / 2, 1, true, false).indices; });
    check_same("columns", {few.t().contiguous()}, [](const auto& t) { return argsort(t[0], 0); });
  }
}

TEST_CASE("unique and nonzero on the GPU, over several blocks", "[ops][cuda][unique]") {
  if (!cuda::is_available()) {
    return;
  }
  Generator generator(5);
  const Tensor x = randint(0, 40, {3, 1700}, DType::Int64, generator);
  check_same("values", {x}, [](const auto& t) { return unique(t[0]).values; });
  check_same("inverse", {x}, [](const auto& t) { return unique(t[0], true, true).inverse; });
  check_same("counts", {x}, [](const auto& t) { return unique(t[0], true, false, true).counts; });
  check_same("nonzero", {x}, [](const auto& t) { return nonzero(t[0]); });
  check_same("nonzero of nothing", {zeros({0, 3})}, [](const auto& t) { return nonzero(t[0]); });
  check_same("nonzero of zeros", {zeros({5000})}, [](const auto& t) { return nonzero(t[0]); });
}

TEST_CASE("indices out of range on the GPU are named, and touch no memory", "[ops][cuda][index]") {
  if (!cuda::is_available()) {
    return;
  }
  check_errors({
      {"index_select: index 3 at position 2 is out of range for a dimension of size 3",
       [] {
         index_select(target(), 1, indices({0, 2, 3, 99}));
       }},
      {"index_select: index -1 at position 0 is out of range for a dimension of size 2",
       [] { index_select(target(), 0, indices({-1})); }},
      {"index_add: index 1000000000000 at position 1 is out of range for a dimension of size 2",
       [] {
         index_add(target(), 0, indices({0, 1000000000000}), target());
       }},
      {"embedding: index 2 at position 1 is out of range for a dimension of size 2",
       [] {
         embedding(indices({0, 2}), target());
       }},
      {"gather: index 5 at position 0 is out of range for a dimension of size 2",
       [] {
         gather(target(), 0, indices({5}).reshape({1, 1}));
       }},
      {"scatter: index -7 at position 1 is out of range for a dimension of size 3",
       [] {
         scatter(target(), 1, indices({0, -7}).reshape({1, 2}), 1.0);
       }},
      {"index: index -4 is out of range for dimension 1 of size 3 (input [2,3])",
       [] {
         helder::index(target(), {Tensor(), indices({-3, -4})});
       }},
      {"index_put: index 2 is out of range for dimension 0 of size 2 (input [2,3])",
       [] { index_put(target(), {indices({2})}, on_gpu(zeros({1}))); }},
      {"index_select: the tensors are on two devices (float32 [2,3] on cuda, int64 [1] on cpu); move them to "
       "one by to(Device)",
       [] { index_select(target(), 0, tensor<int64_t>({0})); }},
  });
}
