#include "vision/attacks/defences.h"

#include "autograd/ops.h"
#include "tensor/factories.h"

namespace helder {

RandomSmoothing::RandomSmoothing(std::shared_ptr<Module> net, const RandomSmoothingOptions& options)
    : net_(std::move(net)), options_(options), generator_(options.seed) {
  check(options.sigma >= 0, "RandomSmoothing: a standard deviation of {:g}", options.sigma);
  check(options.samples >= 1, "RandomSmoothing: {} samples have no mean", options.samples);
  register_module("net", *net_);
}

Tensor RandomSmoothing::forward(const Tensor& x) {  // [N, ...] -> [N, classes]
  Tensor sum;
  for (int64_t i = 0; i < options_.samples; ++i) {
    const Tensor probabilities =
        softmax((*net_)(x + randn(x.shape(), x.dtype(), generator_, x.device()) * options_.sigma), 1);
    sum = sum.defined() ? sum + probabilities : probabilities;
  }
  return log(clamp_min(sum / static_cast<double>(options_.samples), 1e-30));
}

std::string RandomSmoothing::describe() const {
  return fmt::format("RandomSmoothing(sigma={}, samples={})", options_.sigma, options_.samples);
}

InputQuantisation::InputQuantisation(std::shared_ptr<Module> net, const InputQuantisationOptions& options)
    : net_(std::move(net)), options_(options) {
  check(options.levels >= 2, "InputQuantisation: {} levels are fewer than black and white", options.levels);
  register_module("net", *net_);
}

Tensor InputQuantisation::forward(const Tensor& x) {
  const auto steps = static_cast<double>(options_.levels - 1);
  const Tensor rounded = round(x * steps) / steps;
  return (*net_)(options_.straight_through ? x + (rounded - x).detach() : rounded);
}

std::string InputQuantisation::describe() const {
  return fmt::format("InputQuantisation(levels={})", options_.levels);
}

}  // namespace helder
