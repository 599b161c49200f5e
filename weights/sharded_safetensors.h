#pragma once

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "weights/safetensors.h"

namespace helder {

/// A checkpoint in several `.safetensors` files, opened by its index, `model.safetensors.index.json`:
///
///   {"metadata": {"total_size": 3360},
///    "weight_map": {"fc.weight": "model-00001-of-00002.safetensors", ...}}
///
/// Opening opens every shard. The index and the shards must agree on which tensor is where; a shard lies in
/// the index's folder or below it, whatever the index says. Tensors are in the order of the shards' names,
/// and within a shard in its own. The metadata are the index's, numbers as their text.
class ShardedSafetensors final : public WeightFile {
 public:
  explicit ShardedSafetensors(const std::filesystem::path& index);

 private:
  Tensor read(size_t index) const override;

  std::vector<std::unique_ptr<SafetensorsFile>> shards_;
  std::vector<const SafetensorsFile*> shard_of_;  // of each tensor
};

}  // namespace helder
