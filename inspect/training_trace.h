#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "inspect/recorder.h"
#include "inspect/trace.h"
#include "training/training_watcher.h"

namespace helder {

/// A trace (inspect/trace.h) of a few steps of a training, or of as many of them as its first epochs have:
/// from the third step on, when the memory that steps live on has been taken. It is written when they are
/// done, and the training goes on unwatched.
class TrainingTrace : public TrainingWatcher {
 public:
  struct Options {
    int64_t skip = 2, steps = 3;
  };

  /// The model is to outlive this, and this the training.
  TrainingTrace(std::filesystem::path path, Module& model, const Options& options);
  TrainingTrace(std::filesystem::path path, Module& model)
      : TrainingTrace(std::move(path), model, Options()) {}
  ~TrainingTrace() override;

  void step_begins(int64_t step) override;
  void gradients_ready(int64_t step) override;
  void step_done(const StepReport& report) override;
  void epoch_done(const EpochReport& report, int64_t steps) override;

  /// False after a training that had no more steps than were skipped.
  bool written() const { return written_; }

 private:
  void write();

  std::filesystem::path path_;
  Options options_;
  Recorder recorder_;
  std::vector<TraceSpan> spans_;
  bool written_ = false;
  int64_t seen_ = 0;                       // steps that began
  double step_start_ = 0, gradients_ = 0;  // of the step that is recorded
  std::optional<ObserverGuard> guard_;     // while it is
};

}  // namespace helder
