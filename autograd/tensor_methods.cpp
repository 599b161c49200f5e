// The methods of Tensor that have to do with autograd: its state, and the ops that are offered for chaining.

#include "autograd/accumulate.h"
#include "autograd/engine.h"
#include "autograd/node.h"
#include "autograd/ops/argmax.h"
#include "autograd/ops/clone.h"
#include "autograd/ops/diagonal.h"
#include "autograd/ops/expand.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/select.h"
#include "autograd/ops/slice.h"
#include "autograd/ops/squeeze.h"
#include "autograd/ops/sum.h"
#include "autograd/ops/to.h"
#include "autograd/ops/transpose.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

AutogradState& state_of(const Tensor& x) {
  auto& state = x.impl()->autograd;
  if (!state) {
    state = std::make_shared<AutogradState>();
  }
  return *state;
}

}  // namespace

bool Tensor::requires_grad() const {
  const auto& state = known().autograd;
  return state && (state->requires_grad || state->node);
}

bool Tensor::is_leaf() const { return !known().autograd || !impl_->autograd->node; }

Tensor& Tensor::requires_grad_(bool requires_grad) {
  check(is_leaf(),
        "requires_grad_: only leaves collect gradients, but this tensor was made by {}; use detach()",
        is_leaf() ? "" : grad_fn()->name());
  check(!requires_grad || is_floating_point(dtype()),
        "requires_grad_: only floating point tensors have gradients, not {}", name_of(dtype()));
  state_of(*this).requires_grad = requires_grad;
  return *this;
}

const std::shared_ptr<Node>& Tensor::grad_fn() const {
  static const std::shared_ptr<Node> none;
  return known().autograd ? impl_->autograd->node : none;
}

Tensor Tensor::grad() const { return known().autograd ? impl_->autograd->grad : Tensor(); }

void Tensor::set_grad(const Tensor& grad) {
  check(!grad.defined() || grad.shape() == shape(),
        "set_grad: a gradient of shape {} for a tensor of shape {}", grad.defined() ? grad.shape().str() : "",
        shape());
  state_of(*this).grad = grad;
}

void Tensor::retain_grad() const {
  check(requires_grad(), "retain_grad: the tensor does not require grad");
  if (!is_leaf()) {
    grad_fn()->retained_ = impl_->autograd;
  }
}

int Tensor::register_hook(GradHook hook) const {
  check(requires_grad(), "register_hook: the tensor does not require grad");
  prepare_leaf(*this);
  Node& node = is_leaf() ? *impl_->autograd->accumulator : *grad_fn();
  const int id = node.hooks_.empty() ? 0 : node.hooks_.back().first + 1;
  node.hooks_.emplace_back(id, std::move(hook));
  return id;
}

void Tensor::remove_hook(int id) const {
  check(requires_grad(), "remove_hook: the tensor does not require grad");
  prepare_leaf(*this);
  Node& node = is_leaf() ? *impl_->autograd->accumulator : *grad_fn();
  const auto removed = std::erase_if(node.hooks_, [&](const auto& hook) { return hook.first == id; });
  check(removed == 1, "remove_hook: there is no hook {}", id);
}

void Tensor::backward(const Tensor& gradient, bool retain_graph) const {
  Engine::run(*this, gradient, retain_graph);
}

void Tensor::mark_changed(const char* operation) const {
  check(!grad_enabled() || !requires_grad(),
        "{}: in-place changes are not recorded, and this tensor {} requires grad; do it under NoGrad, or on "
        "detach()",
        operation, shape());
  impl_->storage->bump_version();
}

Tensor Tensor::detach() const {
  auto impl = std::make_shared<TensorImpl>(known());
  impl->autograd = nullptr;
  return Tensor(std::move(impl));
}

Tensor Tensor::to(DType dtype) const { return helder::to(*this, dtype); }
Tensor Tensor::to(Device device) const { return helder::to(*this, device); }
Tensor Tensor::clone() const { return helder::clone(*this); }
Tensor Tensor::contiguous() const { return helder::contiguous(*this); }
Tensor Tensor::reshape(const Shape& shape) const { return helder::reshape(*this, shape); }
Tensor Tensor::view(const Shape& shape) const { return helder::view(*this, shape); }
Tensor Tensor::flatten(int64_t start_dim, int64_t end_dim) const {
  return helder::flatten(*this, start_dim, end_dim);
}
Tensor Tensor::transpose(int64_t dim0, int64_t dim1) const { return helder::transpose(*this, dim0, dim1); }
Tensor Tensor::t() const {
  check(rank() <= 2, "t: expected at most 2 dimensions, got shape {}; use transpose", shape());
  return rank() < 2 ? *this : transpose(0, 1);
}
Tensor Tensor::permute(const Shape& dims) const { return helder::permute(*this, dims); }
Tensor Tensor::slice(int64_t dim, std::optional<int64_t> start, std::optional<int64_t> end,
                     int64_t step) const {
  return helder::slice(*this, dim, start, end, step);
}
Tensor Tensor::select(int64_t dim, int64_t index) const { return helder::select(*this, dim, index); }
Tensor Tensor::expand(const Shape& shape) const { return helder::expand(*this, shape); }
Tensor Tensor::squeeze(std::optional<int64_t> dim) const { return helder::squeeze(*this, dim); }
Tensor Tensor::unsqueeze(int64_t dim) const { return helder::unsqueeze(*this, dim); }
Tensor Tensor::diagonal(int64_t offset, int64_t dim1, int64_t dim2) const {
  return helder::diagonal(*this, offset, dim1, dim2);
}
Tensor Tensor::sum(const Shape& dims, bool keepdim) const { return helder::sum(*this, dims, keepdim); }
Tensor Tensor::mean(const Shape& dims, bool keepdim) const { return helder::mean(*this, dims, keepdim); }
Tensor Tensor::matmul(const Tensor& other) const { return helder::matmul(*this, other); }
Tensor Tensor::argmax(std::optional<int64_t> dim, bool keepdim) const {
  return helder::argmax(*this, dim, keepdim);
}

}  // namespace helder
