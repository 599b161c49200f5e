#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// The tensors of a report, each once, as text in its page: exactly (float32) as long as there is room, the
/// others as pictures of 256 levels, which is what a feature map is looked at with.
///
/// A tensor's text is base64 of a zlib stream. Exact: the first bytes of all elements, then the second ones,
/// and so on, which packs better. Picture: a byte an element, from `low` to `high` of its plane (the last two
/// dimensions).
class ReportTensors {
 public:
  /// Its number. What is exact can be calculated with; `wanted` first, then small ones. Converted to float32.
  int add(const Tensor& tensor, bool exact = true, bool wanted = false);

  /// The <script> elements, whose ids are t0, t1, ..., with the JSON that says how to read each. `room` is
  /// for exact tensors, in bytes of text; pictures become coarser until they fit in `picture_room` elements.
  std::string html(int64_t room, int64_t picture_room) const;

 private:
  struct Entry {
    Tensor tensor;
    bool exact = true, wanted = false;
  };
  std::vector<Entry> entries_;
  std::unordered_map<std::string, int> numbers_;  // by memory, shape and strides
};

std::string base64(const std::vector<unsigned char>& bytes);

}  // namespace helder
