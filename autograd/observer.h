#pragma once

#include <span>

namespace helder {

class Module;  // layers/module.h; only named here
class Node;
class Tensor;

/// Is told what a thread computes: each op, each module's call, each step of a backward pass. Whoever wants
/// to see inside a network derives from it (inspect/recorder.h); the network knows nothing of that.
///
/// Where none is attached, an op and a module's call look at one pointer and go on.
class Observer {
 public:
  virtual ~Observer() = default;

  /// An op has computed `output`. `node` has the op's name and, where it is the output's `grad_fn()`, will
  /// have what the op saves for backward once the op has returned. Under NoGrad it is the name and no more.
  virtual void op_done(const Node& node, const Tensor& output, std::span<const Tensor* const> inputs) = 0;

  /// The engine asks `node` for the gradients of its inputs; `dy` is complete.
  virtual void backward_begins(const Node& node, const Tensor& dy) = 0;
  virtual void backward_done(const Node& node, std::span<const Tensor> input_gradients) = 0;

  /// A module is called. `output` is null where the call ended in an error.
  virtual void module_begins(const Module& module, std::span<const Tensor> inputs) = 0;
  virtual void module_done(const Module& module, std::span<const Tensor> inputs, const Tensor* output) = 0;
};

/// This thread's observer, or null.
inline constinit thread_local Observer* current_observer = nullptr;

/// While one of these lives, `observer` is this thread's.
class ObserverGuard {
 public:
  explicit ObserverGuard(Observer& observer) : before_(current_observer) { current_observer = &observer; }
  ~ObserverGuard() { current_observer = before_; }
  ObserverGuard(const ObserverGuard&) = delete;
  ObserverGuard& operator=(const ObserverGuard&) = delete;

 private:
  Observer* before_;
};

}  // namespace helder
