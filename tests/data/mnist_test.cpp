#include "data/mnist.h"

#include <cmath>

#include "data/digits.h"
#include "data/download.h"
#include "tests/catch.h"
#include "tests/data/idx_files.h"
#include "tests/data_path.h"
#include "tests/deflate.h"
#include "tests/environment.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

// What load_mnist says about these two files, with I and L for their paths.
std::string refusal(const std::string& images, const std::string& labels) {
  const TemporaryDirectory directory;
  write_file(directory / "I", images);
  write_file(directory / "L", labels);
  try {
    load_mnist(directory / "I", directory / "L");
  } catch (const Error& error) {
    std::string message = error.what();
    const std::string parent = directory.path().string() + "/";
    for (size_t at; (at = message.find(parent)) != std::string::npos;) {
      message.erase(at, parent.size());
    }
    return message;
  }
  return "(accepted)";
}

// A small MNIST: 3 images to learn from and 2 to test with. Some of it packed.
void write_mnist(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  write_file(directory / "train-images-idx3-ubyte.gz", gzip(idx_images(3, 28, 10)));
  write_file(directory / "train-labels-idx1-ubyte", idx_labels("\x09\x01\x05"));
  write_file(directory / "t10k-images-idx3-ubyte", idx_images(2, 28, 20));
  write_file(directory / "t10k-labels-idx1-ubyte.gz", gzip(idx_labels("\x02\x03")));
}

}  // namespace

TEST_CASE("mnist: pairs images with labels") {
  const TemporaryDirectory directory;
  write_mnist(directory.path());
  CHECK(has_mnist(directory.path()));
  const auto [train, test] = load_mnist(directory.path());
  CHECK(train.name == "mnist");
  CHECK(train.classes == 10);
  CHECK(train.size() == 3);
  CHECK(train.images.shape() == Shape{3, 1, 28, 28});
  CHECK(train.images.dtype() == DType::UInt8);
  CHECK(train.images.at<uint8_t>({2, 0, 27, 27}) == 10);
  CHECK(train.labels.dtype() == DType::Int64);
  CHECK(train.labels.to_vector<int64_t>() == std::vector<int64_t>{9, 1, 5});
  CHECK(test.images.shape() == Shape{2, 1, 28, 28});
  CHECK(test.images.at<uint8_t>({0, 0, 0, 0}) == 20);
  CHECK(test.labels.to_vector<int64_t>() == std::vector<int64_t>{2, 3});
}

TEST_CASE("mnist: refuses files that do not fit each other") {
  CHECK(refusal(idx_images(3), idx_labels("123")) == "mnist: L: label 0 is 49, not one of 0 to 9");
  CHECK(refusal(idx_images(3), idx_labels("\x01\x09\x0a")) == "mnist: L: label 2 is 10, not one of 0 to 9");
  CHECK(refusal(idx_images(3), idx_labels("\x01\x02")) == "mnist: I has 3 images, but L has 2 labels");
  CHECK(refusal(idx_images(3, 27), idx_labels("\x01\x02\x03")) ==
        "mnist: I: expected images of shape [N,28,28], got [3,27,27]");
  CHECK(refusal(idx_labels("\x01"), idx_labels("\x01")) ==
        "mnist: I: expected images of shape [N,28,28], got [1]");
  CHECK(refusal(idx_images(1), idx_images(1)) == "mnist: L: expected labels of shape [N], got [1,28,28]");
  CHECK(refusal(idx_images(3).substr(0, 1000), idx_labels("\x01")) ==
        "idx: I: shape [3,28,28] needs 2352 bytes of data, but there are 984");
  CHECK(refusal(gzip(idx_images(3)).substr(0, 30), idx_labels("\x01")) ==
        "idx: I: the gzip data is cut short");
  CHECK(refusal(idx_images(3), idx_labels("\x01\x02\x03")) == "(accepted)");
}

