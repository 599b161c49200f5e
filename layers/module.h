#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// Names and tensors, in the order of registration: what a checkpoint holds.
using StateDict = std::vector<std::pair<std::string, Tensor>>;

/// An error inside a module, with the dotted path to it: `features.3: conv2d: input has 3 channels but ...`.
class ModuleError : public Error {
 public:
  ModuleError(const std::string& path, const std::string& message);
  const std::string& path() const { return path_; }
  const std::string& message() const { return message_; }

 private:
  std::string path_, message_;
};

/// What `load_state_dict` found, beside the tensors that it loaded.
struct LoadReport {
  std::vector<std::string> missing;     ///< the module has them, the dictionary does not
  std::vector<std::string> unexpected;  ///< the other way round
};

/// A layer, or a network of layers. It owns parameters (trained), buffers (kept, not trained) and other
/// modules, all by name; a name inside a name is joined by a dot, `layer1.0.conv1.weight`, as in PyTorch's
/// state_dict.
///
///   struct Net : Module {
///     Linear fc1{784, 128}, fc2{128, 10};
///     Net() { register_modules({{"fc1", fc1}, {"fc2", fc2}}); }
///     Tensor forward(const Tensor& x) override { return fc2(relu(fc1(x))); }
///   };
///
/// Modules are neither copied nor moved: parents refer to members.
class Module {
 public:
  using ForwardHook = std::function<void(const Module& module, const Tensor& input, const Tensor& output)>;

  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// What the module computes. Call the module itself, `conv(x)`, so that hooks run and errors name it.
  virtual Tensor forward(const Tensor& x) = 0;
  Tensor operator()(const Tensor& x);

  /// PyTorch's name of the layer and its arguments, on one line: `Conv2d(1, 32, kernel_size=3x3)`.
  virtual std::string describe() const { return "Module"; }

  /// All parameters below this module, each once, in the order of registration.
  std::vector<Tensor> parameters() const;
  StateDict named_parameters() const;
  StateDict named_buffers() const;
  /// This module ("") and all below it, parents first.
  std::vector<std::pair<std::string, Module*>> named_modules();
  const std::vector<std::pair<std::string, Module*>>& children() const { return children_; }
  int64_t parameter_count() const;

  /// Dropout and batch norm behave differently while training.
  Module& train(bool training = true);
  Module& eval() { return train(false); }
  bool is_training() const { return training_; }

  /// Parameters and buffers; they share storage with the module.
  StateDict state_dict() const;
  /// Copies values in, converted to the module's types. Nothing is changed on an error, which lists every
  /// mis-shaped tensor and, when `strict`, every missing and unexpected one.
  LoadReport load_state_dict(const StateDict& state, bool strict = true);

  /// Converts all floating point parameters and buffers.
  Module& to(DType dtype);
  void zero_grad();

  /// `hook` sees every call of this module. The returned number removes it again.
  int register_forward_hook(ForwardHook hook);
  void remove_forward_hook(int id);

  /// For constructors. Each name once, without a dot.
  Tensor register_parameter(const std::string& name, Tensor tensor);
  Tensor register_buffer(const std::string& name, Tensor tensor);
  void register_module(const std::string& name, Module& module);
  void register_modules(
      std::initializer_list<std::pair<const char*, std::reference_wrapper<Module>>> modules);

 private:
  void check_new_name(const std::string& name) const;
  void visit(const std::string& path,
             const std::function<void(const std::string&, const Module&)>& visitor) const;

  bool training_ = true;
  std::vector<std::pair<std::string, Module*>> children_;
  StateDict parameters_;
  StateDict buffers_;
  std::vector<std::pair<int, ForwardHook>> hooks_;
  int next_hook_ = 0;
  std::string name_;  // in the parent
};

/// The module tree as PyTorch prints it.
std::string to_string(const Module& module);

/// A module on the heap, for containers: `make<Conv2d>(1, 32, 3)`.
template <class M, class... Args>
std::shared_ptr<M> make(Args&&... args) {
  return std::make_shared<M>(std::forward<Args>(args)...);
}

}  // namespace helder
