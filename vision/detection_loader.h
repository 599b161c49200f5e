#pragma once

#include "data/detection_dataset.h"
#include "tensor/random.h"
#include "vision/letterbox.h"

namespace helder {

struct DetectionLoaderOptions {
  int64_t side = 96;  ///< of the network's input: pictures of other sizes are letterboxed
  int64_t batch_size = 16;
  bool shuffle = false;
  bool flip = false;  ///< half of the pictures are mirrored, left to right
  uint64_t seed = 1;  ///< of order and flips
};

struct DetectionBatch {
  Tensor images;                                ///< [B,3,side,side], float32, from 0 to 1
  std::vector<std::vector<LabelledBox>> boxes;  ///< of each, in pixels of the input; without crowds
  std::vector<int64_t> pictures;                ///< which of the dataset they are
  std::vector<Placement> placements;            ///< where these, mirrored or not, lie in the input

  int64_t size() const { return static_cast<int64_t>(pictures.size()); }
};

/// Deals out a dataset in batches. A batch is a function of seed, epoch and its number alone, so that a run
/// can be taken up again anywhere.
class DetectionLoader {
 public:
  /// The dataset has to live as long. Throws where it is empty or an option makes no sense.
  explicit DetectionLoader(const DetectionDataset& dataset, const DetectionLoaderOptions& options = {});

  const DetectionDataset& dataset() const { return dataset_; }
  int64_t batches_per_epoch() const;
  /// Batch `index` of an epoch; the last one may be smaller. Loads its pictures on all threads.
  DetectionBatch batch(int64_t epoch, int64_t index) const;

 private:
  Generator generator(int64_t epoch, uint64_t purpose) const;

  const DetectionDataset& dataset_;
  DetectionLoaderOptions options_;
};

}  // namespace helder
