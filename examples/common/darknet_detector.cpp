#include "examples/common/darknet_detector.h"

#include "examples/common/darknet_files.h"
#include "models/darknet_boxes.h"

namespace helder {

PlacedPicture DarknetDetector::place(const Tensor& picture) const {
  const DarknetOptions& o = net->options();
  return letterbox ? helder::letterbox(picture, o.height, o.width) : stretch(picture, o.height, o.width);
}

std::vector<FoundBox> DarknetDetector::operator()(const Tensor& picture, const FindOptions& options) const {
  const PlacedPicture placed = place(picture);
  const BoxPredictions predictions =
      predict_boxes(*net, placed.input.unsqueeze(0).to(device_of(*net)), options.threshold);
  return found_boxes(predictions, placed.input.size(1), placed.input.size(2), placed.placement, options);
}

DarknetDetector load_darknet_detector(const std::filesystem::path& cfg, const std::string& weights,
                                      const std::filesystem::path& names, Device device) {
  DarknetDetector detector{.net = fold_batch_norm(*load_darknet(cfg, weights)), .names = {}};
  detector.names = load_class_names(names, class_count(*detector.net));
  detector.net->to(device);
  detector.letterbox = detector.net->options().letter_box;
  return detector;
}

}  // namespace helder
