#include "data/cifar10.h"

#include "tests/catch.h"
#include "tests/data_path.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

// Pictures with these labels; each pixel of picture i is 10 i + channel.
std::string pictures(std::initializer_list<int> labels) {
  std::string bytes;
  int i = 0;
  for (const int label : labels) {
    bytes += static_cast<char>(label);
    for (int channel = 0; channel < 3; ++channel)
      bytes += std::string(1024, static_cast<char>(10 * i + channel));
    ++i;
  }
  return bytes;
}

}  // namespace

TEST_CASE("cifar10: a label and three planes a picture", "[data][cifar10]") {
  const TemporaryDirectory directory;
  write_file(directory / "x.bin", pictures({3, 9, 0}));
  const ImageDataset data = load_cifar10(directory / "x.bin");
  CHECK(data.name == "cifar10");
  CHECK(data.classes == 10);
  CHECK(data.mean.size() == 3);
  CHECK(data.images.shape() == Shape{3, 3, 32, 32});
  CHECK(data.images.dtype() == DType::UInt8);
  CHECK(data.labels.to_vector<int64_t>() == std::vector<int64_t>{3, 9, 0});
  CHECK(data.images.at<uint8_t>({2, 1, 31, 31}) == 21);
  CHECK(data.images.at<uint8_t>({1, 0, 0, 0}) == 10);
}

TEST_CASE("cifar10: a directory has five files to learn from and one to test with", "[data][cifar10]") {
  const TemporaryDirectory directory;
  for (int i = 1; i <= 5; ++i)
    write_file(directory / fmt::format("data_batch_{}.bin", i), pictures({i, i + 1}));
  const std::string path = directory.path().string();
  CHECK_THROWS_WITH(load_cifar10_directory(directory.path()),
                    "cifar10: " + path + "/test_batch.bin: No such file or directory");
  write_file(directory / "test_batch.bin", pictures({7}));
  const auto [train, test] = load_cifar10_directory(directory.path());
  CHECK(train.labels.to_vector<int64_t>() == std::vector<int64_t>{1, 2, 2, 3, 3, 4, 4, 5, 5, 6});
  CHECK(test.labels.to_vector<int64_t>() == std::vector<int64_t>{7});
}

TEST_CASE("cifar10: refuses other files", "[data][cifar10]") {
  const TemporaryDirectory directory;
  const std::string path = (directory / "x.bin").string();
  write_file(path, pictures({1}) + "x");
  CHECK_THROWS_WITH(load_cifar10(path),
                    "cifar10: " + path + ": 3074 bytes are not a whole number of pictures of 3073 bytes");
  write_file(path, "");
  CHECK_THROWS_WITH(load_cifar10(path),
                    "cifar10: " + path + ": 0 bytes are not a whole number of pictures of 3073 bytes");
  write_file(path, pictures({1, 10}));
  CHECK_THROWS_WITH(load_cifar10(path), "cifar10: " + path + ": a picture's label is 10, not one of 0 to 9");
}

TEST_CASE("cifar10: reads the real test images", "[data][cifar10]") {
  const auto path = data_path("cifar10/test_batch.bin");
  if (!path) return;
  const ImageDataset data = load_cifar10(*path);
  CHECK(data.images.shape() == Shape{10000, 3, 32, 32});
  std::vector<int64_t> counts(10);
  for (const int64_t label : data.labels.to_vector<int64_t>()) ++counts[static_cast<size_t>(label)];
  CHECK(counts == std::vector<int64_t>(10, 1000));
}