TEST_CASE("mnist: says which directory or file is missing") {
  const TemporaryDirectory directory;
  const std::string path = directory.path().string();
  CHECK_THROWS_WITH(load_mnist(path + "/none"), "mnist: there is no directory " + path + "/none");
  write_file(directory / "file", "");
  CHECK_THROWS_WITH(load_mnist(path + "/file"), "mnist: " + path + "/file is not a directory");
  CHECK_THROWS_WITH(load_mnist(path),
                    "mnist: " + path + " has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz");
  write_mnist(path);
  std::filesystem::remove(path + "/t10k-labels-idx1-ubyte.gz");
  CHECK_FALSE(has_mnist(path));
  CHECK_THROWS_WITH(load_mnist(path),
                    "mnist: " + path + " has neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz");
}

TEST_CASE("mnist: is looked for in HELDER_DATA, then in the cache") {
  const TemporaryDirectory directory;
  const std::string root = directory.path().string();
  const Environment environment({{"HELDER_DATA", root + "/data"},
                                 {"XDG_CACHE_HOME", root + "/cache"},
                                 {"HOME", root + "/home"},
                                 {"HELDER_OFFLINE", "1"}});
  CHECK(cache_directory() == root + "/cache/helder");
  {
    const MnistSearch search = find_or_download_mnist();
    CHECK_FALSE(search.directory);
    CHECK(search.reason == "there is no MNIST in " + root + "/data/mnist or " + root +
                               "/cache/helder/mnist, and HELDER_OFFLINE=1 forbids to download it");
  }
  write_mnist(root + "/cache/helder/mnist");
  CHECK(find_or_download_mnist().directory == root + "/cache/helder/mnist");
  write_mnist(root + "/data/mnist");
  CHECK(find_or_download_mnist().directory == root + "/data/mnist");
  CHECK(find_or_download_mnist().reason == "MNIST from " + root + "/data/mnist");
  {
    const Environment unset({{"HELDER_DATA", {}}, {"XDG_CACHE_HOME", ""}});
    CHECK(cache_directory() == root + "/home/.cache/helder");
    write_mnist(root + "/home/.cache/helder/mnist");
    CHECK(find_or_download_mnist().directory == root + "/home/.cache/helder/mnist");
    const Environment homeless({{"HOME", {}}, {"HELDER_OFFLINE", {}}});
    CHECK(find_or_download_mnist().reason == "there is no MNIST, and no home directory to download it to");
  }
}

TEST_CASE("mnist: a download that fails leaves nothing and says why") {
  const TemporaryDirectory directory;
  const std::string root = directory.path().string();
  // A proxy at a port where nobody listens: no mirror can be reached, network or not.
  const Environment environment({{"HELDER_DATA", {}},
                                 {"XDG_CACHE_HOME", root},
                                 {"HELDER_OFFLINE", {}},
                                 {"https_proxy", "http://127.0.0.1:1"},
                                 {"HTTPS_PROXY", {}},
                                 {"no_proxy", {}},
                                 {"NO_PROXY", {}}});
  const MnistSearch search = find_or_download_mnist();
  CHECK_FALSE(search.directory);
  CHECK_THAT(search.reason,
             StartsWith("there is no MNIST in " + root + "/helder/mnist, and it could not be downloaded " +
                        "(cannot download train-labels-idx1-ubyte: "));
  if (can_download()) {
    CHECK_THAT(search.reason, ContainsSubstring("ossci-datasets"));
    CHECK_THAT(search.reason, ContainsSubstring("cvdf-datasets"));
  }
  CHECK(std::filesystem::is_empty(root + "/helder/mnist"));

  write_file(directory / "file", "");
  const Environment no_directory({{"XDG_CACHE_HOME", root + "/file"}});
  CHECK_THAT(find_or_download_mnist().reason,
             ContainsSubstring("(cannot make " + root + "/file/helder/mnist: Not a directory)"));
}

