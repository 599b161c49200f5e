#pragma once

#include <cstdint>

namespace helder {

/// What one pass over the training images gave.
struct EpochReport {
  int64_t epoch = 0;  ///< from 1
  double train_loss = 0;
  double train_accuracy = 0;
  double train_seconds = 0;
  double images_per_second = 0;
  double test_loss = 0;
  double test_accuracy = 0;
  uint64_t system_allocations = 0;  ///< blocks that training took from the system; 0 once the cache is warm
};

/// What one step of the optimiser gave.
struct StepReport {
  int64_t step = 0;  ///< how many there were with this one, over all epochs
  double loss = 0;
  double learning_rate = 0;  ///< with which this step was made; of the first group of parameters
};

/// Is told how a training goes (TrainerOptions::watchers): a log, a trace. It changes nothing.
class TrainingWatcher {
 public:
  virtual ~TrainingWatcher() = default;

  /// Before the first batch of a step, which will be number `step`, from 1; gradients are still those of the
  /// step before.
  virtual void step_begins(int64_t step) = 0;
  /// Backward is done, over all batches of the step; the optimiser has not moved yet. A CUDA graph makes both
  /// at once, and nobody is told.
  virtual void gradients_ready(int64_t step) = 0;
  virtual void step_done(const StepReport& report) = 0;
  /// After the test set, with the checkpoint saved, when `steps` were taken over all epochs.
  virtual void epoch_done(const EpochReport& report, int64_t steps) = 0;
};

}  // namespace helder
