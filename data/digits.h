#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "data/dataset.h"
#include "data/mnist.h"

namespace helder {

/// `count` digits drawn by the program (data/synthetic_digits.h), [count,1,28,28], in MNIST's format and with
/// its mean and deviation, so that what has learned from one can look at the other.
ImageDataset synthetic_digits(int64_t count, uint64_t seed);

/// What an example that learns digits learns from.
struct DigitData {
  ImageDataset train;
  ImageDataset test;
  std::string name;    ///< `mnist` or `synthetic-digits`
  std::string reason;  ///< one line for people: where MNIST is, or why the digits are synthetic
};

/// How many images to use: the first ones of MNIST. Fewer, where there are not as many.
struct DigitCounts {
  int64_t train = 60000;
  int64_t test = 10000;
};

/// MNIST from `data_directory`, where one is given: then anything amiss with it is an `Error`. Else MNIST
/// where it can be found or downloaded (find_or_download_mnist), and synthetic digits where it cannot: as
/// many, always the same.
DigitData load_digits(const std::optional<std::filesystem::path>& data_directory,
                      const MnistProgress& progress = {}, const DigitCounts& counts = {});

}  // namespace helder
