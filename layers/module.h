#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "autograd/observer.h"
#include "tensor/tensor.h"

namespace helder {

/// Names and tensors, in the order of registration: what a checkpoint holds.
using StateDict = std::vector<std::pair<std::string, Tensor>>;

class Module;

/// An error inside a module, with the dotted path to it from the module that was called first:
/// `features.3: conv2d: input has 3 channels but ...`.
class ModuleError : public Error {
 public:
  /// `module` is what the path starts from.
  ModuleError(const Module& module, const std::string& path, const std::string& message);
  const std::string& path() const { return path_; }
  const std::string& message() const { return message_; }
  const Module& module() const { return *module_; }

 private:
  const Module* module_;
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
/// A module of several inputs has an operator() of its own, which goes through `call`:
///
///   Tensor operator()(const Tensor& x, const Tensor& memory) {
///     return call(std::array{x, memory}, [&] { return cross_attention(self_attention(x), memory); });
///   }
///
/// Modules are neither copied nor moved: parents refer to members.
class Module {
 public:
  using ForwardHook =
      std::function<void(const Module& module, std::span<const Tensor> inputs, const Tensor& output)>;

  Module() = default;
  virtual ~Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  /// What the module computes. Call the module itself, `conv(x)`, so that hooks run and errors name it. A
  /// module that is not computed from one tensor (ModuleList, MultiheadAttention) leaves this one out, and it
  /// throws.
  virtual Tensor forward(const Tensor& x);
  Tensor operator()(const Tensor& x) {
    return call({&x, 1}, [&] { return forward(x); });
  }

  /// PyTorch's name of the layer and its arguments, on one line: `Conv2d(1, 32, kernel_size=3x3)`.
  virtual std::string describe() const { return "Module"; }

  /// All parameters below this module, each once, in the order of registration.
  std::vector<Tensor> parameters() const;
  StateDict named_parameters() const;
  StateDict named_buffers() const;
  /// This module ("") and all below it, parents first, each once.
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

  /// Converts all floating point parameters, their gradients, and buffers. Make optimisers afterwards.
  Module& to(DType dtype);
  /// Moves all parameters, their gradients, and buffers to a device. Make optimisers afterwards.
  Module& to(Device device);
  void zero_grad();

  /// `hook` sees every call of this module. The returned number removes it again.
  int register_forward_hook(ForwardHook hook);
  void remove_forward_hook(int id);
  bool has_forward_hooks() const { return !hooks_.empty(); }

  /// For constructors. Each name once, without a dot.
  Tensor register_parameter(const std::string& name, Tensor tensor);
  Tensor register_buffer(const std::string& name, Tensor tensor);
  void register_module(const std::string& name, Module& module);
  void register_modules(
      std::initializer_list<std::pair<const char*, std::reference_wrapper<Module>>> modules);

 protected:
  /// Runs `body` as a call of this module: hooks see inputs and output, an error gets the module's path.
  template <class Body>
  Tensor call(std::span<const Tensor> inputs, Body&& body) const;

 private:
  template <class Convert>
  void convert_tensors(const Convert& convert);
  [[noreturn]] void rethrow(const Error& error) const;
  /// Appends the names that lead from here to `module`; false, and nothing, where they do not.
  bool find(const Module& module, std::string& path) const;
  void check_new_name(const std::string& name) const;
  void visit(const std::string& path,
             const std::function<void(const std::string&, const Module&)>& visitor) const;

  bool training_ = true;
  std::vector<std::pair<std::string, Module*>> children_;
  StateDict parameters_;
  StateDict buffers_;
  std::vector<std::pair<int, ForwardHook>> hooks_;
  int next_hook_ = 0;
};

template <class Body>
Tensor Module::call(std::span<const Tensor> inputs, Body&& body) const {
  if (current_observer) {
    current_observer->module_begins(*this, inputs);
  }
  Tensor output;
  try {
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!inputs[i].defined()) {
        fail("{}: input {} is an undefined tensor", describe(), i);
      }
    }
    output = body();
  } catch (const Error& error) {
    if (current_observer) {
      current_observer->module_done(*this, inputs, nullptr);
    }
    rethrow(error);
  }
  if (current_observer) {
    current_observer->module_done(*this, inputs, &output);
  }
  for (const auto& [id, hook] : hooks_) {
    hook(*this, inputs, output);
  }
  return output;
}

/// Where the module's parameters are; the CPU for a module without any.
Device device_of(const Module& module);

/// The module tree as PyTorch prints it.
std::string to_string(const Module& module);

/// A module on the heap, for containers: `make<Conv2d>(1, 32, 3)`.
template <class M, class... Args>
std::shared_ptr<M> make(Args&&... args) {
  return std::make_shared<M>(std::forward<Args>(args)...);
}

}  // namespace helder
