#include "models/darknet_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/div.h"
#include "autograd/ops/dropout.h"
#include "autograd/ops/interpolate.h"
#include "autograd/ops/leaky_relu.h"
#include "autograd/ops/max_pool2d.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mish.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/narrow.h"
#include "autograd/ops/pad.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/relu.h"
#include "autograd/ops/relu6.h"
#include "autograd/ops/reshape.h"
#include "autograd/ops/sigmoid.h"
#include "autograd/ops/silu.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/tanh.h"
#include "layers/fused_conv2d.h"

namespace helder {
namespace {

constexpr const char* kActivationNames[] = {"linear", "leaky", "relu",     "relu6",
                                            "mish",   "swish", "logistic", "tanh"};

Conv2dLayerOptions convolution_options(const DarknetConvolutional& o) {
  return {.stride = o.stride,
          .padding = o.padding * o.dilation,
          .dilation = o.dilation,
          .groups = o.groups,
          .bias = !o.batch_normalize};
}

// ---- layers without parameters: a function each, x [N,C,H,W] ----

// Along one axis at a time: the maximum of a square is that of its rows' maxima, which takes 2 k steps a
// pixel, not k^2. `before` pixels of padding come first.
Tensor pool_along(const Tensor& x, bool rows, int64_t size, int64_t stride, int64_t before, int64_t padding) {
  const auto pair = [&](int64_t along, int64_t across) {
    return rows ? Pair{along, across} : Pair{across, along};
  };
  const int64_t length = x.size(rows ? 2 : 3), after = padding - before;
  // The same padding on both sides, where that gives as many windows.
  if (2 * before <= size && (length + 2 * before - size) / stride == (length + padding - size) / stride) {
    return max_pool2d(x, pair(size, 1), {.stride = pair(stride, 1), .padding = pair(before, 0)});
  }
  const std::vector<int64_t> sides =
      rows ? std::vector<int64_t>{0, 0, before, after} : std::vector<int64_t>{before, after};
  const Tensor wider = pad(x, sides, {.value = -std::numeric_limits<double>::infinity()});
  return max_pool2d(wider, pair(size, 1), {.stride = pair(stride, 1)});
}

Tensor pool(const DarknetMaxPool& o, const Tensor& x) {
  const int64_t before = o.padding / 2;
  constexpr int64_t kSmall = 3;  // one pass is faster
  const auto is_even = [&](int64_t length, int64_t stride) {
    return 2 * before <= o.size &&
           (length + 2 * before - o.size) / stride == (length + o.padding - o.size) / stride;
  };
  if (o.size <= kSmall && is_even(x.size(2), o.stride.h) && is_even(x.size(3), o.stride.w)) {
    return max_pool2d(x, o.size, {.stride = o.stride, .padding = before});
  }
  const Tensor along_rows = pool_along(x, /*rows=*/false, o.size, o.stride.w, before, o.padding);
  return pool_along(along_rows, /*rows=*/true, o.size, o.stride.h, before, o.padding);
}

Tensor upsample(const DarknetUpsample& o, const Tensor& x) {
  const Tensor y = o.stride == 1 ? x : interpolate(x, {.scale_factor = static_cast<double>(o.stride)});
  return o.scale == 1 ? y : mul(y, o.scale);
}

Tensor route(const DarknetRoute& o, std::span<const Tensor> inputs) {
  if (o.groups == 1) {
    return inputs.size() == 1 ? inputs[0] : cat({inputs.begin(), inputs.end()}, 1);
  }
  const Tensor all = inputs.size() == 1 ? inputs[0] : cat({inputs.begin(), inputs.end()}, 1);
  const int64_t channels = all.size(1) / o.groups;
  return narrow(all, 1, o.group_id * channels, channels);
}

Tensor shortcut(const DarknetShortcut& o, std::span<const Tensor> inputs) {
  Tensor sum = inputs[0];
  for (Tensor other : inputs.subspan(1)) {
    if (const int64_t step = other.size(2) / sum.size(2); step > 1) {
      other = other.slice(2, 0, {}, step).slice(3, 0, {}, step);
    }
    const int64_t missing = sum.size(1) - other.size(1);
    sum = add(sum, missing == 0 ? other : pad(other, {0, 0, 0, 0, 0, missing}));  // negative: cuts off
  }
  return apply(o.activation, sum);
}

Tensor reorg(const DarknetReorg& o, const Tensor& x) {
  const int64_t s = o.stride, N = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3);
  const Shape result = {N, C * s * s, H / s, W / s};
  if (o.by_pixel) {
    const Tensor squares = x.reshape({N, C, H / s, s, W / s, s});
    return squares.permute({0, 3, 5, 1, 2, 4}).reshape(result);
  }
  const Tensor squares = x.reshape({N, C / (s * s), H, s, W, s});  // of a picture of other sizes
  return squares.permute({0, 3, 5, 1, 2, 4}).reshape(result);
}

Tensor classify(const DarknetSoftmax& o, const Tensor& x) {
  const Tensor groups = x.reshape({x.size(0), o.groups, -1});
  return softmax(o.temperature == 1 ? groups : div(groups, o.temperature), 2).reshape(x.shape());
}

Tensor crop(const DarknetCrop& o, const Tensor& x) {
  const Tensor rows = narrow(x, 2, (x.size(2) - o.height) / 2, o.height);
  const Tensor middle = narrow(rows, 3, (x.size(3) - o.width) / 2, o.width);
  return o.adjust ? add(mul(middle, 2), -1) : middle;
}

/// A layer without parameters.
class FunctionLayer : public DarknetLayer {
 public:
  using Function = std::function<Tensor(std::span<const Tensor>)>;
  FunctionLayer(std::string description, Function function)
      : description_(std::move(description)), function_(std::move(function)) {}

