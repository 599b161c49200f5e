#include "training/sequential_lr.h"

#include <algorithm>

#include "training/reduce_lr_on_plateau.h"

namespace helder {

SequentialLR::SequentialLR(Optimizer& optimizer, std::vector<std::unique_ptr<Schedule>> schedules,
                           std::vector<int64_t> milestones)
    : Schedule(optimizer), schedules_(std::move(schedules)), milestones_(std::move(milestones)) {
  check(schedules_.size() == milestones_.size() + 1,
        "SequentialLR: {} schedules need a milestone between each two, got {} milestones", schedules_.size(),
        milestones_.size());
  check(std::is_sorted(milestones_.begin(), milestones_.end()) &&
            (milestones_.empty() || milestones_.front() > 0),
        "SequentialLR: the milestones must be positive and rise");
  for (const auto& schedule : schedules_) {
    check(schedule != nullptr, "SequentialLR: a schedule is null");
    check(&schedule->optimizer() == &optimizer, "SequentialLR: all schedules must belong to its optimiser");
    check(dynamic_cast<const ReduceLROnPlateau*>(schedule.get()) == nullptr,
          "SequentialLR: ReduceLROnPlateau is no function of the step and cannot be a part");
  }
  SequentialLR::apply(0);
}

std::pair<Schedule*, int64_t> SequentialLR::current(int64_t step) const {
  const auto next = std::upper_bound(milestones_.begin(), milestones_.end(), step);
  const auto k = static_cast<size_t>(next - milestones_.begin());
  return {schedules_[k].get(), k == 0 ? 0 : milestones_[k - 1]};
}

double SequentialLR::group_lr(int64_t step, size_t group) const {
  const auto [schedule, start] = current(step);
  return schedule->lr_at(step - start, group);
}

void SequentialLR::apply(int64_t step) {
  const auto [schedule, start] = current(step);
  schedule->set_step(step - start);
}

}  // namespace helder
