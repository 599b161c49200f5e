#include "inspect/tensor_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "autograd/grad_mode.h"
#include "inspect/terminal.h"
#include "tensor/factories.h"

namespace helder {
namespace {

constexpr int64_t kGap = 3;         // between pictures (inspect/terminal.cpp)
constexpr int64_t kNarrowest = 12;  // columns of a picture with its caption
constexpr int64_t kMostBars = 12;

// Each element as a square, so that filters of 3x3 can be seen.
Tensor enlarged(const Tensor& image) {
  const int64_t h = image.size(-2), w = image.size(-1), scale = std::max<int64_t>(kNarrowest / w, 1);
  const std::vector<float> values = image.to_vector<float>();
  Tensor result = empty({h * scale, w * scale});
  for (int64_t y = 0; y < h * scale; ++y) {
    for (int64_t x = 0; x < w * scale; ++x) {
      result.data<float>()[y * w * scale + x] = values[static_cast<size_t>(y / scale * w + x / scale)];
    }
  }
  return result;
}

std::string range_of(const Tensor& x) {
  const Statistics s = statistics_of(x);
  return fmt::format("{:.3g} to {:.3g}{}", s.least, s.greatest, s.not_finite > 0 ? " NaN!" : "");
}

// Matrices [C,H,W] side by side.
std::string draw_channels(const Tensor& x, std::optional<int64_t> index, const Terminal& terminal) {
  const int64_t channels = x.size(0);
  if (!index && channels == 3) {
    return draw_image(x, terminal) + range_of(x) + "\n";
  }
  const int64_t columns =
      std::max<int64_t>(kNarrowest, std::max(x.size(2), kNarrowest / x.size(2) * x.size(2)));
  const int64_t in_two_rows = 2 * std::max<int64_t>((terminal.width + kGap) / (columns + kGap), 1);
  const int64_t first = index.value_or(0), end = index ? first + 1 : std::min(channels, in_two_rows);
  std::vector<Picture> pictures;
  for (int64_t c = first; c < end; ++c) {
    const Tensor channel = x.select(0, c);
    pictures.push_back({enlarged(channel), {std::to_string(c), range_of(channel)}});
  }
  const std::string left =
      !index && end < channels ? fmt::format("{} of {}\n", end, channels) : std::string();
  return draw_pictures(pictures, terminal) + left;
}

std::string draw_vector(const Tensor& x, std::optional<int64_t> index, const Terminal& terminal) {
  const std::vector<double> values = x.to_vector<double>();
  if (index) {
    return fmt::format("{}  {:.6g}\n", *index, values[static_cast<size_t>(*index)]);
  }
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const bool all = x.numel() <= kMostBars;
  if (!all) {
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] > values[b]; });
    order.resize(static_cast<size_t>(kMostBars));
  }
  double largest = 0;
  for (const size_t i : order) {
    largest = std::isfinite(values[i]) ? std::max(largest, std::abs(values[i])) : largest;
  }
  std::string text;
  const int width = std::clamp(terminal.width - 24, 4, 40);
  for (const size_t i : order) {
    const double share = largest > 0 && std::isfinite(values[i]) ? std::abs(values[i]) / largest : 0;
    text += fmt::format("{:>6}  {:>10.4g}  {}\n", i, values[i], draw_bar(share, width, terminal));
  }
  return text + (all ? "" : fmt::format("the {} largest of {}\n", order.size(), values.size()));
}

}  // namespace

std::string range_text(const Tensor& x, const Statistics& s) {
  std::string text = fmt::format("{} {}", name_of(x.dtype()), x.shape().str());
  if (x.numel() == 0) {
    return text + "  no elements";
  }
  if (s.not_finite < x.numel()) {
    text += x.numel() == 1
                ? fmt::format("  {:.6g}", s.mean)
                : fmt::format("  min {:.4g}  mean {:.4g}  max {:.4g}", s.least, s.mean, s.greatest);
  }
  text += s.nan > 0 ? fmt::format("  NaN {}", s.nan) : "";
  return text + (s.not_finite > s.nan ? fmt::format("  infinite {}", s.not_finite - s.nan) : "");
}

std::string draw_tensor(const Tensor& x0, std::optional<int64_t> index, const Terminal& terminal) {
  const NoGrad no_grad;
  Tensor x = x0.detach().to(Device::Cpu);
  check(x.numel() > 0, "a tensor {} has nothing to draw", x.shape());
  check(x.rank() <= 4, "a tensor {} has too many dimensions for a picture", x.shape());
  if (x.rank() == 4) {
    const bool filters = x.size(1) == 1 && x.size(0) > 1;
    x = filters ? x.select(1, 0) : x.select(0, 0);  // [C,H,W]
    if (x.size(1) * x.size(2) == 1) {
      x = x.reshape({x.size(0)});
    }
  } else if ((x.rank() == 3 || x.rank() == 2) && x.size(0) == 1) {
    x = x.select(0, 0);
  }
  if (index) {
    check(x.rank() > 0 && *index >= 0 && *index < x.size(0), "there is no picture {} of a tensor {}", *index,
          x0.shape());
  }
  switch (x.rank()) {
    case 0:
      return fmt::format("{:.6g}\n", x.item());
    case 1:
      return draw_vector(x, index, terminal);
    case 2:
      return index ? draw_vector(x.select(0, *index), {}, terminal)
                   : draw_image(x, terminal) + range_of(x) + "\n";
    default:
      return draw_channels(x, index, terminal);
  }
}

}  // namespace helder
