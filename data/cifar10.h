#pragma once

#include <array>
#include <filesystem>

#include "data/dataset.h"

namespace helder {

/// Mean and standard deviation of CIFAR-10's training pixels, scaled to 0..1: red, green, blue.
inline constexpr std::array<float, 3> kCifar10Mean = {0.4914F, 0.4822F, 0.4465F};
inline constexpr std::array<float, 3> kCifar10Deviation = {0.2470F, 0.2435F, 0.2616F};

/// Pictures of ten classes (models/class_names.h), [N,3,32,32], from a file in CIFAR-10's binary layout
/// (Krizhevsky, "Learning multiple layers of features from tiny images", 2009): for each picture a byte for
/// its label, then 1024 each for red, green and blue. Throws `Error`, naming the file, where it is not a
/// whole number of such pictures or a label is not one of 0 to 9.
ImageDataset load_cifar10(const std::filesystem::path& file);

/// All of CIFAR-10 from the files of a directory, as its archive has them: data_batch_1.bin to
/// data_batch_5.bin, and test_batch.bin.
TrainAndTest load_cifar10_directory(const std::filesystem::path& directory);

}  // namespace helder
