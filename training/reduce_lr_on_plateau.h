#pragma once

#include <limits>

#include "training/schedule.h"

namespace helder {

enum class PlateauMode { Min, Max };  ///< whether small or large numbers are good
enum class PlateauThreshold { Relative, Absolute };

struct ReduceLROnPlateauOptions {
  PlateauMode mode = PlateauMode::Min;
  double factor = 0.1;
  int64_t patience = 10;    ///< as many epochs without improvement are borne; the next one reduces
  double threshold = 1e-4;  ///< what counts as improvement: better than the best by so much ...
  PlateauThreshold threshold_mode = PlateauThreshold::Relative;  ///< ... of the best, or as it is
  int64_t cooldown = 0;  ///< epochs after a reduction in which nothing is counted
  double min_lr = 0;
  double eps = 1e-8;  ///< a reduction by less is not made
};

/// Multiplies the learning rates by `factor` when the number that `observe` is told stops improving. It
/// follows what happened and not the step alone, so its state is more than the step; the learning rates
/// themselves are in the optimiser's state.
class ReduceLROnPlateau : public Schedule {
 public:
  explicit ReduceLROnPlateau(Optimizer& optimizer, const ReduceLROnPlateauOptions& options = {});

  void observe(double metric) override;

  double best() const { return best_; }
  int64_t bad_epochs() const { return bad_epochs_; }

  StateDict state_dict() const override;
  void load_state_dict(const StateDict& state) override;

 protected:
  /// As it is now: what the next epochs bring is not known.
  double group_lr(int64_t, size_t group) const override { return optimizer_.lr(group); }
  void apply(int64_t) override {}

 private:
  bool improves(double metric) const;

  ReduceLROnPlateauOptions options_;
  double best_;
  int64_t bad_epochs_ = 0;
  int64_t cooldown_left_ = 0;
};

}  // namespace helder
