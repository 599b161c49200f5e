#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "layers/module.h"
#include "tensor/tensor.h"

namespace helder {

/// Parameters that share options. PyTorch's param_groups:
///
///   SGD optimizer({{backbone.parameters(), {.lr = 1e-3}},
///                  {head.parameters(), {.lr = 1e-2, .weight_decay = 1e-4}}});
template <class Options>
struct ParameterGroup {
  std::vector<Tensor> parameters;
  Options options = {};
};

/// Changes parameters by their gradients. Parameters without a gradient are left alone.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// One update of all parameters from their grad(). While a graph is captured (tensor/cuda_graph.h) this
  /// records it: each replay is then a step, with the options and the learning rate of that time. Not all
  /// optimisers can be captured, and none before its first step.
  void step();
  /// Forgets all gradients.
  void zero_grad();

  virtual const char* name() const = 0;

  size_t group_count() const { return knobs_.size(); }
  double lr(size_t group = 0) const { return *knob(group).lr; }
  void set_lr(size_t group, double lr);
  void set_lr(double lr);  ///< of all groups
  /// What one-cycle schedules turn against the learning rate: SGD's momentum, Adam's first beta.
  bool has_momentum() const { return knobs_.front().momentum != nullptr; }
  double momentum(size_t group = 0) const;
  void set_momentum(double momentum);  ///< of all groups
  /// What schedules start from: the group's learning rate when this was first asked, by the first schedule.
  double initial_lr(size_t group);

  /// Of all groups, one after the other.
  const std::vector<Tensor>& parameters() const { return parameters_; }

  /// Everything that the next step depends on besides parameters and options, by stable names: each
  /// parameter's number of steps ("steps") and buffers ("momentum.3"), and each group's learning rate ("lr"),
  /// which schedules change, and what they started from ("initial_lr"), once there was one. Parameters are
  /// numbered through all groups. Buffers share storage with the optimiser.
  StateDict state_dict() const;
  /// Throws, and changes nothing, unless names and shapes are those of an optimiser of the same kind over the
  /// same parameters. Buffers are converted to their parameters' types.
  void load_state_dict(const StateDict& state);

 protected:
  Optimizer() = default;

  /// For the derived class's constructor: more parameters, and where their group keeps its learning rate and
  /// momentum (null: it has none).
  void add_parameters(std::vector<Tensor> parameters, double* lr, double* momentum);

  /// Updates parameter i from its gradient. Contiguous, of one type.
  virtual void update(size_t i, const Tensor& parameter, const Tensor& grad) = 0;

  /// What there is to update, parameter i.
  struct Update {
    size_t i;
    Tensor parameter, grad;
  };
  /// Updates parameters on the GPU that share type, group and number of steps. Where `factors` is defined,
  /// the numbers that change from step to step are read from it: store_factors has written them.
  virtual void update_together(std::span<const Update> updates, const Tensor& factors);
  /// How many numbers of the parameter's type those are; 0: this optimiser cannot be captured.
  virtual int64_t factor_count() const { return 0; }
  /// Queues writing the numbers for the present step of parameter i.
  virtual void store_factors(size_t /*i*/, const Tensor& /*factors*/) {}

  /// A buffer for each parameter, undefined until first used: in the derived class's constructor, after the
  /// parameters. `always`: every parameter that has had a step has one, whatever the options.
  std::vector<Tensor>& add_buffers(const char* name, bool always = true);

  /// How many updates parameter i has had, the present one included.
  int64_t steps(size_t i) const { return steps_[i]; }
  size_t group_of(size_t i) const { return groups_[i]; }

 private:
  struct Buffers {
    std::string name;
    bool always;
    std::vector<Tensor> tensors;
  };

  struct Knobs {
    double* lr;
    double* momentum;
    std::optional<double> initial_lr;
  };
  const Knobs& knob(size_t group) const;
  // After Module::to, the buffers may be of another type than their parameter, or on another device.
  void check_buffers(size_t i) const;
  std::vector<std::vector<Update>> together(std::vector<Update> updates) const;
  void capture(const std::vector<Update>& updates);

  std::vector<Tensor> parameters_;
  std::vector<size_t> groups_;  // of each parameter
  std::vector<int64_t> steps_;
  std::vector<Knobs> knobs_;  // of each group
  std::vector<std::unique_ptr<Buffers>> buffers_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>();  // for a graph that has captured this
};

/// An optimiser with Options for each group: what the optimisers in this folder derive from.
template <class Options>
class GroupedOptimizer : public Optimizer {
 public:
  /// A group's options; a change counts from the next step on.
  Options& options(size_t group = 0) {
    check(group < options_.size(), "{}: there is no group {}, only {}", name(), group, options_.size());
    return *options_[group];
  }

 protected:
  explicit GroupedOptimizer(std::vector<ParameterGroup<Options>> groups) {
    for (ParameterGroup<Options>& group : groups) {
      options_.push_back(std::make_unique<Options>(group.options));
      Options& o = *options_.back();
      double* momentum = nullptr;
      if constexpr (requires { o.momentum; }) {
        momentum = &o.momentum;
      } else if constexpr (requires { o.beta1; }) {
        momentum = &o.beta1;
      }
      add_parameters(std::move(group.parameters), &o.lr, momentum);
    }
    check(!parameters().empty(), "optimizer: there are no parameters to train");
  }

  static std::vector<ParameterGroup<Options>> one_group(std::vector<Tensor> parameters,
                                                        const Options& options) {
    return {{std::move(parameters), options}};
  }

  /// Those of parameter i.
  const Options& options_of(size_t i) const { return *options_[group_of(i)]; }

 private:
  std::vector<std::unique_ptr<Options>> options_;
};

}  // namespace helder
