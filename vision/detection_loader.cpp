#include "vision/detection_loader.h"

#include <exception>
#include <mutex>
#include <numeric>

#include "autograd/ops/stack.h"
#include "data/image_transforms.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

namespace helder {
namespace {

LabelledBox placed(const LabelledBox& box, const Placement& at) {
  const auto [left, top, right, bottom] = box.box_xyxy;
  LabelledBox result = box;
  result.box_xyxy = {at.left + left * at.scale_x, at.top + top * at.scale_y, at.left + right * at.scale_x,
                     at.top + bottom * at.scale_y};
  result.area *= at.scale_x * at.scale_y;
  return result;
}

// Left is right, in a picture `width` pixels wide.
LabelledBox mirrored(const LabelledBox& box, int64_t width) {
  LabelledBox result = box;
  result.box_xyxy[0] = static_cast<double>(width) - box.box_xyxy[2];
  result.box_xyxy[2] = static_cast<double>(width) - box.box_xyxy[0];
  return result;
}

// As the network's input, from 0 to 1; unchanged where it has that size already.
PlacedPicture fitted(const Tensor& picture, int64_t side) {
  if (picture.size(1) == side && picture.size(2) == side) {
    return {to_float(picture), {}};
  }
  return letterbox(picture, side, side);
}

}  // namespace

DetectionLoader::DetectionLoader(const DetectionDataset& dataset, const DetectionLoaderOptions& options)
    : dataset_(dataset), options_(options) {
  check(dataset.size() > 0, "DetectionLoader: {} has no pictures", dataset.name);
  check(options.side > 0 && options.batch_size > 0, "DetectionLoader: batches of {} pictures of {} pixels",
        options.batch_size, options.side);
}

int64_t DetectionLoader::batches_per_epoch() const {
  return (dataset_.size() + options_.batch_size - 1) / options_.batch_size;
}

Generator DetectionLoader::generator(int64_t epoch, uint64_t purpose) const {
  const auto words = philox4x32(options_.seed, static_cast<uint64_t>(epoch), purpose);
  return Generator((uint64_t{words[0]} << 32) | words[1]);
}

DetectionBatch DetectionLoader::batch(int64_t epoch, int64_t index) const {
  check(0 <= index && index < batches_per_epoch(), "DetectionLoader: there is no batch {} among {}", index,
        batches_per_epoch());
  std::vector<int64_t> order(static_cast<size_t>(dataset_.size()));
  std::iota(order.begin(), order.end(), int64_t{0});
  if (options_.shuffle) {
    Generator random = generator(epoch, 0);
    order = randperm(dataset_.size(), random).to_vector<int64_t>();
  }
  const int64_t first = index * options_.batch_size;
  const int64_t count = std::min(options_.batch_size, dataset_.size() - first);
  DetectionBatch batch;
  batch.pictures.assign(order.begin() + first, order.begin() + first + count);
  batch.boxes.resize(batch.pictures.size());
  batch.placements.resize(batch.pictures.size());
  Generator flips = generator(epoch, 1);
  flips.reserve(static_cast<uint64_t>(first));
  std::vector<bool> flip;
  for (int64_t i = 0; i < count; ++i) {
    flip.push_back(flips.uniform() < 0.5 && options_.flip);
  }

  std::vector<Tensor> images(batch.pictures.size());
  std::exception_ptr error;
  std::mutex mutex;
  parallel_for(count, 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      try {
        const BoxedPicture& picture = dataset_.pictures[static_cast<size_t>(batch.pictures[i])];
        const Tensor pixels = picture.load();
        const PlacedPicture fit = fitted(flip[i] ? horizontal_flip(pixels) : pixels, options_.side);
        images[i] = fit.input;
        batch.placements[i] = fit.placement;
        for (const LabelledBox& box : picture.boxes) {
          if (!box.crowd) {
            batch.boxes[i].push_back(placed(flip[i] ? mirrored(box, pixels.size(2)) : box, fit.placement));
          }
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        error = std::current_exception();
      }
    }
  });
  if (error) {
    std::rethrow_exception(error);
  }
  batch.images = stack(images);
  return batch;
}

}  // namespace helder
