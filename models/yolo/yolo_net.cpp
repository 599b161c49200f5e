#include "models/yolo/yolo_net.h"

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/interpolate.h"
#include "autograd/ops/reshape.h"
#include "models/yolo/anchor_head.h"
#include "models/yolo/decoupled_head.h"
#include "models/yolo/grid_head.h"

namespace helder {
namespace {

constexpr int64_t kFine = 8, kCoarse = 16;  // pixels a cell

std::shared_ptr<YoloHead> make_head(const YoloNetOptions& options) {
  const int64_t fine = 4 * options.width, coarse = 8 * options.width;
  switch (options.head) {
    case YoloHeadKind::Grid:
      return make<GridHead>(
          GridHeadOptions{.channels = coarse, .stride = kCoarse, .classes = options.classes});
    case YoloHeadKind::Anchor: {
      check(options.anchors.size() == 6, "YoloNet: expected 6 anchors, 3 a scale, got {}",
            options.anchors.size());
      const auto middle = options.anchors.begin() + 3;
      return make<AnchorHead>(AnchorHeadOptions{
          .scales = {{.channels = fine, .stride = kFine, .anchors = {options.anchors.begin(), middle}},
                     {.channels = coarse, .stride = kCoarse, .anchors = {middle, options.anchors.end()}}},
          .classes = options.classes,
          .scale_x_y = 1.2,
          .match_threshold = 0.3});
    }
    case YoloHeadKind::AnchorFree:
      break;
  }
  return make<DecoupledHead>(DecoupledHeadOptions{
      .scales = {{.channels = fine, .stride = kFine}, {.channels = coarse, .stride = kCoarse}},
      .classes = options.classes,
      .box_channels = 2 * options.width,
      .class_channels = 2 * options.width,
      .bins = 8});
}

}  // namespace

YoloResidual::YoloResidual(int64_t channels)
    : squeeze(channels, channels / 2, 1), expand(channels / 2, channels, 3) {
  register_modules({{"squeeze", squeeze}, {"expand", expand}});
}

Tensor YoloResidual::forward(const Tensor& x) { return x + expand(squeeze(x)); }

YoloBody::YoloBody(int64_t width)
    : stem(3, width, 3, 2),
      down2(width, 2 * width, 3, 2),
      down3(2 * width, 4 * width, 3, 2),
      down4(4 * width, 8 * width, 3, 2),
      block2(2 * width),
      block3(4 * width),
      block4(8 * width),
      lateral(8 * width, 4 * width, 1),
      merge(8 * width, 4 * width, 3),
      width_(width) {
  register_modules({{"stem", stem},
                    {"down2", down2},
                    {"block2", block2},
                    {"down3", down3},
                    {"block3", block3},
                    {"down4", down4},
                    {"block4", block4},
                    {"lateral", lateral},
                    {"merge", merge}});
}

std::vector<Tensor> YoloBody::features(const Tensor& x) {
  check(x.rank() == 4 && x.size(1) == 3 && x.size(2) % kCoarse == 0 && x.size(3) % kCoarse == 0,
        "YoloBody: expected pictures [N,3,H,W], H and W multiples of {}, got {}", kCoarse, x.shape());
  const Tensor fine = block3(down3(block2(down2(stem(x)))));  // [N, 4 width, H/8, W/8]
  const Tensor coarse = block4(down4(fine));                  // [N, 8 width, H/16, W/16]
  const Tensor larger = interpolate(lateral(coarse), {.scale_factor = 2.0});
  return {merge(cat({fine, larger}, 1)), coarse};
}

YoloNet::YoloNet(const YoloNetOptions& options) : body(options.width), head(make_head(options)) {
  register_modules({{"body", body}, {"head", *head}});
}

std::vector<Tensor> YoloNet::numbers(const Tensor& x) {
  const std::vector<Tensor> features = body.features(x);
  // The grid of YOLOv1 is the coarse one.
  return dynamic_cast<const GridHead*>(head.get()) != nullptr ? head->numbers({&features[1], 1})
                                                              : head->numbers(features);
}

Tensor YoloNet::forward(const Tensor& x) {
  std::vector<Tensor> flat;
  for (const Tensor& scale : numbers(x)) {
    flat.push_back(flatten(scale, 1));
  }
  return cat(flat, 1);
}

}  // namespace helder
