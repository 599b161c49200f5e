#include "vision/found_boxes.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/compare.h"
#include "autograd/ops/index_select.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/nonzero.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/select.h"
#include "autograd/ops/sort.h"
#include "tensor/factories.h"
#include "vision/boxes.h"
#include "vision/nms.h"

namespace helder {

std::vector<FoundBox> found_boxes(const BoxPredictions& predictions, int64_t input_height,
                                  int64_t input_width, const Placement& placement,
                                  const FindOptions& options) {
  const NoGrad guard;
  const Tensor where = nonzero(gt(predictions.scores, options.threshold));  // [M,2]: box and class
  if (where.size(0) == 0) {
    return {};
  }
  const Tensor numbers = select(where, 1, 0), classes = select(where, 1, 1).contiguous();
  const auto h = static_cast<double>(input_height), w = static_cast<double>(input_width);
  const Tensor pixels = mul(predictions.boxes, tensor<double>({w, h, w, h}).to(predictions.boxes.dtype()));
  const Tensor corners = placement.to_picture(box_convert(pixels, BoxFormat::CXCYWH, BoxFormat::XYXY));
  const Tensor boxes = index_select(corners, 0, numbers.contiguous());  // [M,4]
  const Tensor scores = index_select(predictions.scores.reshape({-1}), 0,
                                     flat_nonzero(gt(predictions.scores, options.threshold)));
  const Tensor kept = options.iou_threshold < 1 ? batched_nms(boxes, scores, classes, options.iou_threshold,
                                                              options.distance_exponent)
                                                : argsort(scores, 0, /*descending=*/true);

  const std::vector<double> corner = index_select(boxes, 0, kept).to_vector<double>();
  const std::vector<double> confidence = index_select(scores, 0, kept).to_vector<double>();
  const std::vector<int64_t> class_of = index_select(classes, 0, kept).to_vector<int64_t>();
  std::vector<FoundBox> found(class_of.size());
  for (size_t i = 0; i < found.size(); ++i) {
    found[i] = {
        class_of[i], confidence[i], {corner[4 * i], corner[4 * i + 1], corner[4 * i + 2], corner[4 * i + 3]}};
  }
  return found;
}

}  // namespace helder
