#pragma once

#include "autograd/ops/reduction.h"
#include "tensor/tensor.h"

/// How far a box is from the one that it should be: boxes XYXY, [N,4] (left, top, right, bottom), row i of
/// `a` against row i of `b`, both float32 or both float64. With the intersection I, the union U, the smallest
/// box C around both, centres p and q and the diagonal c of C:
///
///   box_iou_loss               1 - IoU,  IoU = I / U
///   generalized_box_iou_loss   1 - IoU + (C - U) / C
///   distance_box_iou_loss      1 - IoU + |p - q|^2 / c^2
///   complete_box_iou_loss      the same + alpha v,  v = 4 / pi^2 (atan(w_b / h_b) - atan(w_a / h_a))^2
///
/// Boxes that do not touch have an IoU of 0, whose gradient is 0: the second terms say in which direction to
/// go.
namespace helder {

struct BoxIouLossOptions {
  Reduction reduction = Reduction::None;  ///< the mean of no boxes is 0, as in torchvision
  double eps = 1e-7;                      ///< added to what is divided by
};

Tensor box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options = {});

/// Rezatofighi et al., "Generalized intersection over union", CVPR 2019; torchvision.ops has it and the next
/// two.
Tensor generalized_box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options = {});

/// Zheng et al., "Distance-IoU loss", AAAI 2020, equation 7.
Tensor distance_box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options = {});

/// The same, equations 8 to 11. alpha = v / (1 - IoU + v) counts as a constant when going back, so that this
/// is not the gradient of its value.
Tensor complete_box_iou_loss(const Tensor& a, const Tensor& b, const BoxIouLossOptions& options = {});

/// v above, [N]: how different the boxes' proportions are, from 0 to 1.
Tensor box_aspect_distance(const Tensor& a, const Tensor& b);

}  // namespace helder
