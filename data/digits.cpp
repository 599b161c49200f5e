#include "data/digits.h"

#include <algorithm>
#include <vector>

#include "data/synthetic_digits.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr uint64_t kTrainSeed = 1;
constexpr uint64_t kTestSeed = 2;

ImageDataset first_images(ImageDataset dataset, int64_t count) {
  dataset.images = views::slice(dataset.images, 0, 0, count);
  dataset.labels = views::slice(dataset.labels, 0, 0, count);
  return dataset;
}

DigitData mnist_from(const std::filesystem::path& directory, const std::string& reason,
                     const DigitCounts& counts) {
  const auto [train, test] = load_mnist(directory);
  return {first_images(train, counts.train), first_images(test, counts.test), train.name, reason};
}

}  // namespace

ImageDataset synthetic_digits(int64_t count, uint64_t seed) {
  const Tensor images = empty({count, 1, kDigitSide, kDigitSide}, DType::UInt8);
  const Tensor labels = empty({count}, DType::Int64);
  std::vector<uint8_t> narrow_labels(static_cast<size_t>(count));
  draw_synthetic_digits(count, seed, images.data<uint8_t>(), narrow_labels.data());
  std::copy(narrow_labels.begin(), narrow_labels.end(), labels.data<int64_t>());
  return {"synthetic-digits", images, labels, 10, {kMnistMean}, {kMnistDeviation}};
}

DigitData load_digits(const std::optional<std::filesystem::path>& data_directory,
                      const MnistProgress& progress, const DigitCounts& counts) {
  if (data_directory) {
    return mnist_from(*data_directory, "MNIST from " + data_directory->string(), counts);
  }
  const MnistSearch search = find_or_download_mnist(progress);
  if (search.directory) {
    return mnist_from(*search.directory, search.reason, counts);
  }
  const ImageDataset train = synthetic_digits(counts.train, kTrainSeed);
  return {train, synthetic_digits(counts.test, kTestSeed), train.name, search.reason};
}

}  // namespace helder
