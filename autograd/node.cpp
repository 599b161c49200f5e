#include "autograd/node.h"

#include <atomic>

#include "autograd/accumulate.h"
#include "autograd/ops/clone.h"

namespace helder {
namespace {
std::atomic<uint64_t> next_sequence = 1;
}

Node::Node(const char* name) : name_(name), sequence_(next_sequence++) {}

Node::~Node() {
  // A chain of a million ops must not be freed by a million nested destructors: take the chain apart here
  // instead.
  std::vector<std::shared_ptr<Node>> unlinked;
  const auto unlink = [&](Node& node) {
    for (Input& input : node.inputs_) {
      if (input.node && !input.node->inputs_.empty()) {  // a leaf's node ends the chain
        unlinked.push_back(std::move(input.node));
      }
    }
  };
  unlink(*this);
  while (!unlinked.empty()) {
    const std::shared_ptr<Node> node = std::move(unlinked.back());
    unlinked.pop_back();
    if (node.use_count() == 1) {
      unlink(*node);
    }
  }
}

void Node::release_saved() {
  for (Saved* saved : saved_) {
    saved->release();
  }
}

void prepare_leaf(const Tensor& x) {
  if (!wants_grad(x)) {
    return;
  }
  AutogradState& state = *x.impl()->autograd;
  if (!state.node && !state.accumulator) {
    state.accumulator = std::make_shared<AccumulateGrad>(x.impl()->autograd);
    connect(*state.accumulator, x, {});
  }
}

void connect(Node& node, const Tensor& output, std::span<const Tensor* const> inputs) {
  node.shape_ = output.shape();
  node.dtype_ = output.dtype();
  node.device_ = output.device();
  node.inputs_.reserve(inputs.size());
  for (const Tensor* x : inputs) {
    std::shared_ptr<Node> input;
    if (wants_grad(*x)) {
      const AutogradState& state = *x->impl()->autograd;
      input = state.node ? state.node : std::static_pointer_cast<Node>(state.accumulator);
    }
    node.inputs_.push_back({std::move(input), x->defined() ? x->shape() : Shape()});
  }
}

std::vector<Tensor> AccumulateGrad::backward(const Tensor& dy) {
  if (const auto leaf = leaf_.lock()) {
    if (leaf->grad.defined()) {
      accumulate(leaf->grad, dy);
    } else {
      // Two leaves may be handed the same tensor (a + b gives both dy): each keeps numbers of its own.
      leaf->grad = owns_alone(dy) ? dy : clone(dy);
    }
  }
  return {};
}

}  // namespace helder
