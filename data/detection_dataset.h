#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

/// A thing on a picture.
struct LabelledBox {
  std::array<double, 4> box_xyxy = {};  ///< left, top, right, bottom in pixels; a pixel is a square of side 1
  int64_t label = 0;                    ///< in [0, classes)
  double area = 0;  ///< of the thing itself, in square pixels, where its outline is known; else its box's
  bool crowd =
      false;  ///< many things as one box (COCO): nothing is learned from it, nothing is counted wrong
};

/// A picture, which need not be in memory, and the things on it.
struct BoxedPicture {
  std::string name;  ///< for people and for JSON: the file's, `dog.jpg`
  std::function<Tensor()>
      load;  ///< decodes or draws it: [3,height,width], uint8. May be called by any thread
  std::vector<LabelledBox> boxes;  ///< in pixels of what `load` gives
};

/// Pictures of any sizes, and boxes around what is on them.
struct DetectionDataset {
  std::string name;                  ///< for people and for JSON: `shapes`
  std::vector<std::string> classes;  ///< by number
  std::vector<BoxedPicture> pictures;

  int64_t size() const { return static_cast<int64_t>(pictures.size()); }
};

}  // namespace helder
