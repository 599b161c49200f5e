#include "training/swa_lr.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace helder {

SWALR::SWALR(Optimizer& optimizer, double swa_lr, int64_t anneal_epochs, Anneal anneal)
    : Schedule(optimizer), swa_lr_(swa_lr), anneal_epochs_(anneal_epochs), anneal_(anneal) {
  check(swa_lr >= 0, "SWALR: swa_lr must not be negative, got {}", swa_lr);
  check(anneal_epochs >= 0, "SWALR: anneal_epochs must not be negative, got {}", anneal_epochs);
  for (size_t group = 0; group < optimizer.group_count(); ++group) {
    base_lrs_[group] = optimizer.lr(group);  // not the first one: training has come down to this
  }
  apply(0);
}

double SWALR::group_lr(int64_t step, size_t group) const {
  const double t = anneal_epochs_ == 0
                       ? 1
                       : std::min(1.0, static_cast<double>(step) / static_cast<double>(anneal_epochs_));
  const double part = anneal_ == Anneal::Linear ? t : (1 - std::cos(std::numbers::pi * t)) / 2;
  return swa_lr_ * part + base_lr(group) * (1 - part);
}

}  // namespace helder
