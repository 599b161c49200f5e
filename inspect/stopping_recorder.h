#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "autograd/grad_mode.h"
#include "inspect/recorder.h"

namespace helder {

/// While this lives, what is computed is neither observed nor recorded.
class Unobserved {
 public:
  Unobserved() : before_(current_observer) { current_observer = nullptr; }
  ~Unobserved() { current_observer = before_; }
  Unobserved(const Unobserved&) = delete;
  Unobserved& operator=(const Unobserved&) = delete;

 private:
  Observer* before_;
  NoGrad no_grad_;
};

/// A recorder that calls `stopped` after each op, forward and backward, and then knows what the op's tensors
/// are called and where they come from. The stepper (inspect/stepper.h) is one that asks a person what to do.
class StoppingRecorder : public Recorder {
 public:
  explicit StoppingRecorder(Module& model);

  void op_done(const Node& node, const Tensor& output, std::span<const Tensor* const> inputs) final;
  void backward_begins(const Node& node, const Tensor& dy) final;
  void backward_done(const Node& node, std::span<const Tensor> input_gradients) final;
  void module_done(const Module& module, std::span<const Tensor> inputs, const Tensor* output) final;

 protected:
  /// A tensor of the op at which the computation stands.
  struct Listed {
    std::string letter;  ///< as in its formula: `x`, `dw`
    Tensor tensor;
    std::string origin;  ///< where it comes from, or a gradient goes to: `#3 relu`, `conv1.weight`
  };

  /// An op has computed, or, where `is_backward()`, has had its gradients computed. Runs unobserved; what it
  /// throws ends the computation.
  virtual void stopped() = 0;

  // Where the computation stands:
  int op() const { return op_; }
  bool is_backward() const { return backward_; }
  const std::vector<Listed>& listed() const {
    return listed_;
  }  ///< inputs and y; or dy and gradients of inputs
  const std::vector<Tensor>& outputs() const { return outputs_; }  ///< of the ops so far

  const std::string& name_of_op(int op) const { return ops_so_far()[static_cast<size_t>(op)].name; }
  std::string numbered(int op) const;  ///< `#3 relu`
  /// The innermost module that an op ran in; the model itself by its class.
  std::string module_name(int op) const;
  /// The outermost of the calls that an op is part of whose module is named so, by dotted name or pattern, or
  /// lies in one that is; -1 for none.
  int named_call(const std::string& name, int op) const;
  /// Throws where neither a module nor an op is named so, with the nearest that is.
  void check_known(const std::string& name) const;
  /// A tensor by its letter, its op (`#3`), as parameter, buffer or `NAME.grad`, or as output of a module;
  /// the op's result for an empty name. Throws where there is none.
  Tensor tensor_of(const std::string& name) const;

 private:
  std::string constant_name(const Tensor& x, int maker) const;
  std::string letter(int op, size_t input) const;

  Module& model_;
  std::unordered_map<const TensorImpl*, std::string> names_;  // of parameters and buffers
  std::unordered_map<std::string, Tensor> module_outputs_;    // by path
  std::vector<Tensor> outputs_;
  std::vector<std::vector<std::string>> input_names_;  // of each op: where its inputs come from
  Tensor dy_;
  int op_ = 0;
  bool backward_ = false;
  std::vector<Listed> listed_;
};

}  // namespace helder
