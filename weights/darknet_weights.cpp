#include "weights/darknet_weights.h"

#include <bit>
#include <cstring>

#include "tensor/mapped_file.h"

namespace helder {

static_assert(std::endian::native == std::endian::little, "weight files are little-endian");

DarknetWeights::DarknetWeights(const std::filesystem::path& path, const DarknetOptions& options)
    : WeightFile("darknet: " + path.string()), file_(map_storage(path, description())) {
  const auto* bytes = static_cast<const std::byte*>(file_->data());
  const uint64_t size = file_->bytes();
  constexpr uint64_t kOldHeader = 16, kHeader = 20;
  int32_t version[3] = {};
  check(size >= kOldHeader, "{}: the file is cut short: it has {} bytes, and the header alone takes {}",
        description(), size, kOldHeader);
  std::memcpy(version, bytes, sizeof version);
  const int64_t major = version[0], minor = version[1];
  check(0 <= major && major < 1000 && 0 <= minor && minor < 1000,
        "{}: not a file of darknet's weights: its version reads {}.{}.{}", description(), version[0],
        version[1], version[2]);
  const bool wide = 10 * major + minor >= 2;  // the count of pictures has 64 bits
  uint64_t seen = 0, at = wide ? kHeader : kOldHeader;
  check(size >= at, "{}: the file is cut short: it has {} bytes, and the header alone takes {}",
        description(), size, at);
  std::memcpy(&seen, bytes + sizeof version, wide ? 8 : 4);
  metadata_ = {{"version", fmt::format("{}.{}.{}", version[0], version[1], version[2])},
               {"seen", std::to_string(seen)}};

  const std::vector<DarknetLayerPlan> plan = plan_darknet(options);
  std::string last = "it has no layer with weights";
  for (size_t i = 0; i < plan.size(); ++i) {
    for (const auto& [name, shape] : plan[i].tensors) {
      const uint64_t wanted = 4 * static_cast<uint64_t>(shape.numel());  // at most 2^32
      check(wanted <= size - at,
            "{}: the file ends in layer {} ({}): its {} {} takes {} bytes, and {} are left; are these the "
            "weights "
            "of another network?",
            description(), i, options.layers[i].place, name, shape, wanted, size - at);
      add({fmt::format("layers.{}.{}", i, name), StoredType::F32, shape});
      offsets_.push_back(at);
      at += wanted;
      last = fmt::format("the last with weights is layer {} ({})", i, options.layers[i].place);
    }
  }
  check(at == size,
        "{}: {} bytes are left over after the network's layers ({}); are these the weights of another "
        "network?",
        description(), size - at, last);
}

Tensor DarknetWeights::read(size_t index) const {
  const StoredTensor& tensor = tensors()[index];
  return stored_tensor(description(), file_, offsets_[index], tensor.type, tensor.shape,
                       contiguous_strides(tensor.shape));
}

}  // namespace helder
