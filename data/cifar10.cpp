#include "data/cifar10.h"

#include <cstring>
#include <vector>

#include "tensor/factories.h"
#include "tensor/mapped_file.h"

namespace helder {
namespace {

constexpr int64_t kSide = 32;
constexpr int64_t kPixels = 3 * kSide * kSide;
constexpr int64_t kRecord = 1 + kPixels;
constexpr int64_t kClasses = 10;

// The pictures of several files, one after the other.
ImageDataset load_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<std::unique_ptr<MappedFile>> files;
  int64_t count = 0;
  for (const auto& path : paths) {
    const std::string name = "cifar10: " + path.string();
    const auto& file = files.emplace_back(std::make_unique<MappedFile>(path, name));
    const auto size = static_cast<int64_t>(file->bytes().size());
    check(size > 0 && size % kRecord == 0, "{}: {} bytes are not a whole number of pictures of {} bytes",
          name, size, kRecord);
    count += size / kRecord;
  }
  const Tensor images = empty({count, 3, kSide, kSide}, DType::UInt8);
  const Tensor labels = empty({count}, DType::Int64);
  int64_t index = 0;
  for (size_t f = 0; f < files.size(); ++f) {
    for (auto rest = files[f]->bytes(); !rest.empty(); rest = rest.subspan(kRecord), ++index) {
      const auto label = std::to_integer<int64_t>(rest[0]);
      check(label < kClasses, "cifar10: {}: a picture's label is {}, not one of 0 to {}", paths[f].string(),
            label, kClasses - 1);
      labels.data<int64_t>()[index] = label;
      std::memcpy(images.data<uint8_t>() + index * kPixels, rest.data() + 1, kPixels);
    }
  }
  return {.name = "cifar10",
          .images = images,
          .labels = labels,
          .classes = kClasses,
          .mean = {kCifar10Mean.begin(), kCifar10Mean.end()},
          .deviation = {kCifar10Deviation.begin(), kCifar10Deviation.end()}};
}

}  // namespace

ImageDataset load_cifar10(const std::filesystem::path& file) { return load_files({file}); }

TrainAndTest load_cifar10_directory(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> train;
  for (int i = 1; i <= 5; ++i) {
    train.push_back(directory / fmt::format("data_batch_{}.bin", i));
  }
  return {load_files(train), load_files({directory / "test_batch.bin"})};
}

}  // namespace helder
