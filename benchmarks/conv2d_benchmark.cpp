// Convolutions of residual networks (3x3, as many channels out as in) and of mobile ones (depthwise), beside
// oneDNN's in the layouts that it prefers.
//
//   ./helder bench conv2d
//
// FLOPs are those of the direct sum: an algorithm that needs fewer may pass the peak.

#include <fmt/core.h>

#include <string>

#include "autograd/ops/conv2d.h"
#include "benchmarks/row.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"

#if defined(HELDER_HAVE_ONEDNN)
#include "benchmarks/onednn_conv2d.h"
#endif

namespace helder::bench {
namespace {

// x [batch, channels, size, size] -> as many of the same size.
struct Convolution {
  int64_t batch, channels, size, kernel;
  bool depthwise = false;

  int64_t groups() const { return depthwise ? channels : 1; }
  std::string words() const {
    return fmt::format("{}x{}/{}x{}@{}{}", kernel, kernel, batch, channels, size,
                       depthwise ? "/depthwise" : "");
  }
  double flops() const {
    return 2.0 * static_cast<double>(batch * channels * size * size * kernel * kernel * channels / groups());
  }
};

void add(const Convolution& c, bool backward) {
  const Work work = {.flops = c.flops() * (backward ? 2 : 1)};  // the gradients of x and of w: a product each
  const char* pass = backward ? "backward" : "forward";
  add_row(fmt::format("conv2d/helder/{}/{}", c.words(), pass), num_threads(), work, [=]() -> Step {
    Tensor x = randn({c.batch, c.channels, c.size, c.size});
    Tensor weight = randn({c.channels, c.channels / c.groups(), c.kernel, c.kernel});
    const Conv2dOptions options = {.padding = c.kernel / 2, .groups = c.groups()};
    if (!backward) {
      return [=] { conv2d(x, weight, {}, options); };
    }
    x.requires_grad_();
    weight.requires_grad_();
    const Tensor dy = randn(x.shape());
    const Tensor y = conv2d(x, weight, {}, options);
    return [=]() mutable {
      y.backward(dy, /*retain_graph=*/true);
      x.set_grad({});
      weight.set_grad({});
    };
  });
#if defined(HELDER_HAVE_ONEDNN)
  if (!backward) {
    add_row(fmt::format("conv2d/onednn/{}/{}", c.words(), pass), num_threads(), work,
            [=] { return onednn_convolution(c.batch, c.channels, c.size, c.kernel, c.groups()); });
  }
#endif
}

const bool registered = [] {
  for (const int64_t batch : {1, 32}) {
    for (const int64_t channels : {64, 128, 256, 512}) {
      const Convolution c{batch, channels, 56 * 64 / channels, 3};
      add(c, false);
      if (batch > 1) {
        add(c, true);
      }
    }
    for (const Convolution& c : {Convolution{batch, 144, 56, 3, true}, Convolution{batch, 96, 56, 7, true}}) {
      add(c, false);
    }
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
