#pragma once

#include <span>
#include <string_view>

namespace helder {

/// The 1000 classes of ImageNet-1k in the order of a classifier's outputs, and the 10 of CIFAR-10.
std::span<const std::string_view> imagenet_classes();
std::span<const std::string_view> cifar10_classes();

}  // namespace helder
