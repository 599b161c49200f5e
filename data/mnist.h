#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "data/dataset.h"

namespace helder {

/// Mean and standard deviation of MNIST's training pixels, scaled to 0..1.
inline constexpr float kMnistMean = 0.1307f;
inline constexpr float kMnistDeviation = 0.3081f;

/// Handwritten digits, [N,1,28,28], from two IDX files, plain or packed by gzip. Throws `Error`, naming the
/// file, where a file is damaged, the counts disagree, the images are not 28 by 28, or a label is not one of
/// 0 to 9.
ImageDataset load_mnist(const std::filesystem::path& images, const std::filesystem::path& labels);

/// All of MNIST from the four files in a directory: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
/// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, with or without `.gz`. Throws `Error`, saying what
/// was looked for, where the directory or a file is missing.
TrainAndTest load_mnist(const std::filesystem::path& directory);

/// Whether all four files are in a directory.
bool has_mnist(const std::filesystem::path& directory);

/// Where downloads of this user are kept: $XDG_CACHE_HOME/helder or ~/.cache/helder. Nothing without a home.
std::optional<std::filesystem::path> cache_directory();

/// Called while a file is downloaded: its name, the bytes stored so far, and how many there will be.
using MnistProgress = std::function<void(const std::string& file, uint64_t bytes, uint64_t total)>;

struct MnistSearch {
  std::optional<std::filesystem::path> directory;  ///< that has MNIST, if one does
  std::string reason;                              ///< one line for people: where it is, or why there is none
};

/// Looks for MNIST in $HELDER_DATA/mnist, then in `mnist` of the cache directory, and else downloads it (11
/// MB) to there, unless HELDER_OFFLINE=1. Where no mirror can be reached that takes at most ten seconds.
/// `progress` may throw to stop the download; what it throws is thrown on.
MnistSearch find_or_download_mnist(const MnistProgress& progress = {});

}  // namespace helder
