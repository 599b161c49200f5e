#include "models/darknet_plan.h"

#include "tensor/error.h"

namespace helder {
namespace {

constexpr int64_t kMostNumbers = int64_t{1} << 30;

// The product, or more than kMostNumbers where it would be that or negative.
int64_t product(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t size : shape) {
    if (size < 0 || (size > 0 && count > kMostNumbers / size)) {
      return kMostNumbers + 1;
    }
    count *= size;
  }
  return count;
}

// Fills the plan of one layer, of the kind that operator() is called with.
struct Planner {
  const std::vector<DarknetLayerPlan>& before;
  const std::string& place;
  DarknetLayerPlan& plan;
  int64_t channels, height, width;  // of the layer before

  void operator()(const DarknetConvolutional& o) const {
    check(o.filters > 0 && o.size > 0 && o.stride.h > 0 && o.stride.w > 0 && o.padding >= 0 && o.dilation > 0,
          "{}: filters, size, stride and dilation must be positive and padding not negative", place);
    check(o.groups > 0 && channels % o.groups == 0 && o.filters % o.groups == 0,
          "{}: {} channels and {} filters do not divide into {} groups", place, channels, o.filters,
          o.groups);
    const auto side = [&](int64_t length, int64_t stride) {
      const int64_t seen = o.dilation * (o.size - 1) + 1, there = length + 2 * o.padding * o.dilation;
      check(seen <= there, "{}: a kernel over {} pixels does not fit in {} with their padding", place, seen,
            there);
      return (there - seen) / stride + 1;
    };
    plan.output = {o.filters, side(height, o.stride.h), side(width, o.stride.w)};
    add_norm_or_bias("conv", o.filters, o.batch_normalize);
    add("conv.weight", {o.filters, channels / o.groups, o.size, o.size});
  }

  void operator()(const DarknetConnected& o) const {
    check(o.output > 0, "{}: output must be positive, got {}", place, o.output);
    plan.output = {o.output, 1, 1};
    const Shape weight = {o.output, channels * height * width};
    if (o.batch_normalize) {  // the bias is the norm's, and the rest of it comes after the weight
      add("norm.bias", {o.output});
      add("linear.weight", weight);
      add("norm.weight", {o.output});
      add("norm.running_mean", {o.output});
      add("norm.running_var", {o.output});
    } else {
      add("linear.bias", {o.output});
      add("linear.weight", weight);
    }
  }

  void operator()(const DarknetMaxPool& o) const {
    check(o.size > 0 && o.stride.h > 0 && o.stride.w > 0, "{}: size and stride must be positive", place);
    check(0 <= o.padding && o.padding <= 2 * (o.size - 1),
          "{}: padding {} is not from 0 to {}, twice the size less one: a window would see nothing else",
          place, o.padding, 2 * (o.size - 1));
    const auto side = [&](int64_t length, int64_t stride) {
      check(o.size <= length + o.padding, "{}: a window of {} pixels does not fit in {} with {} of padding",
            place, o.size, length, o.padding);
      return (length + o.padding - o.size) / stride + 1;
    };
    plan.output = {channels, side(height, o.stride.h), side(width, o.stride.w)};
  }

  void operator()(const DarknetAvgPool&) const { plan.output = {channels, 1, 1}; }

  void operator()(const DarknetUpsample& o) const {
    check(o.stride > 0, "{}: stride must be positive, got {}", place, o.stride);
    plan.output = {channels, height * o.stride, width * o.stride};
  }

  void operator()(const DarknetRoute& o) const {
    check(!o.layers.empty(), "{}: no layers are named", place);
    plan.inputs = o.layers;
    int64_t total = 0;
    for (const int64_t layer : o.layers) {
      const Shape& shape = output_of(layer);
      const Shape& first = output_of(o.layers.front());
      check(shape[1] == first[1] && shape[2] == first[2],
            "{}: layer {} is {} x {} pixels and layer {} {} x {}; only equal sizes can lie behind each other",
            place, o.layers.front(), first[2], first[1], layer, shape[2], shape[1]);
      total += shape[0];
    }
    check(o.groups > 0 && total % o.groups == 0, "{}: {} channels do not divide into {} groups", place, total,
          o.groups);
    check(0 <= o.group_id && o.group_id < o.groups, "{}: there is no group {} among {}", place, o.group_id,
          o.groups);
    plan.output = {total / o.groups, output_of(o.layers.front())[1], output_of(o.layers.front())[2]};
  }

