#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tensor/tensor.h"
#include "vision/found_boxes.h"

namespace helder {

/// A picture and what was found in it, at a low threshold.
struct DetectionPagePicture {
  std::string file;
  Tensor pixels;  ///< [3,H,W], uint8
  std::vector<FoundBox> found;
};

/// One HTML page with the pictures, their boxes over them, and a slider for the least confidence, which
/// begins at `threshold`: how many boxes are left, and of which classes. Nothing is loaded from anywhere.
/// `names` are those of the classes.
void write_detection_page(const std::filesystem::path& path,
                          const std::vector<DetectionPagePicture>& pictures,
                          const std::vector<std::string>& names, double threshold);

}  // namespace helder