  Tensor compute(std::span<const Tensor> inputs) override { return function_(inputs); }
  std::string describe() const override { return description_; }

 private:
  std::string description_;
  Function function_;
};

class DropoutLayer : public DarknetLayer {
 public:
  explicit DropoutLayer(double probability) : probability_(probability) {}
  Tensor compute(std::span<const Tensor> inputs) override {
    return dropout(inputs[0], probability_, is_training());
  }
  std::string describe() const override { return fmt::format("Dropout(p={})", probability_); }

 private:
  double probability_;
};

// Of one input.
std::shared_ptr<DarknetLayer> function_layer(std::string description,
                                             std::function<Tensor(const Tensor&)> function) {
  return make<FunctionLayer>(
      std::move(description),
      [f = std::move(function)](std::span<const Tensor> inputs) { return f(inputs[0]); });
}

struct Maker {
  const DarknetLayerPlan& plan;
  using Layer = std::shared_ptr<DarknetLayer>;

  Layer operator()(const DarknetConvolutional& o) const { return make<DarknetConvolution>(o, plan.input[0]); }
  Layer operator()(const DarknetConnected& o) const {
    return make<DarknetConnectedLayer>(o, plan.input.numel());
  }
  Layer operator()(const DarknetMaxPool& o) const {
    return function_layer(
        fmt::format("MaxPool(size={}, stride={}x{}, padding={})", o.size, o.stride.h, o.stride.w, o.padding),
        [o](const Tensor& x) { return pool(o, x); });
  }
  Layer operator()(const DarknetAvgPool&) const {
    return function_layer("AvgPool", [](const Tensor& x) { return mean(x, {2, 3}, true); });
  }
  Layer operator()(const DarknetUpsample& o) const {
    return function_layer(fmt::format("Upsample(stride={})", o.stride),
                          [o](const Tensor& x) { return upsample(o, x); });
  }
  Layer operator()(const DarknetRoute& o) const {
    return make<FunctionLayer>(
        fmt::format("Route({}{})", fmt::join(o.layers, ", "),
                    o.groups == 1 ? "" : fmt::format(", group {} of {}", o.group_id, o.groups)),
        [o](std::span<const Tensor> inputs) { return route(o, inputs); });
  }
  Layer operator()(const DarknetShortcut& o) const {
    return make<FunctionLayer>(fmt::format("Shortcut({})", fmt::join(o.from, ", ")),
                               [o](std::span<const Tensor> inputs) { return shortcut(o, inputs); });
  }
  Layer operator()(const DarknetReorg& o) const {
    return function_layer(fmt::format("Reorg(stride={}{})", o.stride, o.by_pixel ? ", by pixel" : ""),
                          [o](const Tensor& x) { return reorg(o, x); });
  }
  Layer operator()(const DarknetDropout& o) const { return make<DropoutLayer>(o.probability); }
  Layer operator()(const DarknetSoftmax& o) const {
    return function_layer(fmt::format("Softmax(groups={})", o.groups),
                          [o](const Tensor& x) { return classify(o, x); });
  }
  Layer operator()(const DarknetCrop& o) const {
    return function_layer(fmt::format("Crop({}x{})", o.height, o.width),
                          [o](const Tensor& x) { return crop(o, x); });
  }
  Layer operator()(const DarknetCost&) const {
    return function_layer("Cost", [](const Tensor& x) { return x; });
  }
  Layer operator()(const DarknetYolo& o) const {
    return function_layer(fmt::format("Yolo(classes={}, anchors={})", o.classes, o.anchors.size()),
                          [o](const Tensor& x) { return activate_head(x, o); });
  }
  Layer operator()(const DarknetRegion& o) const {
    return function_layer(fmt::format("Region(classes={}, anchors={})", o.classes, o.anchors.size()),
                          [o](const Tensor& x) { return activate_head(x, o); });
  }
};

// x with the numbers of each anchor in a dimension of their own: [N, anchors, 5 + classes, H, W].
Tensor by_anchor(const Tensor& x, size_t anchors) {
  const auto count = static_cast<int64_t>(anchors);
  return x.reshape({x.size(0), count, x.size(1) / count, x.size(2), x.size(3)});
}

}  // namespace

