#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/loader.h"
#include "training/averaging.h"
#include "training/checkpoint.h"
#include "training/graphed_step.h"
#include "training/metrics.h"
#include "training/optimizer.h"
#include "training/schedule.h"
#include "training/training_watcher.h"

namespace helder {

/// What a classifier answers on a test set.
struct Evaluation {
  double loss = 0;
  double accuracy = 0;
  ConfusionMatrix confusion;
  Tensor predictions;    ///< int64 [N]
  Tensor probabilities;  ///< float32 [N, C]
};

/// Runs the model in eval() over all images of `loader`, in order, without recording.
Evaluation evaluate(Module& model, const DataLoader& loader);

struct TrainerOptions {
  int64_t epochs = 1;
  std::filesystem::path save = {};  ///< a checkpoint after each epoch and when interrupted; empty for none
  std::string architecture = {};    ///< for the checkpoint
  std::string recipe = {};          ///< for the checkpoint: JSON of all options that the numbers depend on
  bool show_progress = true;
  /// So many batches make one step of the optimiser, with the gradient of their images' mean loss: as a batch
  /// that many times as large would give, but for what a batch does together (batch norm).
  int64_t accumulate = 1;
  /// Updated after each step, saved with the checkpoint, and what is evaluated after each epoch; null for
  /// none.
  ExponentialMovingAverage* ema = nullptr;
  /// Parts of the model that are done learning (training/freeze.h): they stay in eval() while the rest
  /// trains.
  std::vector<Module*> frozen = {};
  std::vector<TrainingWatcher*> watchers = {};
  /// Steps by a CUDA graph (training/graphed_step.h): the same numbers, and less work for the processor. For
  /// a model on the GPU, with one batch a step. A loss that is not finite is only found after the step.
  bool graph = false;
};

/// Trains an image classifier with cross entropy: shows progress, stops cleanly on Ctrl-C, saves and resumes.
///
/// Ctrl-C is heeded between steps. A run that is interrupted after any step and resumed gives the same
/// weights, bit for bit, as one that was not: the order of images is a function of seed and epoch, and the
/// checkpoint holds the random numbers' state.
class Trainer {
 public:
  Trainer(Module& model, Optimizer& optimizer, Schedule& schedule, const DataLoader& train,
          const DataLoader& test, TrainerOptions options);

  /// Goes on from a checkpoint of the same architecture and recipe; throws, and changes nothing, on another.
  void resume(const Checkpoint& checkpoint);

  /// Trains until all epochs are done (true) or Ctrl-C is pressed (false). Throws when the loss is not
  /// finite, naming the first module whose output was not; nothing is saved then.
  bool fit();

  const std::vector<EpochReport>& reports() const { return reports_; }
  /// The same as a JSON list of objects with the fields' names.
  std::string reports_json() const;
  /// Of the optimiser.
  int64_t steps_per_epoch() const {
    return (train_.batches_per_epoch() + options_.accumulate - 1) / options_.accumulate;
  }
  /// The loss of every step since the program started, for curves.
  const std::vector<double>& step_losses() const { return step_losses_; }
  const std::vector<double>& step_learning_rates() const { return step_learning_rates_; }
  Checkpoint checkpoint() const;

 private:
  bool train_epoch();
  double train_batch(const Batch& batch);
  double train_batch_by_graph(const Batch& batch);
  void finish_step(int64_t number, double loss);
  // The batches [first, last) of the step that batch number `batch_` belongs to, and their images.
  struct Step {
    int64_t first, last, images;
  };
  Step current_step() const;
  bool between_steps() const;
  int64_t steps_taken() const;  // over all epochs
  Evaluation evaluate_model() const;
  [[noreturn]] void stop_at_nonfinite_loss(double loss, const Batch& batch, uint64_t generator_offset);
  void save() const;

  Module& model_;
  Optimizer& optimizer_;
  Schedule& schedule_;
  const DataLoader& train_;
  const DataLoader& test_;
  TrainerOptions options_;
  std::unique_ptr<GraphedStep> graphed_step_;  // with options_.graph

  std::vector<EpochReport> reports_;
  std::vector<double> step_losses_;
  std::vector<double> step_learning_rates_;

  // The epoch under way.
  int64_t batch_ = 0;     // finished batches
  double loss_sum_ = 0;   // over images
  double step_loss_ = 0;  // of the step under way
  int64_t correct_ = 0;
  double seconds_ = 0;
};

}  // namespace helder
