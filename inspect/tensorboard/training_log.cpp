#include "inspect/tensorboard/training_log.h"

#include <algorithm>

#include "inspect/picture_grid.h"
#include "layers/conv2d.h"
#include "layers/linear.h"
#include "tensor/copy.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr int64_t kInputs = 32, kFilters = 64, kColumns = 8;
constexpr int64_t kFilterSide = 24;  // at least so many pixels, as a 3x3 filter is not seen otherwise

bool has_colours(int64_t channels) { return channels == 1 || channels == 3; }

}  // namespace

std::pair<std::string, Tensor> first_filters(Module& model, const Shape& pixels) {
  for (const auto& [path, module] : model.named_modules()) {
    const std::string name = path.empty() ? "weight" : path + ".weight";
    if (const auto* conv = dynamic_cast<const Conv2d*>(module)) {
      return has_colours(conv->weight.size(1)) ? std::pair{name, conv->weight.detach()}
                                               : std::pair{name, Tensor()};
    }
    if (const auto* linear = dynamic_cast<const Linear*>(module)) {
      const Tensor weight = linear->weight.detach();
      if (weight.size(1) != pixels.numel() || !has_colours(pixels[0])) {
        return {name, Tensor()};
      }
      return {name, views::reshape(weight, {weight.size(0), pixels[0], pixels[1], pixels[2]})};
    }
  }
  return {};
}

TrainingLog::TrainingLog(const std::filesystem::path& folder, Module& model, const ImageDataset& train)
    : writer_(folder), model_(model), train_(train) {}

void TrainingLog::add_inputs(int64_t step) {
  const Tensor& images = train_.images;
  if (images.size(0) > 0 && has_colours(images.size(1))) {
    const Tensor some = views::slice(images, 0, 0, std::min(kInputs, images.size(0)));
    writer_.add_image("inputs/train", picture_grid(some, kColumns), step);
  }
}

void TrainingLog::add_weights(int64_t step) {
  for (const auto& [name, parameter] : model_.named_parameters()) {
    writer_.add_histogram("weights/" + name, parameter, step);
  }
  const Shape& images = train_.images.shape();
  const auto [name, filters] = first_filters(model_, {images[1], images[2], images[3]});
  if (filters.defined() && filters.numel() > 0) {
    const Tensor some =
        copied_to(views::slice(filters, 0, 0, std::min(kFilters, filters.size(0))), Device::Cpu);
    const int64_t factor = (kFilterSide - 1) / std::min(filters.size(2), filters.size(3)) + 1;
    writer_.add_image("filters/" + name, picture_grid(enlarged(filter_pictures(some), factor), kColumns),
                      step);
  }
}

void TrainingLog::step_begins(int64_t step) {
  if (!started_) {
    started_ = true;
    add_inputs(step - 1);
    add_weights(step - 1);
    writer_.flush();
  }
}

void TrainingLog::step_done(const StepReport& report) {
  writer_.add_scalar("Loss/step", report.loss, report.step);
  writer_.add_scalar("Learning rate", report.learning_rate, report.step);
}

void TrainingLog::epoch_done(const EpochReport& report, int64_t steps) {
  writer_.add_scalar("Loss/train", report.train_loss, steps);
  writer_.add_scalar("Loss/test", report.test_loss, steps);
  writer_.add_scalar("Accuracy/train", report.train_accuracy, steps);
  writer_.add_scalar("Accuracy/test", report.test_accuracy, steps);
  writer_.add_scalar("Images per second", report.images_per_second, steps);
  add_weights(steps);
  for (const auto& [name, parameter] : model_.named_parameters()) {
    if (const Tensor gradient = parameter.grad(); gradient.defined()) {
      writer_.add_histogram("gradients/" + name, gradient, steps);
    }
  }
  writer_.flush();
}

}  // namespace helder
