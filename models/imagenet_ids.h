#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace helder {

/// Which class of ImageNet-1k, from 0, WordNet's identifier of a noun stands for: `n02123045`, the tabby, is
/// number 281. Copies of ImageNet call their folders so.
std::optional<int64_t> imagenet_class_of_id(std::string_view id);

}  // namespace helder
