#include "autograd/engine.h"

#include <functional>
#include <map>

#include "autograd/accumulate.h"
#include "autograd/node.h"
#include "autograd/ops/add.h"
#include "tensor/factories.h"

namespace helder {
namespace {

Tensor cotangent_for(const Tensor& root, const Tensor& gradient) {
  if (!gradient.defined()) {
    check(root.numel() == 1,
          "backward: a tensor of shape {} needs a gradient; only one element has an obvious one, 1",
          root.shape());
    return ones_like(root);
  }
  check(gradient.shape() == root.shape() && gradient.dtype() == root.dtype(),
        "backward: the gradient is {} {} but the tensor is {} {}", name_of(gradient.dtype()),
        gradient.shape(), name_of(root.dtype()), root.shape());
  check(gradient.device() == root.device(), "backward: the gradient is on {} but the tensor on {}",
        name_of(gradient.device()), name_of(root.device()));
  return gradient.detach();
}

/// While one of these lives, this thread has no observer.
class UnobservedGuard {
 public:
  UnobservedGuard() : before_(current_observer) { current_observer = nullptr; }
  ~UnobservedGuard() { current_observer = before_; }
  UnobservedGuard(const UnobservedGuard&) = delete;
  UnobservedGuard& operator=(const UnobservedGuard&) = delete;

 private:
  Observer* before_;
};

}  // namespace

bool owns_alone(const Tensor& x) {
  return x.impl().use_count() == 1 && x.impl()->storage.use_count() == 1 && x.is_contiguous();
}

void accumulate(Tensor& sum, const Tensor& gradient) {
  if (!sum.defined()) {
    sum = gradient;
  } else if (owns_alone(sum)) {
    add_(sum, gradient);
  } else {
    sum = add(sum, gradient);
  }
}

void Engine::run(const Tensor& root, const Tensor& gradient, bool retain_graph) {
  check(root.requires_grad(), "backward: nothing to differentiate: no input of this tensor requires grad");
  NoGrad guard;
  prepare_leaf(root);
  const AutogradState& state = *root.impl()->autograd;

  // Nodes that have received a gradient, the youngest first. An op is younger than the ops that made its
  // inputs, so the youngest node has already received everything that it ever will.
  struct Pending {
    Node* node;
    Tensor dy;
  };
  std::map<uint64_t, Pending, std::greater<>> frontier;
  Node* first = state.node ? state.node.get() : state.accumulator.get();
  frontier[first->sequence()] = {first, cotangent_for(root, gradient)};

  while (!frontier.empty()) {
    auto entry = frontier.extract(frontier.begin());
    Node& node = *entry.mapped().node;
    Tensor dy = std::move(entry.mapped().dy);
    for (const auto& [id, hook] : node.hooks_) {
      if (Tensor replaced = hook(dy); replaced.defined()) {
        check(replaced.shape() == dy.shape(), "backward: a hook on {} turned a gradient of shape {} into {}",
              node.name(), dy.shape(), replaced.shape());
        dy = std::move(replaced);
      }
    }
    if (const auto retained = node.retained_.lock()) {
      accumulate(retained->grad, dy);
    }

    if (current_observer) {
      current_observer->backward_begins(node, dy);
    }
    std::vector<Tensor> input_gradients = node.backward(dy);
    if (current_observer) {
      current_observer->backward_done(node, input_gradients);
    }
    check(static_cast<int>(input_gradients.size()) == node.input_count(),
          "backward: {} returned {} gradients for {} inputs", node.name(), input_gradients.size(),
          node.input_count());
    if (!retain_graph) {
      node.release_saved();
    }
    const UnobservedGuard unobserved;  // a sum of gradients is no op of the network
    for (int i = 0; i < node.input_count(); ++i) {
      Tensor& dx = input_gradients[static_cast<size_t>(i)];
      if (!node.needs_grad(i) || !dx.defined()) {
        continue;
      }
      check(dx.shape() == node.input_shape(i),
            "backward: {} returned a gradient of shape {} for its input {} of shape {}", node.name(),
            dx.shape(), i, node.input_shape(i));
      Node* next = node.input(i).get();
      Pending& pending = frontier[next->sequence()];
      pending.node = next;
      accumulate(pending.dy, dx);
      dx = Tensor();
    }
  }
}

}  // namespace helder
