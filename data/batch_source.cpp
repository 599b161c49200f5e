#include "data/batch_source.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tensor/copy.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

// Whether `tensor` can be written anew: it has the right shape, and nobody else can see the change.
bool is_reusable(const Tensor& tensor, const Shape& shape) {
  return tensor.defined() && tensor.impl().use_count() == 1 && tensor.impl()->storage.use_count() == 1 &&
         !tensor.impl()->autograd && tensor.shape() == shape && tensor.is_contiguous();
}

void prepare(Tensor& tensor, const Shape& shape, DType dtype) {
  if (!is_reusable(tensor, shape)) {
    tensor = empty(shape, dtype);
  }
}

}  // namespace

BatchMaker::BatchMaker(const ImageDataset& dataset, const Tensor& order, int64_t batch_size,
                       const Augmentation& augment, uint64_t seed)
    : dataset_(dataset),
      order_(order),
      batch_size_(batch_size),
      augment_(augment),
      seed_(seed),
      tables_(dataset.mean.size()) {
  for (size_t channel = 0; channel < tables_.size(); ++channel) {
    for (size_t grey = 0; grey < 256; ++grey) {
      tables_[channel][grey] =
          (static_cast<float>(grey) / 255 - dataset.mean[channel]) / dataset.deviation[channel];
    }
  }
}

Tensor BatchMaker::augmented(int64_t index) const {
  const auto words = philox4x32(seed_, static_cast<uint64_t>(index));
  Generator generator((uint64_t{words[0]} << 32) | words[1]);
  const Tensor image = augment_(views::select(dataset_.images, 0, index), generator);
  check(image.defined() && image.dtype() == DType::UInt8 && image.rank() == 3 &&
            image.size(0) == dataset_.images.size(1),
        "loader: the augmentation must give images [{},height,width] of uint8, got {}",
        dataset_.images.size(1),
        image.defined() ? fmt::format("{} of {}", image.shape(), name_of(image.dtype())) : "none");
  return contiguous_copy(image);
}

// Plain loops on one thread: a lookup per pixel is so cheap that more threads would only be in the way of the
// network's.
void BatchMaker::make(int64_t index, Batch& batch) const {
  const int64_t start = index * batch_size_;
  const int64_t count = std::min(batch_size_, order_.size(0) - start);
  const int64_t* order = order_.data<int64_t>() + start;
  const Shape shape = augment_ ? augmented(order[0]).shape() : views::select(dataset_.images, 0, 0).shape();
  const int64_t channels = shape[0];
  const int64_t pixels = shape[1] * shape[2];
  prepare(batch.images, {count, channels, shape[1], shape[2]}, DType::Float32);
  prepare(batch.labels, {count}, DType::Int64);
  batch.index = index;

  float* to = batch.images.data<float>();
  for (int64_t i = 0; i < count; ++i) {
    const Tensor image = augment_ ? augmented(order[i]) : Tensor();
    check(!augment_ || image.shape() == shape, "loader: the augmentation gave images of {} and of {}", shape,
          image.defined() ? image.shape() : shape);
    const uint8_t* from =
        augment_ ? image.data<uint8_t>() : dataset_.images.data<uint8_t>() + order[i] * channels * pixels;
    for (int64_t channel = 0; channel < channels; ++channel) {
      const float* table = tables_[static_cast<size_t>(channel)].data();
      for (int64_t pixel = 0; pixel < pixels; ++pixel) {
        *to++ = table[*from++];
      }
    }
    batch.labels.data<int64_t>()[i] = dataset_.labels.data<int64_t>()[order[i]];
  }
}

BatchSource::BatchSource(BatchMaker maker, int64_t first, int64_t end, int prefetch)
    : maker_(std::move(maker)), end_(end), next_index_(first) {
  if (prefetch > 0) {
    spare_.resize(static_cast<size_t>(prefetch) + 1);  // the ones ahead, and the one that is handed out
    thread_ = std::thread([this] { run(); });
  }
}

BatchSource::~BatchSource() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
}

const Batch* BatchSource::next() {
  if (!thread_.joinable()) {
    if (next_index_ == end_) {
      return nullptr;
    }
    maker_.make(next_index_++, current_);
    return &current_;
  }
  std::unique_lock lock(mutex_);
  if (current_.images.defined()) {
    spare_.push_back(std::exchange(current_, {}));
    changed_.notify_all();
  }
  changed_.wait(lock, [&] { return !ready_.empty() || finished_; });
  if (!ready_.empty()) {
    current_ = std::move(ready_.front());
    ready_.pop_front();
    return &current_;
  }
  if (error_) {
    std::rethrow_exception(error_);
  }
  return nullptr;
}

void BatchSource::run() {
  try {
    while (next_index_ < end_) {
      Batch batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !spare_.empty() || stop_; });
        if (stop_) {
          break;
        }
        batch = std::move(spare_.front());
        spare_.pop_front();
      }
      maker_.make(next_index_++, batch);
      {
        const std::lock_guard lock(mutex_);
        ready_.push_back(std::move(batch));
      }
      changed_.notify_all();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    error_ = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_all();
}

}  // namespace helder
