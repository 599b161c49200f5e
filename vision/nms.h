#pragma once

#include <optional>

#include "tensor/tensor.h"

/// Non-maximum suppression: of boxes that overlap, the best one stays. Boxes are [N,4], XYXY; scores [N].
namespace helder {

/// Greedy: the box with the highest score stays, all whose intersection over union with it is more than
/// `iou_threshold` go, and so on with the next that is left. Class-agnostic. Gives the numbers of those that
/// stay, int64, the highest score first, as torchvision.ops.nms; of equal scores the one that comes first.
///
/// With a `distance_exponent` boxes whose centres are apart count as overlapping less: by IoU - d^exponent,
/// where d is their box_centre_distance. It is 1 in DIoU-NMS (Zheng et al., 2020, equation 9), and 0.6 in
/// darknet's greedynms.
Tensor nms(const Tensor& boxes, const Tensor& scores, double iou_threshold,
           std::optional<double> distance_exponent = {});

/// The same within each class: boxes of different `classes` [N], int64, do not see each other
/// (torchvision.ops.batched_nms).
Tensor batched_nms(const Tensor& boxes, const Tensor& scores, const Tensor& classes, double iou_threshold,
                   std::optional<double> distance_exponent = {});

enum class SoftNmsDecay : uint8_t { Linear, Gaussian };

struct SoftNmsOptions {
  SoftNmsDecay decay = SoftNmsDecay::Gaussian;
  double iou_threshold = 0.3;      ///< Linear: below it scores stay
  double sigma = 0.5;              ///< Gaussian
  double score_threshold = 0.001;  ///< what falls below it goes
};

struct SoftNmsResult {
  Tensor kept;    ///< int64, in the order in which they were chosen
  Tensor scores;  ///< theirs, lowered
};

/// Instead of going, a box loses score to each better one that it overlaps by `iou`: times 1 - iou (Linear),
/// or e^(-iou^2 / sigma) (Bodla et al., "Soft-NMS", ICCV 2017, equations 2 and 3).
SoftNmsResult soft_nms(const Tensor& boxes, const Tensor& scores, const SoftNmsOptions& options = {});

}  // namespace helder