TEST_CASE("mnist: digits from a directory, or from the first place that has them") {
  const TemporaryDirectory directory;
  const std::string root = directory.path().string();
  write_mnist(root + "/given");
  write_mnist(root + "/data/mnist");
  write_file(root + "/given/t10k-labels-idx1-ubyte.gz", idx_labels("\x08\x08"));
  const Environment environment({{"HELDER_DATA", root + "/data"}});
  const DigitData given = load_digits(root + "/given");
  CHECK(given.name == "mnist");
  CHECK(given.reason == "MNIST from " + root + "/given");
  CHECK(given.train.size() == 3);
  CHECK(given.test.labels.to_vector<int64_t>() == std::vector<int64_t>{8, 8});
  const DigitData fewer = load_digits(root + "/given", {}, {.train = 2, .test = 100});
  CHECK(fewer.train.images.shape() == Shape{2, 1, 28, 28});
  CHECK(fewer.train.labels.to_vector<int64_t>() == std::vector<int64_t>{9, 1});
  CHECK(fewer.test.size() == 2);
  const DigitData found = load_digits({});
  CHECK(found.reason == "MNIST from " + root + "/data/mnist");
  CHECK(found.test.labels.to_vector<int64_t>() == std::vector<int64_t>{2, 3});
  // A directory that is asked for is not replaced by another.
  CHECK_THROWS_WITH(load_digits(root + "/none"), "mnist: there is no directory " + root + "/none");
  // Nor is a damaged file of one that is found.
  write_file(root + "/data/mnist/t10k-labels-idx1-ubyte.gz", "\x1f\x8b");
  CHECK_THROWS_WITH(load_digits({}),
                    "idx: " + root + "/data/mnist/t10k-labels-idx1-ubyte.gz: the gzip data is cut short");
}

TEST_CASE("mnist: synthetic digits have its format") {
  const ImageDataset digits = synthetic_digits(25, 3);
  CHECK(digits.name == "synthetic-digits");
  CHECK(digits.images.shape() == Shape{25, 1, 28, 28});
  CHECK(digits.images.dtype() == DType::UInt8);
  CHECK(digits.labels.shape() == Shape{25});
  CHECK(digits.classes == 10);
  std::vector<int64_t> count(10);
  for (const int64_t label : digits.labels.to_vector<int64_t>()) ++count.at(static_cast<size_t>(label));
  CHECK(count == std::vector<int64_t>{3, 3, 3, 3, 3, 2, 2, 2, 2, 2});
  CHECK(synthetic_digits(25, 3).images.to_vector<int64_t>() == digits.images.to_vector<int64_t>());
  CHECK(synthetic_digits(25, 4).images.to_vector<int64_t>() != digits.images.to_vector<int64_t>());
}

TEST_CASE("mnist: reads the real files") {
  const auto mnist = data_path("mnist");
  if (!mnist) return;
  const DigitData data = load_digits(*mnist);
  CHECK(data.train.images.shape() == Shape{60000, 1, 28, 28});
  CHECK(data.test.images.shape() == Shape{10000, 1, 28, 28});
  std::vector<int64_t> histogram(256);
  const uint8_t* pixels = data.train.images.data<uint8_t>();
  for (int64_t i = 0; i < data.train.images.numel(); ++i) ++histogram[pixels[i]];
  double sum = 0, sum_of_squares = 0;
  for (size_t grey = 0; grey < 256; ++grey) {
    const double value = static_cast<double>(grey) / 255;
    sum += static_cast<double>(histogram[grey]) * value;
    sum_of_squares += static_cast<double>(histogram[grey]) * value * value;
  }
  const double mean = sum / static_cast<double>(data.train.images.numel());
  const double deviation =
      std::sqrt(sum_of_squares / static_cast<double>(data.train.images.numel()) - mean * mean);
  CHECK(mean == Approx(data.train.mean[0]).margin(5e-5));
  CHECK(deviation == Approx(data.train.deviation[0]).margin(5e-5));
  const auto labels = data.train.labels.to_vector<int64_t>();
  CHECK(std::vector<int64_t>(labels.begin(), labels.begin() + 10) ==
        std::vector<int64_t>{5, 0, 4, 1, 9, 2, 1, 3, 1, 4});
}