  void operator()(const DarknetShortcut& o) const {
    check(!o.from.empty(), "{}: no layer is named", place);
    plan.inputs.insert(plan.inputs.end(), o.from.begin(), o.from.end());
    for (const int64_t layer : o.from) {
      const Shape& shape = output_of(layer);
      const int64_t step = shape[1] / height;
      check(step > 0 && shape[1] == step * height && shape[2] == step * width,
            "{}: layer {} is {} x {} pixels, neither as large as the {} x {} that it is added to nor a "
            "multiple",
            place, layer, shape[2], shape[1], width, height);
    }
    plan.output = plan.input;
  }

  void operator()(const DarknetReorg& o) const {
    const int64_t s = o.stride;
    check(s > 0 && height % s == 0 && width % s == 0, "{}: {} x {} pixels do not divide into squares of {}",
          place, width, height, s);
    check(o.by_pixel || channels % (s * s) == 0, "{}: {} channels do not divide by {} x {}", place, channels,
          s, s);
    plan.output = {channels * s * s, height / s, width / s};
  }

  void operator()(const DarknetDropout& o) const {
    check(0 <= o.probability && o.probability <= 1, "{}: a probability is from 0 to 1, got {}", place,
          o.probability);
    plan.output = plan.input;
  }

  void operator()(const DarknetSoftmax& o) const {
    check(o.groups > 0 && channels * height * width % o.groups == 0,
          "{}: {} numbers do not divide into {} groups", place, channels * height * width, o.groups);
    check(o.temperature > 0, "{}: temperature must be positive, got {}", place, o.temperature);
    plan.output = plan.input;
  }

  void operator()(const DarknetCrop& o) const {
    check(0 < o.height && o.height <= height && 0 < o.width && o.width <= width,
          "{}: {} x {} pixels cannot be cut out of {} x {}", place, o.width, o.height, width, height);
    plan.output = {channels, o.height, o.width};
  }

  void operator()(const DarknetCost&) const { plan.output = plan.input; }

  void operator()(const DarknetYolo& o) const { plan_head(o.classes, o.anchors); }
  void operator()(const DarknetRegion& o) const { plan_head(o.classes, o.anchors); }

  void plan_head(int64_t classes, const std::vector<DarknetYolo::Anchor>& anchors) const {
    const auto count = static_cast<int64_t>(anchors.size());
    check(classes > 0 && count > 0, "{}: a head needs classes and anchors, got {} and {}", place, classes,
          count);
    check(!before.empty(), "{}: a head cannot be the first layer", place);
    check(channels == count * (5 + classes),
          "{}: {} anchors of 5 + {} numbers need {} filters in the layer before, which has {}", place, count,
          classes, count * (5 + classes), channels);
    plan.output = plan.input;
  }

  void add(const std::string& name, const Shape& shape) const { plan.tensors.emplace_back(name, shape); }

  void add_norm_or_bias(const char* layer, int64_t features, bool norm) const {
    if (norm) {
      for (const char* name : {"norm.bias", "norm.weight", "norm.running_mean", "norm.running_var"}) {
        add(name, {features});
      }
    } else {
      add(std::string(layer) + ".bias", {features});
    }
  }

  const Shape& output_of(int64_t layer) const {
    check(0 <= layer && layer < static_cast<int64_t>(before.size()),
          "{}: there is no layer {} before it, only 0 to {}", place, layer,
          static_cast<int64_t>(before.size()) - 1);
    return before[static_cast<size_t>(layer)].output;
  }
};

}  // namespace

std::vector<DarknetLayerPlan> plan_darknet(const DarknetOptions& options) {
  std::vector<DarknetLayerPlan> plans;
  Shape input = {options.channels, options.height, options.width};
  for (const int64_t size : input) {
    check(size > 0, "darknet: a network's input must have channels, height and width, got {}", input);
  }
  check(product(input) <= kMostNumbers, "darknet: an input {} is more than {} numbers", input, kMostNumbers);
  int64_t weights = 0;
  for (const DarknetLayerOptions& layer : options.layers) {
    const std::string& place = layer.place;
    DarknetLayerPlan plan{
        .inputs = {static_cast<int64_t>(plans.size()) - 1}, .input = input, .output = {}, .tensors = {}};
    std::visit(Planner{plans, place, plan, input[0], input[1], input[2]}, layer.kind);
    check(product(plan.output) <= kMostNumbers, "{}: its result {} is more than {} numbers", place,
          plan.output, kMostNumbers);
    for (const auto& [name, shape] : plan.tensors) {
      const int64_t count = product(shape);
      weights += count;
      check(count <= kMostNumbers && weights <= kMostNumbers,
            "{}: with {} {} the weights are more than {} numbers", place, name, shape, kMostNumbers);
    }
    input = plan.output;
    plans.push_back(std::move(plan));
  }
  return plans;
}

int64_t number_count(const DarknetLayerPlan& layer) {
  int64_t count = 0;
  for (const auto& [name, shape] : layer.tensors) {
    count += shape.numel();
  }
  return count;
}

}  // namespace helder
