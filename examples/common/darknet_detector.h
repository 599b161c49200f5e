#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/darknet.h"
#include "vision/found_boxes.h"
#include "vision/letterbox.h"

namespace helder {

/// A network of darknet that finds things in pictures of any size.
struct DarknetDetector {
  std::shared_ptr<Darknet> net;    ///< its batch norms folded into its convolutions
  std::vector<std::string> names;  ///< of its classes
  bool letterbox = false;          ///< keep a picture's proportions; darknet stretches it

  /// A picture [3,H,W], uint8, as the network's input.
  PlacedPicture place(const Tensor& picture) const;
  /// Places it, asks the network, and keeps the best of the boxes that overlap.
  std::vector<FoundBox> operator()(const Tensor& picture, const FindOptions& options) const;
};

/// `weights` is a file or `hf:owner/name/file[@revision]`; the weights must fit before memory is taken.
/// Without a file of names (data/names_file.h) the classes are called by their numbers. Throws where the
/// network finds no boxes, and where the names are not as many as its classes.
DarknetDetector load_darknet_detector(const std::filesystem::path& cfg, const std::string& weights,
                                      const std::filesystem::path& names, Device device);

}  // namespace helder
