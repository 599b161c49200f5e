#include "models/unet.h"

#include "autograd/ops/cat.h"
#include "autograd/ops/silu.h"

namespace helder {

UNetBlock::UNetBlock(int64_t in_channels, int64_t channels, int64_t groups)
    : conv1(in_channels, channels, 3, {.padding = 1}),
      norm1(groups, channels),
      conv2(channels, channels, 3, {.padding = 1}),
      norm2(groups, channels) {
  register_modules({{"conv1", conv1}, {"norm1", norm1}, {"conv2", conv2}, {"norm2", norm2}});
}

Tensor UNetBlock::forward(const Tensor& x) {
  const Tensor y = silu(norm1(conv1(x)));
  return silu(norm2(conv2(y)));
}

UNet::UNet(const UNetOptions& options)
    : head(options.widths.empty() ? 1 : options.widths[0], options.out_channels, 1) {
  check(!options.widths.empty(), "UNet: there must be at least one level");
  int64_t channels = options.in_channels;
  for (size_t level = 0; level < options.widths.size(); ++level) {
    const int64_t width = options.widths[level];
    if (level > 0) {
      down.push_back(make<Conv2d>(channels, channels, 3, Conv2dLayerOptions{.stride = 2, .padding = 1}));
    }
    encoder.push_back(make<UNetBlock>(channels, width, options.groups));
    if (level > 0) {
      up.push_back(make<ConvTranspose2d>(width, channels, 2, ConvTranspose2dLayerOptions{.stride = 2}));
      decoder.push_back(make<UNetBlock>(2 * channels, channels, options.groups));
    }
    channels = width;
  }
  register_modules({{"encoder", encoder}, {"down", down}, {"up", up}, {"decoder", decoder}, {"head", head}});
}

Tensor UNet::forward(const Tensor& x) {  // [N, in_channels, H, W]
  const auto levels = static_cast<int64_t>(encoder.size());
  const int64_t unit = int64_t{1} << (levels - 1);
  check(x.rank() == 4 && x.size(2) % unit == 0 && x.size(3) % unit == 0,
        "UNet: expected [N, C, H, W] with H and W multiples of {}, got {}", unit, x.shape().str());
  std::vector<Tensor> skips = {encoder[0](x)};  // [N, widths[0], H, W]
  for (int64_t level = 1; level < levels; ++level) {
    skips.push_back(encoder[level](down[level - 1](skips.back())));  // [N, widths[level], H / 2^level, ...]
  }
  Tensor y = skips.back();
  for (int64_t level = levels - 2; level >= 0; --level) {
    y = decoder[level](cat({skips[static_cast<size_t>(level)], up[level](y)}, 1));
  }
  return head(y);
}

}  // namespace helder
