#include "data/mnist.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>

#include "data/download.h"
#include "data/idx.h"
#include "tensor/factories.h"
#include "tensor/views.h"

namespace helder {
namespace {

constexpr int64_t kSide = 28;
constexpr int64_t kClasses = 10;

struct File {
  const char* name;
  uint64_t bytes;
  const char* sha256;
};
constexpr File kTrainImages = {"train-images-idx3-ubyte", 47040016,
                               "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"};
constexpr File kTrainLabels = {"train-labels-idx1-ubyte", 60008,
                               "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"};
constexpr File kTestImages = {"t10k-images-idx3-ubyte", 7840016,
                              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"};
constexpr File kTestLabels = {"t10k-labels-idx1-ubyte", 10008,
                              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"};
constexpr std::array kFiles = {kTrainLabels, kTestLabels, kTestImages, kTrainImages};  // small ones first

constexpr std::array kMirrors = {"https://ossci-datasets.s3.amazonaws.com/mnist/",
                                 "https://storage.googleapis.com/cvdf-datasets/mnist/"};

std::optional<std::filesystem::path> environment_path(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value ? std::optional<std::filesystem::path>(value) : std::nullopt;
}

// The file, packed or not, whichever is there.
std::optional<std::filesystem::path> find(const std::filesystem::path& directory, const char* name) {
  for (const char* ending : {"", ".gz"}) {
    const auto path = directory / (std::string(name) + ending);
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
      return path;
    }
  }
  return {};
}

std::filesystem::path find_or_fail(const std::filesystem::path& directory, const File& file) {
  const auto path = find(directory, file.name);
  check(path.has_value(), "mnist: {} has neither {} nor {}.gz", directory.string(), file.name, file.name);
  return *path;
}

void download_missing(const std::filesystem::path& directory, const MnistProgress& progress) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  check(!error, "cannot make {}: {}", directory.string(), error.message());
  for (const File& file : kFiles) {
    if (find(directory, file.name)) {
      continue;
    }
    RemoteFile remote = {{}, true, file.bytes, file.sha256};
    for (const char* mirror : kMirrors) {
      remote.urls.push_back(std::string(mirror) + file.name + ".gz");
    }
    DownloadOptions options;
    if (progress) {
      options.progress = [&](uint64_t bytes) { progress(file.name, bytes, file.bytes); };
    }
    download(remote, directory / file.name, options);
  }
}

}  // namespace

ImageDataset load_mnist(const std::filesystem::path& images_path, const std::filesystem::path& labels_path) {
  const Tensor images = load_idx(images_path);
  const Shape& shape = images.shape();
  check(shape.rank() == 3 && shape[1] == kSide && shape[2] == kSide,
        "mnist: {}: expected images of shape [N,{},{}], got {}", images_path.string(), kSide, kSide,
        shape.str());
  const Tensor labels = load_idx(labels_path);
  check(labels.rank() == 1, "mnist: {}: expected labels of shape [N], got {}", labels_path.string(),
        labels.shape().str());
  check(labels.size(0) == shape[0], "mnist: {} has {} images, but {} has {} labels", images_path.string(),
        shape[0], labels_path.string(), labels.size(0));

  const Tensor wide_labels = empty(labels.shape(), DType::Int64);
  const uint8_t* from = labels.data<uint8_t>();
  for (int64_t i = 0; i < labels.size(0); ++i) {
    check(from[i] < kClasses, "mnist: {}: label {} is {}, not one of 0 to {}", labels_path.string(), i,
          from[i], kClasses - 1);
    wide_labels.data<int64_t>()[i] = from[i];
  }
  return {"mnist",      views::view(images, {shape[0], 1, kSide, kSide}),
          wide_labels,  kClasses,
          {kMnistMean}, {kMnistDeviation}};
}

TrainAndTest load_mnist(const std::filesystem::path& directory) {
  std::error_code ignored;
  check(std::filesystem::exists(directory, ignored), "mnist: there is no directory {}", directory.string());
  check(std::filesystem::is_directory(directory, ignored), "mnist: {} is not a directory",
        directory.string());
  // Look for all four before the first is read.
  const auto train_images = find_or_fail(directory, kTrainImages);
  const auto train_labels = find_or_fail(directory, kTrainLabels);
  const auto test_images = find_or_fail(directory, kTestImages);
  const auto test_labels = find_or_fail(directory, kTestLabels);
  return {load_mnist(train_images, train_labels), load_mnist(test_images, test_labels)};
}

bool has_mnist(const std::filesystem::path& directory) {
  return std::all_of(kFiles.begin(), kFiles.end(),
                     [&](const File& file) { return find(directory, file.name); });
}

std::optional<std::filesystem::path> cache_directory() {
  if (const auto cache = environment_path("XDG_CACHE_HOME")) {
    return *cache / "helder";
  }
  if (const auto home = environment_path("HOME")) {
    return *home / ".cache" / "helder";
  }
  return {};
}

MnistSearch find_or_download_mnist(const MnistProgress& progress) {
  std::string looked_in;
  const auto data = environment_path("HELDER_DATA");
  const auto cache = cache_directory();
  for (const auto& parent : {data, cache}) {
    if (!parent) {
      continue;
    }
    const auto directory = *parent / "mnist";
    if (has_mnist(directory)) {
      return {directory, "MNIST from " + directory.string()};
    }
    looked_in += (looked_in.empty() ? "" : " or ") + directory.string();
  }
  const std::string missing = looked_in.empty() ? "there is no MNIST" : "there is no MNIST in " + looked_in;
  const char* offline = std::getenv("HELDER_OFFLINE");
  if (offline && std::string_view(offline) == "1") {
    return {{}, missing + ", and HELDER_OFFLINE=1 forbids to download it"};
  }
  if (!cache) {
    return {{}, missing + ", and no home directory to download it to"};
  }
  try {
    download_missing(*cache / "mnist", progress);
  } catch (const Error& error) {
    return {{}, missing + ", and it could not be downloaded (" + error.what() + ")"};
  }
  return {*cache / "mnist", "MNIST, downloaded to " + (*cache / "mnist").string()};
}

}  // namespace helder
