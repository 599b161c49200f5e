#include "models/vgg.h"

#include <array>

#include "autograd/ops/adaptive_avg_pool2d.h"
#include "autograd/ops/reshape.h"
#include "layers/activations.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/dropout.h"
#include "layers/init.h"
#include "layers/linear.h"
#include "layers/pooling.h"

namespace helder {
namespace {

constexpr std::array<int64_t, 5> kWidths = {64, 128, 256, 512, 512};  // between one halving and the next
constexpr int64_t kSize = 7;  // of the image that the linear layers see

// How many convolutions there are of each width.
std::array<int64_t, 5> convolutions(int64_t depth) {
  switch (depth) {
    case 11:
      return {1, 1, 2, 2, 2};
    case 13:
      return {2, 2, 2, 2, 2};
    case 16:
      return {2, 2, 3, 3, 3};
    case 19:
      return {2, 2, 4, 4, 4};
    default:
      fail("Vgg: the depth must be 11, 13, 16 or 19, got {}", depth);
  }
}

}  // namespace

Vgg::Vgg(const VggOptions& options) {
  const auto counts = convolutions(options.depth);
  int64_t channels = 3;
  for (size_t stage = 0; stage < kWidths.size(); ++stage) {
    for (int64_t i = 0; i < counts[stage]; ++i) {
      features.push_back(make<Conv2d>(channels, kWidths[stage], 3, Conv2dLayerOptions{.padding = 1}));
      channels = kWidths[stage];
      if (options.batch_norm) {
        features.push_back(make<BatchNorm2d>(channels));
      }
      features.push_back(make<ReLU>());
    }
    features.push_back(make<MaxPool2d>(2));
  }
  const int64_t hidden = options.hidden;
  for (const auto& [in, out] : {std::pair{kSize * kSize * channels, hidden}, std::pair{hidden, hidden}}) {
    classifier.push_back(make<Linear>(in, out));
    classifier.push_back(make<ReLU>());
    classifier.push_back(make<Dropout>(options.dropout));
  }
  classifier.push_back(make<Linear>(hidden, options.classes));
  register_modules({{"features", features}, {"classifier", classifier}});

  for (const auto& [path, module] : named_modules()) {
    if (auto* conv = dynamic_cast<Conv2d*>(module)) {
      init::kaiming_normal_(conv->weight, {.mode = init::FanMode::Out, .nonlinearity = "relu"});
      init::zeros_(conv->bias);
    } else if (auto* linear = dynamic_cast<Linear*>(module)) {
      init::normal_(linear->weight, 0, 0.01);
      init::zeros_(linear->bias);
    }
  }
}

Tensor Vgg::forward(const Tensor& x) {                       // [N, 3, H, W]
  const Tensor y = adaptive_avg_pool2d(features(x), kSize);  // [N, 512, H / 32, W / 32] -> [N, 512, 7, 7]
  return classifier(flatten(y, 1));                          // [N, classes]
}

}  // namespace helder
