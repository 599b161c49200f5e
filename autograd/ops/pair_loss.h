#pragma once

// What the losses that compare two tensors element by element share. Private to autograd/ops/: each loss's
// own file says what it computes.

#include "autograd/ops/elementwise.h"
#include "autograd/ops/reduction.h"
#include "kernels/pair_loss/pair_loss_cpu.h"
#include "kernels/pair_loss/pair_loss_cuda.h"
#include "tensor/views.h"

namespace helder {

/// Records the reduced loss of a functor of kernels/pair_loss/.
///
///   dx = dloss w f'_x(x, t),  dt = dloss w f'_t(x, t),  divided by the count for a mean.
template <class F>
struct PairLossNode final : Node {
  PairLossNode() : Node(F::name) {}
  F f{};
  bool one_dloss = false;
  double scale = 1;
  Saved x{*this, "x"}, target{*this, "target"}, weight{*this, "weight"};

  std::vector<Tensor> backward(const Tensor& dy) override {
    const Tensor dloss = contiguous_copy(dy);
    return {needs_grad(0) ? gradient(dloss, kernels::PairSide::X) : Tensor(),
            needs_grad(1) ? gradient(dloss, kernels::PairSide::Target) : Tensor()};
  }

  Tensor gradient(const Tensor& dloss, kernels::PairSide side) const {
    Tensor d = empty(input_shape(0), dtype(), device());
    visit_floating(dtype(), name(), [&]<class T>() {
      if (on_cpu(name(), x.get(), target.get(), dloss)) {
        kernels::pair_loss_backward_cpu(f, side, d.numel(), x.get().data<T>(), target.get().data<T>(),
                                        data_or_null<T>(weight.get()), dloss.data<T>(), one_dloss, scale,
                                        d.data<T>());
      } else if constexpr (kCudaBuilt) {
        kernels::PairLossCuda<F>::backward(f, side, d.numel(), x.get().cuda_data<T>(),
                                           target.get().cuda_data<T>(), cuda_data_or_null<T>(weight.get()),
                                           dloss.cuda_data<T>(), one_dloss, scale, d.cuda_data<T>());
      }
    });
    return d;
  }
};

/// Both sides of a loss in the type in which they meet, contiguous. They must have one shape: where [N] meets
/// [N, 1], broadcasting would compare each with each.
inline std::pair<Tensor, Tensor> paired(const char* name, const Tensor& x, const Tensor& target) {
  check(x.shape() == target.shape(), "{}: input {} and target {} must have the same shape", name, x.shape(),
        target.shape());
  const auto operands = promoted(x, target);
  return {operands.first.contiguous(), operands.second.contiguous()};
}

/// A weight of the elements, or none, broadcast to the loss's shape and contiguous. Not differentiated.
inline Tensor loss_weight(const char* name, const char* argument, const Tensor& weight, const Tensor& x) {
  if (!weight.defined()) {
    return {};
  }
  check(!weight.requires_grad(), "{}: {} is taken as a constant, but it requires grad", name, argument);
  const Shape shape = broadcast_shapes(name, x.shape(), weight.shape());
  check(shape == x.shape(), "{}: {} {} does not broadcast to the input's shape {}", name, argument,
        weight.shape(), x.shape());
  return contiguous_copy(converted_copy(views::expand(weight, shape), x.dtype()));
}

/// The loss of x and target, which `paired` has prepared, with an optional weight from `loss_weight`. A mean
/// divides by `count`.
template <class F>
Tensor pair_loss(const Tensor& x, const Tensor& target, const Tensor& weight, Reduction reduction,
                 int64_t count, const F& f = {}) {
  const Tensor losses = empty_like(x);
  visit_floating(x.dtype(), F::name, [&]<class T>() {
    if (on_cpu(F::name, x, target, weight)) {
      kernels::pair_loss_forward_cpu(f, x.numel(), x.data<T>(), target.data<T>(), data_or_null<T>(weight),
                                     losses.data<T>());
    } else if constexpr (kCudaBuilt) {
      kernels::PairLossCuda<F>::forward(f, x.numel(), x.cuda_data<T>(), target.cuda_data<T>(),
                                        cuda_data_or_null<T>(weight), losses.cuda_data<T>());
    }
  });
  Tensor loss = reduced(losses, reduction, count);
  if (auto* node = record<PairLossNode<F>>(loss, x, target)) {
    node->f = f;
    node->one_dloss = reduction != Reduction::None;
    node->scale = reduction_scale(reduction, count);
    node->x = x;
    node->target = target;
    node->weight = weight;
  }
  return loss;
}

/// The usual case: no weight, and a mean over all elements.
template <class F>
Tensor pair_loss(const Tensor& x0, const Tensor& target0, Reduction reduction, const F& f = {}) {
  const auto operands = paired(F::name, x0, target0);
  return pair_loss(operands.first, operands.second, Tensor(), reduction, operands.first.numel(), f);
}

}  // namespace helder
