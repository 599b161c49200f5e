#pragma once

#include <functional>
#include <vector>

#include "training/optimizer.h"

namespace helder {

/// A learning rate that changes while training: each group of parameters has its own, from its own initial
/// one. Nearly all schedules are functions of the number of steps taken, so that number is all there is to
/// save. Construct it after the optimiser: it sets the first learning rates.
///
/// One schedule at a time belongs to an optimiser. SequentialLR (sequential_lr.h) joins several.
class Schedule {
 public:
  virtual ~Schedule() = default;
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  /// Call once after each optimiser step (or epoch: whatever the schedule's unit is meant to be).
  void step() { set_step(step_ + 1); }
  int64_t steps_taken() const { return step_; }
  /// Continues as after `step` steps.
  void set_step(int64_t step);

  /// The learning rate of a group after `step` steps.
  double lr_at(int64_t step, size_t group = 0) const;

  /// Call once an epoch with the number to watch, such as the loss on the test set. Only ReduceLROnPlateau
  /// listens.
  virtual void observe(double /*metric*/) {}

  /// "step", and what else the schedule remembers.
  virtual StateDict state_dict() const;
  virtual void load_state_dict(const StateDict& state);

  const Optimizer& optimizer() const { return optimizer_; }

 protected:
  explicit Schedule(Optimizer& optimizer);

  virtual double group_lr(int64_t step, size_t group) const = 0;
  virtual void apply(int64_t step);
  double base_lr(size_t group) const { return base_lrs_[group]; }

  Optimizer& optimizer_;
  std::vector<double> base_lrs_;  // of each group

 private:
  int64_t step_ = 0;
};

/// The learning rate never changes.
class ConstantLR : public Schedule {
 public:
  explicit ConstantLR(Optimizer& optimizer) : Schedule(optimizer) {}

 protected:
  double group_lr(int64_t, size_t group) const override { return base_lr(group); }
};

/// lr = base * gamma^(step / step_size), rounded down.
class StepLR : public Schedule {
 public:
  StepLR(Optimizer& optimizer, int64_t step_size, double gamma = 0.1);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  int64_t step_size_;
  double gamma_;
};

/// lr = base * gamma^k after k of the milestones, which are positive numbers of steps in rising order.
class MultiStepLR : public Schedule {
 public:
  MultiStepLR(Optimizer& optimizer, std::vector<int64_t> milestones, double gamma = 0.1);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  std::vector<int64_t> milestones_;
  double gamma_;
};

/// lr = base * gamma^step.
class ExponentialLR : public Schedule {
 public:
  ExponentialLR(Optimizer& optimizer, double gamma);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  double gamma_;
};

/// From start_factor * base to end_factor * base on a line of total_iters steps, then level: a warm-up.
class LinearLR : public Schedule {
 public:
  explicit LinearLR(Optimizer& optimizer, double start_factor = 1.0 / 3, double end_factor = 1,
                    int64_t total_iters = 5);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  double start_factor_, end_factor_;
  int64_t total_iters_;
};

/// lr = base * (1 - step / total_iters)^power, and 0 from then on.
class PolynomialLR : public Schedule {
 public:
  explicit PolynomialLR(Optimizer& optimizer, int64_t total_iters = 5, double power = 1);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  int64_t total_iters_;
  double power_;
};

/// lr = base * factor(step): any schedule, written as a function. One for all groups, or one for each.
class LambdaLR : public Schedule {
 public:
  using Factor = std::function<double(int64_t step)>;

  LambdaLR(Optimizer& optimizer, Factor factor);
  LambdaLR(Optimizer& optimizer, std::vector<Factor> factors);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  std::vector<Factor> factors_;
};

/// lr = eta_min + (base - eta_min) (1 + cos(pi step / T_max)) / 2   (Loshchilov and Hutter, 2017, without
/// restarts).
class CosineAnnealingLR : public Schedule {
 public:
  CosineAnnealingLR(Optimizer& optimizer, int64_t t_max, double eta_min = 0);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  int64_t t_max_;
  double eta_min_;
};

struct OneCycleOptions {
  double pct_start = 0.3;         ///< the part of the cycle in which the learning rate rises
  double div_factor = 25;         ///< it starts at max_lr / div_factor ...
  double final_div_factor = 1e4;  ///< ... and ends at that, divided by this
  bool cycle_momentum = true;     ///< momentum (Adam: beta1) falls while the learning rate rises
  double base_momentum = 0.85;
  double max_momentum = 0.95;
};

/// Up to max_lr and down again in total_steps steps, on cosines (Smith and Topin, "Super-convergence", 2018).
class OneCycleLR : public Schedule {
 public:
  OneCycleLR(Optimizer& optimizer, double max_lr, int64_t total_steps, const OneCycleOptions& options = {});
  /// A max_lr for each group.
  OneCycleLR(Optimizer& optimizer, std::vector<double> max_lrs, int64_t total_steps,
             const OneCycleOptions& options = {});
  double momentum_at(int64_t step) const;

 protected:
  double group_lr(int64_t step, size_t group) const override;
  void apply(int64_t step) override;

 private:
  double on_cycle(int64_t step, double start, double peak, double end) const;

  std::vector<double> max_lrs_;
  int64_t total_steps_;
  OneCycleOptions options_;
};

}  // namespace helder
