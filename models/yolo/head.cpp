#include "models/yolo/head.h"

#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/permute.h"
#include "autograd/ops/reshape.h"
#include "layers/fused_conv2d.h"
#include "tensor/factories.h"

namespace helder {

Tensor YoloLoss::total() const {
  Tensor sum = parts.at(0).value;
  for (size_t i = 1; i < parts.size(); ++i) {
    sum = sum + parts[i].value;
  }
  return sum;
}

YoloConv::YoloConv(int64_t in_channels, int64_t out_channels, int64_t kernel_size, int64_t stride)
    : conv(in_channels, out_channels, kernel_size,
           {.stride = stride, .padding = kernel_size / 2, .bias = false}),
      norm(out_channels) {
  register_modules({{"conv", conv}, {"norm", norm}});
}

Tensor YoloConv::forward(const Tensor& x) { return conv_norm_act(conv, norm, x, Activation::LeakyTenth); }

Tensor as_table(std::span<const Tensor> numbers, std::span<const int64_t> groups) {
  std::vector<Tensor> scales;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const Tensor& x = numbers[i];  // [N, groups n, H, W]
    const int64_t n = x.size(1) / groups[i], cells = x.size(2) * x.size(3);
    scales.push_back(permute(x.reshape({x.size(0), groups[i], n, cells}), {0, 1, 3, 2})
                         .reshape({x.size(0), groups[i] * cells, n}));
  }
  return scales.size() == 1 ? scales[0] : cat(scales, 1);
}

void check_targets(const char* head, std::span<const YoloTargets> targets, int64_t N, int64_t classes) {
  check(static_cast<int64_t>(targets.size()) == N, "{}: {} pictures, and targets of {}", head, N,
        targets.size());
  for (const YoloTargets& of_picture : targets) {
    for (const YoloTarget& target : of_picture) {
      check(0 <= target.label && target.label < classes, "{}: a thing of class {}, and there are {} classes",
            head, target.label, classes);
    }
  }
}

Tensor beside(const Tensor& like, const std::vector<double>& values, const Shape& shape) {
  return from_data(values, shape).to(like.dtype()).to(like.device());
}

Tensor indices_beside(const Tensor& like, const std::vector<int64_t>& values) {
  return from_data(values, {static_cast<int64_t>(values.size())}).to(like.device());
}

Tensor one_hot_beside(const Tensor& like, const std::vector<int64_t>& labels, int64_t classes) {
  std::vector<double> values(labels.size() * static_cast<size_t>(classes));
  for (size_t i = 0; i < labels.size(); ++i) {
    values[i * static_cast<size_t>(classes) + static_cast<size_t>(labels[i])] = 1;
  }
  return beside(like, values, {static_cast<int64_t>(labels.size()), classes});
}

Tensor boxes_beside(const Tensor& like, const std::vector<YoloBox>& boxes) {
  std::vector<double> values;
  for (const YoloBox& box : boxes) {
    values.insert(values.end(), {box.left, box.top, box.right, box.bottom});
  }
  return beside(like, values, {static_cast<int64_t>(boxes.size()), 4});
}

std::vector<YoloBox> boxes_of(const Tensor& boxes) {
  const std::vector<double> v = boxes.to_vector<double>();
  std::vector<YoloBox> result(v.size() / 4);
  for (size_t i = 0; i < result.size(); ++i) {
    result[i] = {v[4 * i], v[4 * i + 1], v[4 * i + 2], v[4 * i + 3]};
  }
  return result;
}

}  // namespace helder
