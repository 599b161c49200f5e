#include "training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tensor/factories.h"

namespace helder {
namespace {

void check_gamma(const char* schedule, double gamma) {
  check(gamma >= 0, "{}: gamma must not be negative, got {}", schedule, gamma);
}

// From `start` to `end` on half a cosine as t goes from 0 to 1.
double cosine(double start, double end, double t) {
  return end + (start - end) / 2 * (1 + std::cos(std::numbers::pi * t));
}

}  // namespace

Schedule::Schedule(Optimizer& optimizer) : optimizer_(optimizer) {
  for (size_t group = 0; group < optimizer.group_count(); ++group) {
    base_lrs_.push_back(optimizer.initial_lr(group));
  }
}

double Schedule::lr_at(int64_t step, size_t group) const {
  check(step >= 0, "schedule: the number of steps must not be negative, got {}", step);
  check(group < base_lrs_.size(), "schedule: there is no group {}, only {}", group, base_lrs_.size());
  return group_lr(step, group);
}

void Schedule::set_step(int64_t step) {
  check(step >= 0, "schedule: the number of steps must not be negative, got {}", step);
  step_ = step;
  apply(step);
}

void Schedule::apply(int64_t step) {
  for (size_t group = 0; group < optimizer_.group_count(); ++group) {
    optimizer_.set_lr(group, group_lr(step, group));
  }
}

StateDict Schedule::state_dict() const { return {{"step", tensor<int64_t>({step_})}}; }

void Schedule::load_state_dict(const StateDict& state) {
  for (const auto& [name, tensor] : state) {
    if (name == "step") {
      set_step(static_cast<int64_t>(tensor.item()));
      return;
    }
  }
  fail("schedule: the state has no 'step'");
}

StepLR::StepLR(Optimizer& optimizer, int64_t step_size, double gamma)
    : Schedule(optimizer), step_size_(step_size), gamma_(gamma) {
  check(step_size > 0, "StepLR: step_size must be positive, got {}", step_size);
  check_gamma("StepLR", gamma);
}

double StepLR::group_lr(int64_t step, size_t group) const {
  return base_lr(group) * std::pow(gamma_, static_cast<double>(step / step_size_));
}

MultiStepLR::MultiStepLR(Optimizer& optimizer, std::vector<int64_t> milestones, double gamma)
    : Schedule(optimizer), milestones_(std::move(milestones)), gamma_(gamma) {
  check(std::is_sorted(milestones_.begin(), milestones_.end()) &&
            (milestones_.empty() || milestones_.front() > 0),
        "MultiStepLR: the milestones must be positive and rise");
  check_gamma("MultiStepLR", gamma);
}

double MultiStepLR::group_lr(int64_t step, size_t group) const {
  const auto passed = std::upper_bound(milestones_.begin(), milestones_.end(), step) - milestones_.begin();
  return base_lr(group) * std::pow(gamma_, static_cast<double>(passed));
}

ExponentialLR::ExponentialLR(Optimizer& optimizer, double gamma) : Schedule(optimizer), gamma_(gamma) {
  check_gamma("ExponentialLR", gamma);
}

double ExponentialLR::group_lr(int64_t step, size_t group) const {
  return base_lr(group) * std::pow(gamma_, static_cast<double>(step));
}

LinearLR::LinearLR(Optimizer& optimizer, double start_factor, double end_factor, int64_t total_iters)
    : Schedule(optimizer), start_factor_(start_factor), end_factor_(end_factor), total_iters_(total_iters) {
  check(start_factor > 0 && start_factor <= 1 && end_factor >= 0 && end_factor <= 1,
        "LinearLR: start_factor must lie in (0, 1] and end_factor in [0, 1], got {} and {}", start_factor,
        end_factor);
  check(total_iters > 0, "LinearLR: total_iters must be positive, got {}", total_iters);
  apply(0);
}

double LinearLR::group_lr(int64_t step, size_t group) const {
  const double part = static_cast<double>(std::min(step, total_iters_)) / static_cast<double>(total_iters_);
  return base_lr(group) * (start_factor_ + (end_factor_ - start_factor_) * part);
}

PolynomialLR::PolynomialLR(Optimizer& optimizer, int64_t total_iters, double power)
    : Schedule(optimizer), total_iters_(total_iters), power_(power) {
  check(total_iters > 0, "PolynomialLR: total_iters must be positive, got {}", total_iters);
  check(power >= 0, "PolynomialLR: power must not be negative, got {}", power);
}

double PolynomialLR::group_lr(int64_t step, size_t group) const {
  const double part = static_cast<double>(std::min(step, total_iters_)) / static_cast<double>(total_iters_);
  return base_lr(group) * std::pow(1 - part, power_);
}

LambdaLR::LambdaLR(Optimizer& optimizer, Factor factor)
    : LambdaLR(optimizer, std::vector<Factor>(optimizer.group_count(), factor)) {}

LambdaLR::LambdaLR(Optimizer& optimizer, std::vector<Factor> factors)
    : Schedule(optimizer), factors_(std::move(factors)) {
  check(factors_.size() == optimizer.group_count(), "LambdaLR: got {} functions for {} groups",
        factors_.size(), optimizer.group_count());
  for (size_t group = 0; group < factors_.size(); ++group) {
    check(factors_[group] != nullptr, "LambdaLR: the function of group {} is empty", group);
  }
  apply(0);
}

double LambdaLR::group_lr(int64_t step, size_t group) const { return base_lr(group) * factors_[group](step); }

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, int64_t t_max, double eta_min)
    : Schedule(optimizer), t_max_(t_max), eta_min_(eta_min) {
  check(t_max > 0, "CosineAnnealingLR: T_max must be positive, got {}", t_max);
  check(eta_min >= 0, "CosineAnnealingLR: eta_min must not be negative, got {}", eta_min);
}

