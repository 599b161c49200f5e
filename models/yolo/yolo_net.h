#pragma once

#include "models/yolo/head.h"

namespace helder {

/// x + a 1x1 convolution to half the channels and a 3x3 back: the block of Darknet-53 (Redmon and Farhadi,
/// "YOLOv3", 2018, table 1).
class YoloResidual : public Module {
 public:
  explicit YoloResidual(int64_t channels);

  YoloConv squeeze, expand;

  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "YoloResidual"; }
};

/// A small body for pictures of about 100 pixels: halved four times, and back up once, so that the finer
/// scale knows what the coarser one saw (Lin et al., "Feature pyramid networks", 2017). Pictures [N,3,H,W]
/// from 0 to 1, sizes multiples of 16 -> features [N, 4 width, H/8, W/8] and [N, 8 width, H/16, W/16].
class YoloBody : public Module {
 public:
  explicit YoloBody(int64_t width = 16);

  YoloConv stem;                 ///< [N, width, H/2, W/2]
  YoloConv down2, down3, down4;  ///< 2, 4 and 8 times the width, H/4, H/8 and H/16
  YoloResidual block2, block3, block4;
  YoloConv lateral;  ///< of the coarse scale, before it is made larger
  YoloConv merge;    ///< of both

  std::vector<Tensor> features(const Tensor& x);
  /// The finer ones.
  Tensor forward(const Tensor& x) override { return features(x)[0]; }
  std::string describe() const override { return "YoloBody"; }

  int64_t width() const { return width_; }

 private:
  int64_t width_;
};

enum class YoloHeadKind : uint8_t { Grid, Anchor, AnchorFree };

struct YoloNetOptions {
  YoloHeadKind head = YoloHeadKind::AnchorFree;
  int64_t classes = 1;
  int64_t width = 16;
  /// Three for the finer scale, then three for the coarser one, in pixels; cluster_anchors finds them.
  std::vector<DarknetYolo::Anchor> anchors = {};
};

/// The body with one of the heads. Parameters are under `body` and `head`.
class YoloNet : public Module {
 public:
  explicit YoloNet(const YoloNetOptions& options);

  YoloBody body;
  std::shared_ptr<YoloHead> head;

  /// [N,3,H,W] from 0 to 1 -> what the head says at each of its scales.
  std::vector<Tensor> numbers(const Tensor& x);
  /// The same, of all scales, one after another: [N, numbers].
  Tensor forward(const Tensor& x) override;
  std::string describe() const override { return "YoloNet"; }
};

}  // namespace helder
