#include "training/reduce_lr_on_plateau.h"

#include <algorithm>

#include "tensor/factories.h"

namespace helder {

ReduceLROnPlateau::ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options)
    : Schedule(optimizer),
      options_(options),
      best_(options.mode == PlateauMode::Min ? std::numeric_limits<double>::infinity()
                                             : -std::numeric_limits<double>::infinity()) {
  check(options.factor >= 0 && options.factor < 1, "ReduceLROnPlateau: factor must lie in [0, 1), got {}",
        options.factor);
  check(options.patience >= 0 && options.cooldown >= 0,
        "ReduceLROnPlateau: patience and cooldown must not be negative, got {} and {}", options.patience,
        options.cooldown);
  check(options.threshold >= 0 && options.min_lr >= 0 && options.eps >= 0,
        "ReduceLROnPlateau: threshold, min_lr and eps must not be negative, got {}, {} and {}",
        options.threshold, options.min_lr, options.eps);
}

bool ReduceLROnPlateau::improves(double metric) const {
  const bool relative = options_.threshold_mode == PlateauThreshold::Relative;
  const double t = options_.threshold;
  if (options_.mode == PlateauMode::Min) {
    return metric < (relative ? best_ * (1 - t) : best_ - t);
  }
  return metric > (relative ? best_ * (1 + t) : best_ + t);
}

void ReduceLROnPlateau::observe(double metric) {
  if (improves(metric)) {
    best_ = metric;
    bad_epochs_ = 0;
  } else {
    ++bad_epochs_;
  }
  if (cooldown_left_ > 0) {
    --cooldown_left_;
    bad_epochs_ = 0;
  }
  if (bad_epochs_ <= options_.patience) {
    return;
  }
  for (size_t group = 0; group < optimizer_.group_count(); ++group) {
    const double before = optimizer_.lr(group);
    const double after = std::max(before * options_.factor, options_.min_lr);
    if (before - after > options_.eps) {
      optimizer_.set_lr(group, after);
    }
  }
  cooldown_left_ = options_.cooldown;
  bad_epochs_ = 0;
}

StateDict ReduceLROnPlateau::state_dict() const {
  StateDict state = Schedule::state_dict();
  state.emplace_back("best", tensor<double>({best_}));
  state.emplace_back("bad_epochs", tensor<int64_t>({bad_epochs_}));
  state.emplace_back("cooldown_left", tensor<int64_t>({cooldown_left_}));
  return state;
}

void ReduceLROnPlateau::load_state_dict(const StateDict& state) {
  const auto number = [&](const char* wanted) {
    for (const auto& [name, tensor] : state) {
      if (name == wanted) {
        return tensor.item();
      }
    }
    fail("ReduceLROnPlateau: the state has no '{}'", wanted);
  };
  const double best = number("best");
  const double bad_epochs = number("bad_epochs");
  const double cooldown_left = number("cooldown_left");
  Schedule::load_state_dict(state);
  best_ = best;
  bad_epochs_ = static_cast<int64_t>(bad_epochs);
  cooldown_left_ = static_cast<int64_t>(cooldown_left);
}

}  // namespace helder
