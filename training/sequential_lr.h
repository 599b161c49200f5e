#pragma once

#include <memory>
#include <vector>

#include "training/schedule.h"

namespace helder {

/// One schedule after the other: schedule k begins, at its own step 0, after milestones[k - 1] steps. A
/// warm-up and then a cosine:
///
///   std::vector<std::unique_ptr<Schedule>> parts;
///   parts.push_back(std::make_unique<LinearLR>(optimizer, 0.01, 1, warm_up));
///   parts.push_back(std::make_unique<CosineAnnealingLR>(optimizer, steps - warm_up));
///   SequentialLR schedule(optimizer, std::move(parts), {warm_up});
class SequentialLR : public Schedule {
 public:
  SequentialLR(Optimizer& optimizer, std::vector<std::unique_ptr<Schedule>> schedules,
               std::vector<int64_t> milestones);

 protected:
  double group_lr(int64_t step, size_t group) const override;
  void apply(int64_t step) override;

 private:
  // Which schedule holds after `step` steps, and the step at which it began.
  std::pair<Schedule*, int64_t> current(int64_t step) const;

  std::vector<std::unique_ptr<Schedule>> schedules_;
  std::vector<int64_t> milestones_;
};

}  // namespace helder