double CosineAnnealingLR::group_lr(int64_t step, size_t group) const {
  return cosine(base_lr(group), eta_min_, static_cast<double>(step) / static_cast<double>(t_max_));
}

OneCycleLR::OneCycleLR(Optimizer& optimizer, double max_lr, int64_t total_steps,
                       const OneCycleOptions& options)
    : OneCycleLR(optimizer, std::vector<double>(optimizer.group_count(), max_lr), total_steps, options) {}

OneCycleLR::OneCycleLR(Optimizer& optimizer, std::vector<double> max_lrs, int64_t total_steps,
                       const OneCycleOptions& options)
    : Schedule(optimizer), max_lrs_(std::move(max_lrs)), total_steps_(total_steps), options_(options) {
  check(max_lrs_.size() == optimizer.group_count(), "OneCycleLR: got {} values of max_lr for {} groups",
        max_lrs_.size(), optimizer.group_count());
  for (double max_lr : max_lrs_) {
    check(max_lr >= 0, "OneCycleLR: max_lr must not be negative, got {}", max_lr);
  }
  check(total_steps > 0, "OneCycleLR: total_steps must be positive, got {}", total_steps);
  check(options.div_factor > 0 && options.final_div_factor > 0,
        "OneCycleLR: div_factor and final_div_factor must be positive, got {} and {}", options.div_factor,
        options.final_div_factor);
  check(options.base_momentum >= 0 && options.base_momentum < 1 && options.max_momentum >= 0 &&
            options.max_momentum < 1,
        "OneCycleLR: base_momentum and max_momentum must lie in [0, 1), got {} and {}", options.base_momentum,
        options.max_momentum);
  check(options.pct_start >= 0 && options.pct_start <= 1, "OneCycleLR: pct_start must lie in [0, 1], got {}",
        options.pct_start);
  check(!options.cycle_momentum || optimizer.has_momentum(),
        "OneCycleLR: {} has no momentum; set cycle_momentum to false", optimizer.name());
  OneCycleLR::apply(0);
}

double OneCycleLR::on_cycle(int64_t step, double start, double peak, double end) const {
  const double top = options_.pct_start * static_cast<double>(total_steps_) - 1;  // the step of the peak
  const double last = static_cast<double>(total_steps_ - 1);
  const double now = std::min(static_cast<double>(step), last);
  if (now <= top) {
    return top > 0 ? cosine(start, peak, now / top) : peak;
  }
  return last > top ? cosine(peak, end, (now - top) / (last - top)) : end;
}

double OneCycleLR::group_lr(int64_t step, size_t group) const {
  const double peak = max_lrs_[group];
  const double start = peak / options_.div_factor;
  return on_cycle(step, start, peak, start / options_.final_div_factor);
}

double OneCycleLR::momentum_at(int64_t step) const {
  return on_cycle(step, options_.max_momentum, options_.base_momentum, options_.max_momentum);
}

void OneCycleLR::apply(int64_t step) {
  Schedule::apply(step);
  if (options_.cycle_momentum) {
    optimizer_.set_momentum(momentum_at(step));
  }
}

}  // namespace helder
