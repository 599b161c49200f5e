#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "autograd/ops/pair.h"

/// What a network of darknet (pjreddie.com/darknet; github.com/AlexeyAB/darknet) is made of: a struct for
/// each kind of section that its `.cfg` files have. weights/darknet_cfg.h reads such a file into these, and
/// models/darknet.h makes the network. Defaults are darknet's.
namespace helder {

enum class DarknetActivation : uint8_t { Linear, Leaky, Relu, Relu6, Mish, Swish, Logistic, Tanh };

/// Convolution, batch norm if `batch_normalize` (else a bias), activation.
struct DarknetConvolutional {
  int64_t filters = 1;
  int64_t size = 1;
  Pair stride = 1;
  int64_t padding = 0;  ///< on each side, in pixels, and times the dilation
  int64_t dilation = 1;
  int64_t groups = 1;
  bool batch_normalize = false;
  DarknetActivation activation = DarknetActivation::Logistic;
};

/// A matrix product of all that comes in: [C,H,W] -> [output,1,1].
struct DarknetConnected {
  int64_t output = 1;
  bool batch_normalize = false;
  DarknetActivation activation = DarknetActivation::Logistic;
};

/// `padding` counts rows and columns of both sides together; half of it, rounded down, lies before the first.
struct DarknetMaxPool {
  int64_t size = 1;
  Pair stride = 1;
  int64_t padding = 0;
};

/// The mean of each channel: [C,H,W] -> [C,1,1].
struct DarknetAvgPool {};

/// Each pixel `stride` x `stride` times, multiplied by `scale`.
struct DarknetUpsample {
  int64_t stride = 2;
  double scale = 1;
};

/// The channels of some layers, one after another; of these, group `group_id` of `groups` equal ones.
struct DarknetRoute {
  std::vector<int64_t> layers;  ///< numbers from the network's first layer, 0
  int64_t groups = 1;
  int64_t group_id = 0;
};

/// The sum of the layer before and of others. One with fewer channels counts as zero in the rest, and of one
/// with more the first are taken. Of one with s times as many rows and columns every s-th counts, as in
/// darknet's residual networks.
struct DarknetShortcut {
  std::vector<int64_t> from;  ///< as in DarknetRoute
  DarknetActivation activation = DarknetActivation::Linear;
};

/// Squares of stride x stride pixels become channels: [C,H,W] -> [C s^2, H/s, W/s].
struct DarknetReorg {
  int64_t stride = 1;
  /// Which pixel goes where. [reorg], of YOLOv2: as if the memory were [C/s^2, H s, W s], so that the result
  /// mixes channels and places; nobody meant that, but weights were trained with it. [reorg3d]: as
  /// pixel_unshuffle, but the place in the square is the slower index.
  bool by_pixel = false;
};

struct DarknetDropout {
  double probability = 0.5;
};

/// Over all that comes in, cut into equal groups.
struct DarknetSoftmax {
  int64_t groups = 1;
  double temperature = 1;
};

/// The middle of the picture; `adjust`: values from 0..1 to -1..1.
struct DarknetCrop {
  int64_t height = 1, width = 1;
  bool adjust = true;
};

/// Where a classifier's loss is computed: nothing, at inference.
struct DarknetCost {};

/// The head of YOLOv3 and later: for each cell and anchor 4 numbers of a box, whether there is one, and how
/// likely each class is.
struct DarknetYolo {
  struct Anchor {
    double width, height;  ///< in pixels of the network's input; DarknetRegion's: in cells
  };
  int64_t classes = 20;
  std::vector<Anchor> anchors;  ///< of this head: those that its mask names
  double scale_x_y = 1;         ///< by how much a centre may leave its cell; 1: not at all
  bool new_coords = false;      ///< boxes as in "Scaled-YOLOv4": (2 sigmoid)^2 instead of an exponential
};

/// The head of YOLOv2: the same, with a softmax over classes, and anchors in cells.
struct DarknetRegion {
  int64_t classes = 20;
  std::vector<DarknetYolo::Anchor> anchors;
  bool softmax = false;  ///< else a sigmoid each
};

struct DarknetLayerOptions {
  std::variant<DarknetConvolutional, DarknetConnected, DarknetMaxPool, DarknetAvgPool, DarknetUpsample,
               DarknetRoute, DarknetShortcut, DarknetReorg, DarknetDropout, DarknetSoftmax, DarknetCrop,
               DarknetCost, DarknetYolo, DarknetRegion>
      kind;
  std::string place = "darknet";  ///< what messages about it start with: `yolo.cfg:12: [route]`
};

struct DarknetOptions {
  int64_t channels = 3, height = 416, width = 416;  ///< of the input
  std::optional<double> nms_distance_exponent =
      {};                   ///< of vision/nms.h: the last head's nms_kind and beta_nms
  bool letter_box = false;  ///< pictures keep their proportions (vision/letterbox.h)
  std::vector<DarknetLayerOptions> layers;
};

}  // namespace helder
