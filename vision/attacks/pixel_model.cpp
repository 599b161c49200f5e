#include "vision/attacks/pixel_model.h"

#include <algorithm>

#include "autograd/ops/div.h"
#include "autograd/ops/sub.h"
#include "tensor/factories.h"

namespace helder {

PixelModel::PixelModel(std::shared_ptr<Module> net, const std::vector<float>& mean_of,
                       const std::vector<float>& std_of)
    : net_(std::move(net)) {
  check(!mean_of.empty() && mean_of.size() == std_of.size(),
        "PixelModel: {} means and {} standard deviations; there is to be one of each for a channel",
        mean_of.size(), std_of.size());
  check(std::find(std_of.begin(), std_of.end(), 0.0F) == std_of.end(),
        "PixelModel: a standard deviation is 0");
  const auto channels = static_cast<int64_t>(mean_of.size());
  mean = register_buffer("mean", from_data(mean_of, {channels, 1, 1}));
  std = register_buffer("std", from_data(std_of, {channels, 1, 1}));
  register_module("net", *net_);
}

PixelModel::PixelModel(std::shared_ptr<Module> net, const Preprocessing& preprocessing)
    : PixelModel(std::move(net), {preprocessing.mean.begin(), preprocessing.mean.end()},
                 {preprocessing.std.begin(), preprocessing.std.end()}) {}

Tensor PixelModel::forward(const Tensor& x) {  // [N, C, H, W]
  check(x.rank() == 4 && x.size(1) == mean.size(0), "PixelModel: expected pixels [N, {}, H, W], got {}",
        mean.size(0), x.shape());
  return (*net_)((x - mean) / std);
}

}  // namespace helder
