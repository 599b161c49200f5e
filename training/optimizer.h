#pragma once

#include <string>
#include <vector>

#include "layers/module.h"
#include "tensor/tensor.h"

namespace helder {

/// Changes parameters by their gradients. Parameters without a gradient are left alone.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// One update of all parameters from their grad().
  void step();
  /// Forgets all gradients.
  void zero_grad();

  virtual const char* name() const = 0;
  double lr() const { return lr_; }
  void set_lr(double lr) { lr_ = lr; }
  /// What one-cycle schedules turn against the learning rate: SGD's momentum, Adam's first beta.
  virtual double momentum() const = 0;
  virtual void set_momentum(double momentum) = 0;

  const std::vector<Tensor>& parameters() const { return parameters_; }

  /// Everything that the next step depends on besides parameters and options, by stable names: the number of
  /// steps taken ("step") and each parameter's buffers ("momentum.3"). Tensors share storage with the
  /// optimiser.
  StateDict state_dict() const;
  /// Throws, and changes nothing, unless names and shapes are those of an optimiser of the same kind over the
  /// same parameters.
  void load_state_dict(const StateDict& state);

 protected:
  Optimizer(std::vector<Tensor> parameters, double lr);

  /// Updates parameter i from its gradient. Contiguous, of one type.
  virtual void update(size_t i, const Tensor& parameter, const Tensor& grad) = 0;

  /// A buffer for each parameter, undefined until first used: in the derived class's constructor.
  std::vector<Tensor>& add_buffers(const char* name);

  /// How many updates parameter i has had, the present one included.
  int64_t steps(size_t i) const { return steps_[i]; }

 private:
  struct Buffers {
    std::string name;
    std::vector<Tensor> tensors;
  };

  std::vector<Tensor> parameters_;
  double lr_;
  std::vector<int64_t> steps_;
  std::vector<std::unique_ptr<Buffers>> buffers_;
};

}  // namespace helder
