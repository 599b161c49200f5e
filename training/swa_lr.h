#pragma once

#include "training/schedule.h"

namespace helder {

enum class Anneal { Cosine, Linear };

/// From the learning rates that hold when it is made to `swa_lr` in `anneal_epochs` steps, then level: for
/// the part of a run whose weights are averaged (Izmailov et al., 2018).
class SWALR : public Schedule {
 public:
  SWALR(Optimizer& optimizer, double swa_lr, int64_t anneal_epochs = 10, Anneal anneal = Anneal::Cosine);

 protected:
  double group_lr(int64_t step, size_t group) const override;

 private:
  double swa_lr_;
  int64_t anneal_epochs_;
  Anneal anneal_;
};

}  // namespace helder
