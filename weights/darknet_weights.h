#pragma once

#include "models/darknet_plan.h"
#include "weights/weight_file.h"

namespace helder {

/// Darknet's `.weights`: three int32 (version), how many pictures were seen in training (64 bits, 32 in files
/// before version 0.2), and then nothing but float32 numbers. Which tensors they are follows from the network
/// alone: those of each layer in turn, as its plan lists them. Here they have the names that they have in
/// Darknet (models/darknet.h), and share the file's mapped memory. Metadata: `version`, `seen`.
///
/// Throws where the file ends before the last layer, with that layer, and where bytes are left over; both
/// mean that it belongs to another network.
class DarknetWeights final : public WeightFile {
 public:
  DarknetWeights(const std::filesystem::path& path, const DarknetOptions& options);

 private:
  Tensor read(size_t index) const override;

  std::shared_ptr<Storage> file_;
  std::vector<uint64_t> offsets_;  // of each tensor's first byte
};

}  // namespace helder
