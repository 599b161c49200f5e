#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "autograd/autograd_state.h"
#include "autograd/observer.h"
#include "autograd/saved.h"
#include "tensor/tensor.h"

namespace helder {

/// One recorded op: the function that turns the gradient of its output into the gradients of its inputs.
///
/// Every op has exactly one differentiable output, so tensors and nodes pair up: `y.grad_fn()` is the node
/// that made y. An op derives a named struct, keeps in it what backward needs, and writes the mathematics
/// into `backward`:
///
///   struct MulNode final : Node {
///     MulNode() : Node("mul") {}
///     Saved a{*this, "a"}, b{*this, "b"};
///     std::vector<Tensor> backward(const Tensor& dy) override { return {mul(dy, b), mul(dy, a)}; }
///   };
///
/// Nodes point at the nodes of their inputs, never at tensors: the graph keeps alive what backward needs, no
/// more.
class Node {
 public:
  explicit Node(const char* name);
  virtual ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  /// `dy` has the output's shape and type. Returns one gradient for each input, in the order of the op's
  /// arguments, each of that input's shape; undefined where `needs_grad` is false. Runs under NoGrad. Only
  /// the engine accumulates.
  virtual std::vector<Tensor> backward(const Tensor& dy) = 0;

  const char* name() const { return name_; }
  /// Rises with every node made: an op's node has a larger number than the nodes of its inputs.
  uint64_t sequence() const { return sequence_; }
  const Shape& shape() const { return shape_; }  ///< of the output
  DType dtype() const { return dtype_; }
  Device device() const { return device_; }

  int input_count() const { return static_cast<int>(inputs_.size()); }
  /// The node of input i; null where no gradient is wanted.
  const std::shared_ptr<Node>& input(int i) const { return inputs_[static_cast<size_t>(i)].node; }
  const Shape& input_shape(int i) const { return inputs_[static_cast<size_t>(i)].shape; }
  bool needs_grad(int i) const { return input(i) != nullptr; }

  const std::vector<Saved*>& saved() const { return saved_; }
  void release_saved();

 private:
  friend class Saved;
  friend class Engine;
  friend class Tensor;
  friend void connect(Node& node, const Tensor& output, std::span<const Tensor* const> inputs);

  const char* name_;
  uint64_t sequence_;
  Shape shape_;
  DType dtype_ = DType::Float32;
  Device device_ = Device::Cpu;
  struct Input {
    std::shared_ptr<Node> node;
    Shape shape;
  };
  std::vector<Input> inputs_;
  std::vector<Saved*> saved_;                    // members of the derived struct
  std::vector<std::pair<int, GradHook>> hooks_;  // on the gradient of the output
  std::weak_ptr<AutogradState> retained_;        // the output's, when it called retain_grad()
};

/// Where a graph ends: adds the gradient to a leaf's `grad()`.
class AccumulateGrad final : public Node {
 public:
  explicit AccumulateGrad(std::weak_ptr<AutogradState> leaf) : Node("leaf"), leaf_(std::move(leaf)) {}
  std::vector<Tensor> backward(const Tensor& dy) override;

 private:
  std::weak_ptr<AutogradState> leaf_;
};

/// Whether an op on this input has to be recorded.
inline bool wants_grad(const Tensor& x) { return x.defined() && x.requires_grad(); }

void connect(Node& node, const Tensor& output, std::span<const Tensor* const> inputs);
/// Creates the end nodes of leaves, so that they are numbered before the op that uses them.
void prepare_leaf(const Tensor& x);

/// `record` for an op with a list of inputs, such as `cat`.
template <class NodeType>
NodeType* record_list(const Tensor& output, std::span<const Tensor* const> inputs) {
  if (!grad_enabled() ||
      std::none_of(inputs.begin(), inputs.end(), [](const Tensor* x) { return wants_grad(*x); })) {
    if (current_observer) {
      current_observer->op_done(NodeType(), output, inputs);
    }
    return nullptr;
  }
  for (const Tensor* x : inputs) {
    prepare_leaf(*x);
  }
  auto node = std::make_shared<NodeType>();
  connect(*node, output, inputs);
  NodeType* result = node.get();
  output.impl()->autograd = std::make_shared<AutogradState>();
  output.impl()->autograd->node = std::move(node);
  if (current_observer) {
    current_observer->op_done(*result, output, inputs);
  }
  return result;
}

/// Makes the node of an op and attaches it to `output`; null when nothing is recorded, because of NoGrad or
/// because no input requires grad. `inputs` are the op's tensor arguments in the order in which `backward`
/// returns their gradients; undefined ones (an absent bias) keep their place.
///
///   if (auto* node = record<MulNode>(y, a, b)) { node->a = a;  node->b = b; }
template <class NodeType, class... Inputs>
NodeType* record(const Tensor& output, const Inputs&... inputs) {
  const std::array<const Tensor*, sizeof...(Inputs)> list = {&inputs...};
  return record_list<NodeType>(output, list);
}

}  // namespace helder
