#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "data/loader.h"

namespace helder {

/// Fills batches: gathers the images of one epoch's order and normalises them.
class BatchMaker {
 public:
  /// What the augmentation draws for an image is a function of `seed` and the image's index.
  BatchMaker(const ImageDataset& dataset, const Tensor& order, int64_t batch_size,
             const Augmentation& augment = {}, uint64_t seed = 0);

  /// Makes batch `index` in `batch`'s memory, where that fits and nobody else sees it, or in new.
  void make(int64_t index, Batch& batch) const;

 private:
  Tensor augmented(int64_t index) const;  // [C,h,w], contiguous

  ImageDataset dataset_;
  Tensor order_;
  int64_t batch_size_;
  Augmentation augment_;
  uint64_t seed_;
  std::vector<std::array<float, 256>> tables_;  // a channel: each grey level, normalised
};

/// The batches [first, end) of an epoch, one after the other, with up to `prefetch` of them made ahead by a
/// thread.
class BatchSource {
 public:
  BatchSource(BatchMaker maker, int64_t first, int64_t end, int prefetch);
  ~BatchSource();
  BatchSource(const BatchSource&) = delete;
  BatchSource& operator=(const BatchSource&) = delete;

  /// The next batch, or null after the last. The one before goes back to be filled again.
  const Batch* next();

 private:
  void run();  // the thread

  const BatchMaker maker_;
  const int64_t end_;
  int64_t next_index_;  // to be made
  Batch current_;       // handed out

  // Between the two threads, guarded by mutex_.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  std::deque<Batch> spare_;  // to be filled, in turn: all of them have memory after the first round
  std::exception_ptr error_;
  bool finished_ = false;  // the thread makes no more batches
  bool stop_ = false;      // and is asked not to

  std::thread thread_;  // last: starts when the rest is there
};

}  // namespace helder
