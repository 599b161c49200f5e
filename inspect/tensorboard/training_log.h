#pragma once

#include <filesystem>

#include "data/dataset.h"
#include "inspect/tensorboard/summary_writer.h"
#include "layers/module.h"
#include "training/training_watcher.h"

namespace helder {

/// What TensorBoard shows of a training (docs/tensorboard.md):
///
///   each step    Loss/step, Learning rate
///   each epoch   Loss/train, Loss/test, Accuracy/train, Accuracy/test, Images per second; histograms
///                weights/NAME and gradients/NAME, the gradients those of the epoch's last step; and
///                filters/NAME, the first layer's weights as pictures, where they are pictures
///   at the start  the weights and filters, and inputs/train, some of the images
///
/// The axis is the number of steps taken, for all of them.
class TrainingLog : public TrainingWatcher {
 public:
  /// Makes the file now, so that a folder that cannot be written is known before the training. Model and
  /// images are to outlive this.
  TrainingLog(const std::filesystem::path& folder, Module& model, const ImageDataset& train);

  const std::filesystem::path& path() const { return writer_.path(); }

  void step_begins(int64_t step) override;
  void gradients_ready(int64_t) override {}
  void step_done(const StepReport& report) override;
  void epoch_done(const EpochReport& report, int64_t steps) override;

 private:
  void add_inputs(int64_t step);
  void add_weights(int64_t step);

  SummaryWriter writer_;
  Module& model_;
  const ImageDataset& train_;
  bool started_ = false;
};

/// The weights of the layer that sees the images, as pictures [N,1,H,W] or [N,3,H,W], and their name: of the
/// first convolution, or of the first linear layer where that looks at all `pixels`, [C,H,W], directly.
/// Undefined where they are no pictures.
std::pair<std::string, Tensor> first_filters(Module& model, const Shape& pixels);

}  // namespace helder
