// Convolutions of residual networks and of mobile ones (depthwise), those that keep their shape beside
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

// x [batch, channels, size, size] -> [batch, outputs, size / stride, size / stride].
struct Convolution {
  int64_t batch, channels, size, kernel;
  bool depthwise = false;
  int64_t outputs = channels, stride = 1;

  int64_t groups() const { return depthwise ? channels : 1; }
  bool keeps_shape() const { return outputs == channels && stride == 1; }
  std::string words() const {
    return fmt::format("{}x{}/{}x{}{}@{}{}{}", kernel, kernel, batch, channels,
                       outputs == channels ? "" : fmt::format("-{}", outputs), size,
                       stride == 1 ? "" : fmt::format("/stride{}", stride), depthwise ? "/depthwise" : "");
  }
  double flops() const {
    const int64_t out = size / stride;
    return 2.0 * static_cast<double>(batch * channels * out * out * kernel * kernel * outputs / groups());
  }
};

void add(const Convolution& c, bool backward) {
  const Work work = {.flops = c.flops() * (backward ? 2 : 1)};  // the gradients of x and of w: a product each
  const char* pass = backward ? "backward" : "forward";
  add_row(fmt::format("conv2d/helder/{}/{}", c.words(), pass), num_threads(), work, [=]() -> Step {
    Tensor x = randn({c.batch, c.channels, c.size, c.size});
    Tensor weight = randn({c.outputs, c.channels / c.groups(), c.kernel, c.kernel});
    const Conv2dOptions options = {.stride = c.stride, .padding = c.kernel / 2, .groups = c.groups()};
    if (!backward) {
      return [=] { conv2d(x, weight, {}, options); };
    }
    x.requires_grad_();
    weight.requires_grad_();
    const Tensor y = conv2d(x, weight, {}, options), dy = randn(y.shape());
    return [=]() mutable {
      y.backward(dy, /*retain_graph=*/true);
      x.set_grad({});
      weight.set_grad({});
    };
  });
#if defined(HELDER_HAVE_ONEDNN)
  if (!backward && c.keeps_shape()) {
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
    // What else is in a residual network: its first layer, 1x1, and strides.
    for (const Convolution& c :
         {Convolution{batch, 3, 224, 7, false, 64, 2}, Convolution{batch, 64, 56, 1, false, 256},
          Convolution{batch, 512, 28, 1, false, 128}, Convolution{batch, 512, 7, 1, false, 2048},
          Convolution{batch, 512, 28, 1, false, 1024, 2}, Convolution{batch, 64, 56, 3, false, 128, 2},
          Convolution{batch, 256, 28, 3, false, 256, 2}, Convolution{batch, 144, 56, 3, true, 144, 2}}) {
      add(c, false);
      if (batch > 1 && !c.depthwise) {
        add(c, true);
      }
    }
  }
  return true;
}();

}  // namespace
}  // namespace helder::bench
