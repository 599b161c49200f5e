#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>

#include "data/dataset.h"
#include "tensor/random.h"
#include "tensor/tensor.h"

namespace helder {

/// Another picture of the same thing, [C,h,w], uint8, from one of the dataset's, [C,H,W]; h and w are the
/// same for all. What it draws comes from the generator.
using Augmentation = std::function<Tensor(const Tensor& image, Generator& generator)>;

struct DataLoaderOptions {
  int64_t batch_size = 64;
  bool shuffle = true;
  uint64_t seed = 1;
  bool drop_last = false;  ///< leave out a last batch that is not full
  int prefetch = 2;        ///< batches that a thread prepares ahead; 0: no thread, each when it is asked for
  Augmentation augment = {};  ///< what becomes of each image, each epoch anew, before it is normalised
};

struct Batch {
  Tensor images;      ///< [B, channels, height, width], float32: (x / 255 - mean) / deviation
  Tensor labels;      ///< [B], int64
  int64_t index = 0;  ///< within the epoch, from 0

  int64_t size() const { return labels.size(0); }
};

class BatchSource;  // data/batch_source.h

/// One pass over a dataset, for one range-for. A thread of its own prepares batches ahead; it ends with the
/// epoch, also when the loop is left early or by an exception. What goes wrong in it is thrown by the loop.
///
/// Batches live in a fixed set of buffers: in a steady loop nothing is allocated. A batch of which the loop
/// keeps a tensor is not reused.
class Epoch {
 public:
  class Iterator {
   public:
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(BatchSource* source) : source_(source) { ++*this; }
    const Batch& operator*() const { return *batch_; }
    const Batch* operator->() const { return batch_; }
    Iterator& operator++();
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return batch_ == nullptr; }

   private:
    BatchSource* source_;
    const Batch* batch_ = nullptr;
  };

  explicit Epoch(std::unique_ptr<BatchSource> source);
  Epoch(Epoch&&) noexcept;
  Epoch& operator=(Epoch&&) noexcept;
  ~Epoch();

  /// To be called once: batches are made as the iterator advances.
  Iterator begin() { return Iterator(source_.get()); }
  std::default_sentinel_t end() const { return {}; }

 private:
  std::unique_ptr<BatchSource> source_;
};

/// Deals out a dataset in normalised batches.
///
///   DataLoader loader(mnist.train, {.batch_size = 64, .seed = 1});
///   for (const Batch& batch : loader.epoch(0)) {
///     Tensor loss = cross_entropy(model.forward(batch.images), batch.labels);
///
/// The order of an epoch is a function of the seed and the epoch's number alone, and what an augmentation
/// draws for an image of these and the image, so that a run can be taken up again at any batch of any epoch.
class DataLoader {
 public:
  /// Throws `Error` where the dataset's tensors do not fit each other or an option makes no sense.
  explicit DataLoader(ImageDataset dataset, const DataLoaderOptions& options = {});

  const ImageDataset& dataset() const { return dataset_; }
  int64_t batch_size() const { return options_.batch_size; }
  int64_t batches_per_epoch() const;

  /// The indices of the images in the order of an epoch, [N], int64.
  Tensor order(int64_t epoch) const;

  /// The batches of an epoch from `first_batch` on. Throws unless 0 <= first_batch <= batches_per_epoch().
  Epoch epoch(int64_t epoch, int64_t first_batch = 0) const;

 private:
  /// Of the random numbers for the order (purpose 0) and the augmentation (1).
  uint64_t seed_of(int64_t epoch, size_t purpose) const;

  ImageDataset dataset_;
  DataLoaderOptions options_;
};

}  // namespace helder
