#include "autograd/ops/grouped_norm.h"

#include "autograd/node.h"
#include "autograd/ops/optional_data.h"
#include "kernels/group_norm/group_norm.h"
#include "tensor/copy.h"
#include "tensor/cuda_built.h"
#include "tensor/factories.h"
#include "tensor/on_cpu.h"

namespace helder {
namespace {

// y = h w + b,  h = (x - mean) inverse_std.  dw = sum(dy h),  db = sum(dy),  dx = inverse_std times dy w,
// less its mean and its component along h, both over the group: moving x along either changes nothing but
// mean and variance.
struct GroupedNormNode final : Node {
  GroupedNormNode() : Node("group_norm") {}
  kernels::GroupNormGeometry geometry;
  Saved x{*this, "x"}, mean{*this, "mean"}, inverse_std{*this, "inverse_std"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy0) override {
    const Tensor dy = contiguous_copy(dy0);
    const Tensor dx = needs_grad(0) ? empty(input_shape(0), dtype(), device()) : Tensor();
    const Tensor dweight = needs_grad(1) ? empty(input_shape(1), dtype(), device()) : Tensor();
    const Tensor dbias = needs_grad(2) ? empty(input_shape(2), dtype(), device()) : Tensor();
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), dy)) {
        kernels::group_norm_backward_cpu(
            geometry, x.get().data<T>(), dy.data<T>(), mean.get().data<T>(), inverse_std.get().data<T>(),
            data_or_null<T>(weight), data_or_null<T>(dx), data_or_null<T>(dweight), data_or_null<T>(dbias));
      } else if constexpr (kCudaBuilt) {
        kernels::group_norm_backward_cuda(geometry, x.get().cuda_data<T>(), dy.cuda_data<T>(),
                                          mean.get().cuda_data<T>(), inverse_std.get().cuda_data<T>(),
                                          cuda_data_or_null<T>(weight), cuda_data_or_null<T>(dx),
                                          cuda_data_or_null<T>(dweight), cuda_data_or_null<T>(dbias));
      }
    });
    return {dx, dweight, dbias};
  }
};

}  // namespace

void check_channel_parameter(const char* op, const char* name, const Tensor& parameter, const Tensor& x) {
  if (!parameter.defined()) {
    return;
  }
  check(parameter.shape() == Shape{x.size(1)}, "{}: {} has shape {} but the input has {} channels (input {})",
        op, name, parameter.shape(), x.size(1), x.shape());
  check(parameter.dtype() == x.dtype(), "{}: {} is {} but the input is {}", op, name,
        name_of(parameter.dtype()), name_of(x.dtype()));
}

Tensor grouped_norm(const char* op, const Tensor& input, int64_t groups, const Tensor& weight0,
                    const Tensor& bias0, double eps, GroupStatistics* statistics) {
  check_channel_parameter(op, "weight", weight0, input);
  check_channel_parameter(op, "bias", bias0, input);
  const Tensor x = contiguous_copy(input);
  const Tensor weight = weight0.defined() ? contiguous_copy(weight0) : Tensor();
  const Tensor bias = bias0.defined() ? contiguous_copy(bias0) : Tensor();
  kernels::GroupNormGeometry geometry{x.size(0), x.size(1), 1, groups};
  for (int d = 2; d < x.rank(); ++d) {
    geometry.inner *= x.shape()[d];
  }

  Tensor y = empty_like(x);
  const Tensor mean = empty({x.size(0), groups}, x.dtype(), x.device());
  const Tensor variance = statistics ? empty_like(mean) : Tensor();
  const Tensor inverse_std = empty_like(mean);
  visit_floating(x.dtype(), op, [&]<class T>() {
    if (on_cpu(op, x, weight, bias)) {
      kernels::group_norm_forward_cpu(geometry, eps, x.data<T>(), data_or_null<T>(weight),
                                      data_or_null<T>(bias), mean.data<T>(), data_or_null<T>(variance),
                                      inverse_std.data<T>(), y.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::group_norm_forward_cuda(
          geometry, eps, x.cuda_data<T>(), cuda_data_or_null<T>(weight), cuda_data_or_null<T>(bias),
          mean.cuda_data<T>(), cuda_data_or_null<T>(variance), inverse_std.cuda_data<T>(), y.cuda_data<T>());
    }
  });
  if (statistics != nullptr) {
    *statistics = {mean, variance};
  }
  if (auto* node = record<GroupedNormNode>(y, input, weight0, bias0)) {
    node->geometry = geometry;
    node->x = x;
    node->mean = mean;
    node->inverse_std = inverse_std;
    node->weight = weight;
  }
  return y;
}

}  // namespace helder
