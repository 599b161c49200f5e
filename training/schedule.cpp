#include "training/schedule.h"

#include <cmath>
#include <numbers>

namespace helder {
namespace {

// From `start` to `end` on half a cosine as t goes from 0 to 1.
double cosine(double start, double end, double t) {
  return end + (start - end) / 2 * (1 + std::cos(std::numbers::pi * t));
}

}  // namespace

void Schedule::set_step(int64_t step) {
  step_ = step;
  apply(step);
}

void Schedule::apply(int64_t step) { optimizer_.set_lr(lr_at(step)); }

StepLR::StepLR(Optimizer& optimizer, int64_t step_size, double gamma)
    : Schedule(optimizer), step_size_(step_size), gamma_(gamma) {
  check(step_size > 0, "StepLR: step_size must be positive, got {}", step_size);
}

double StepLR::lr_at(int64_t step) const {
  return base_lr_ * std::pow(gamma_, static_cast<double>(step / step_size_));
}

CosineAnnealingLR::CosineAnnealingLR(Optimizer& optimizer, int64_t t_max, double eta_min)
    : Schedule(optimizer), t_max_(t_max), eta_min_(eta_min) {
  check(t_max > 0, "CosineAnnealingLR: T_max must be positive, got {}", t_max);
}

double CosineAnnealingLR::lr_at(int64_t step) const {
  return cosine(base_lr_, eta_min_, static_cast<double>(step) / static_cast<double>(t_max_));
}

OneCycleLR::OneCycleLR(Optimizer& optimizer, double max_lr, int64_t total_steps,
                       const OneCycleOptions& options)
    : Schedule(optimizer), max_lr_(max_lr), total_steps_(total_steps), options_(options) {
  check(total_steps > 0, "OneCycleLR: total_steps must be positive, got {}", total_steps);
  check(options.pct_start >= 0 && options.pct_start <= 1, "OneCycleLR: pct_start must lie in [0, 1], got {}",
        options.pct_start);
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

double OneCycleLR::lr_at(int64_t step) const {
  const double start = max_lr_ / options_.div_factor;
  return on_cycle(step, start, max_lr_, start / options_.final_div_factor);
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
