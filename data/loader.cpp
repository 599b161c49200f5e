#include "data/loader.h"

#include <algorithm>
#include <utility>

#include "data/batch_source.h"
#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/random.h"

namespace helder {
namespace {

// Keeps the loader's random numbers apart from those that the same seed gives elsewhere.
constexpr uint64_t kStream = 0x6c6f61646572;  // "loader"

void check_dataset(const ImageDataset& dataset) {
  const Tensor& images = dataset.images;
  const Tensor& labels = dataset.labels;
  check(images.defined() && images.rank() == 4 && images.dtype() == DType::UInt8,
        "loader: '{}' needs images [N,channels,height,width] of uint8, got {}", dataset.name,
        images.defined() ? fmt::format("{} of {}", images.shape().str(), name_of(images.dtype())) : "none");
  check(labels.defined() && labels.rank() == 1 && labels.dtype() == DType::Int64,
        "loader: '{}' needs labels [N] of int64, got {}", dataset.name,
        labels.defined() ? fmt::format("{} of {}", labels.shape().str(), name_of(labels.dtype())) : "none");
  check(images.size(0) == labels.size(0), "loader: '{}' has {} images but {} labels", dataset.name,
        images.size(0), labels.size(0));
  const auto channels = static_cast<size_t>(images.size(1));
  check(dataset.mean.size() == channels && dataset.deviation.size() == channels,
        "loader: '{}' has {} channels, but {} means and {} deviations", dataset.name, channels,
        dataset.mean.size(), dataset.deviation.size());
  for (const float deviation : dataset.deviation) {
    check(deviation > 0, "loader: '{}' has a deviation of {}; it must be positive", dataset.name, deviation);
  }
}

}  // namespace

Epoch::Iterator& Epoch::Iterator::operator++() {
  batch_ = source_->next();
  return *this;
}

Epoch::Epoch(std::unique_ptr<BatchSource> source) : source_(std::move(source)) {}
Epoch::Epoch(Epoch&&) noexcept = default;
Epoch& Epoch::operator=(Epoch&&) noexcept = default;
Epoch::~Epoch() = default;

DataLoader::DataLoader(ImageDataset dataset, const DataLoaderOptions& options)
    : dataset_(std::move(dataset)), options_(options) {
  check_dataset(dataset_);
  check(options.batch_size >= 1, "loader: the batch size must be at least 1, got {}", options.batch_size);
  check(options.prefetch >= 0, "loader: prefetch must not be negative, got {}", options.prefetch);
  dataset_.images = contiguous_copy(dataset_.images);
  dataset_.labels = contiguous_copy(dataset_.labels);
}

int64_t DataLoader::batches_per_epoch() const {
  const int64_t full = dataset_.size() / options_.batch_size;
  const bool has_rest = dataset_.size() % options_.batch_size != 0;
  return full + (has_rest && !options_.drop_last ? 1 : 0);
}

Tensor DataLoader::order(int64_t epoch) const {
  check(epoch >= 0, "loader: there is no epoch {}", epoch);
  if (!options_.shuffle) {
    return arange(dataset_.size());
  }
  Generator generator(seed_of(epoch, 0));
  return randperm(dataset_.size(), generator);
}

uint64_t DataLoader::seed_of(int64_t epoch, size_t purpose) const {
  const auto words = philox4x32(options_.seed, static_cast<uint64_t>(epoch), kStream);
  return (uint64_t{words[2 * purpose]} << 32) | words[2 * purpose + 1];
}

Epoch DataLoader::epoch(int64_t epoch, int64_t first_batch) const {
  const int64_t batches = batches_per_epoch();
  check(first_batch >= 0 && first_batch <= batches, "loader: an epoch of {} batches cannot start at batch {}",
        batches, first_batch);
  BatchMaker maker(dataset_, order(epoch), options_.batch_size, options_.augment, seed_of(epoch, 1));
  return Epoch(std::make_unique<BatchSource>(std::move(maker), first_batch, batches, options_.prefetch));
}

}  // namespace helder
