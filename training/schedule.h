#pragma once

#include <memory>

#include "training/optimizer.h"

namespace helder {

/// A learning rate that changes while training. Each schedule is a function of the number of steps taken, so
/// that number is all there is to save. Construct it after the optimiser: it sets the first learning rate.
class Schedule {
 public:
  virtual ~Schedule() = default;

  /// Call once after each optimiser step (or epoch: whatever the schedule's unit is meant to be).
  void step() { set_step(step_ + 1); }
  int64_t steps_taken() const { return step_; }
  /// Continues as after `step` steps.
  void set_step(int64_t step);

  /// The learning rate after `step` steps.
  virtual double lr_at(int64_t step) const = 0;

 protected:
  explicit Schedule(Optimizer& optimizer) : optimizer_(optimizer), base_lr_(optimizer.lr()) {}

  virtual void apply(int64_t step);

  Optimizer& optimizer_;
  double base_lr_;

 private:
  int64_t step_ = 0;
};

/// The learning rate never changes.
class ConstantLR : public Schedule {
 public:
  explicit ConstantLR(Optimizer& optimizer) : Schedule(optimizer) {}
  double lr_at(int64_t) const override { return base_lr_; }
};

/// lr = base * gamma^(step / step_size), rounded down.
class StepLR : public Schedule {
 public:
  StepLR(Optimizer& optimizer, int64_t step_size, double gamma = 0.1);
  double lr_at(int64_t step) const override;

 private:
  int64_t step_size_;
  double gamma_;
};

/// lr = eta_min + (base - eta_min) (1 + cos(pi step / T_max)) / 2   (Loshchilov and Hutter, 2017, without
/// restarts).
class CosineAnnealingLR : public Schedule {
 public:
  CosineAnnealingLR(Optimizer& optimizer, int64_t t_max, double eta_min = 0);
  double lr_at(int64_t step) const override;

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
  double lr_at(int64_t step) const override;
  double momentum_at(int64_t step) const;

 protected:
  void apply(int64_t step) override;

 private:
  double on_cycle(int64_t step, double start, double peak, double end) const;

  double max_lr_;
  int64_t total_steps_;
  OneCycleOptions options_;
};

}  // namespace helder