Tensor apply(DarknetActivation activation, const Tensor& x) {
  switch (activation) {
    case DarknetActivation::Leaky:
      return leaky_relu(x, 0.1);
    case DarknetActivation::Relu:
      return relu(x);
    case DarknetActivation::Relu6:
      return relu6(x);
    case DarknetActivation::Mish:
      return mish(x);
    case DarknetActivation::Swish:
      return silu(x);
    case DarknetActivation::Logistic:
      return sigmoid(x);
    case DarknetActivation::Tanh:
      return tanh(x);
    case DarknetActivation::Linear:
      break;
  }
  return x;
}

DarknetConvolution::DarknetConvolution(const DarknetConvolutional& o, int64_t in_channels)
    : options(o), conv(in_channels, o.filters, o.size, convolution_options(o)) {
  register_module("conv", conv);
  if (o.batch_normalize) {
    register_module("norm", norm.emplace(o.filters));
  }
}

Tensor DarknetConvolution::compute(const Tensor& x, const Tensor& residual, DarknetActivation activation) {
  const Activation fused = activation == DarknetActivation::Leaky   ? Activation::LeakyTenth
                           : activation == DarknetActivation::Relu  ? Activation::ReLU
                           : activation == DarknetActivation::Relu6 ? Activation::ReLU6
                                                                    : Activation::None;
  const Tensor y = norm ? conv_norm_act(conv, *norm, x, fused, residual) : conv_act(conv, x, fused, residual);
  return fused == Activation::None ? apply(activation, y) : y;
}

std::string DarknetConvolution::describe() const {
  return fmt::format("Convolutional({})", kActivationNames[static_cast<size_t>(options.activation)]);
}

DarknetConnectedLayer::DarknetConnectedLayer(const DarknetConnected& o, int64_t inputs)
    : options(o), linear(inputs, o.output, {.bias = !o.batch_normalize}) {
  register_module("linear", linear);
  if (o.batch_normalize) {
    register_module("norm", norm.emplace(o.output));
  }
}

Tensor DarknetConnectedLayer::compute(std::span<const Tensor> inputs) {
  const Tensor y = linear(inputs[0].flatten(1));
  return apply(options.activation, norm ? (*norm)(y) : y).reshape({y.size(0), y.size(1), 1, 1});
}

std::shared_ptr<DarknetLayer> make_darknet_layer(const DarknetLayerOptions& options,
                                                 const DarknetLayerPlan& plan) {
  return std::visit(Maker{plan}, options.kind);
}

Tensor activate_head(const Tensor& x, const DarknetYolo& head) {
  const Tensor numbers = by_anchor(x, head.anchors.size());
  const auto squash = [&](const Tensor& part) { return head.new_coords ? part : sigmoid(part); };
  Tensor places = squash(narrow(numbers, 2, 0, 2));
  if (const double scale = head.scale_x_y; scale != 1) {
    places = add(mul(places, scale), -0.5 * (scale - 1));
  }
  const Tensor sizes = narrow(numbers, 2, 2, 2), others = squash(narrow(numbers, 2, 4, 1 + head.classes));
  return cat({places, sizes, others}, 2).reshape(x.shape());
}

Tensor activate_head(const Tensor& x, const DarknetRegion& head) {
  const Tensor numbers = by_anchor(x, head.anchors.size());
  const Tensor classes = narrow(numbers, 2, 5, head.classes);
  return cat({sigmoid(narrow(numbers, 2, 0, 2)), narrow(numbers, 2, 2, 2), sigmoid(narrow(numbers, 2, 4, 1)),
              head.softmax ? softmax(classes, 2) : sigmoid(classes)},
             2)
      .reshape(x.shape());
}

}  // namespace helder
