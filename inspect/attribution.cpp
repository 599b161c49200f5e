#include "inspect/attribution.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "autograd/grad_mode.h"
#include "autograd/ops/add.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/mean.h"
#include "autograd/ops/mul.h"
#include "autograd/ops/softmax.h"
#include "inspect/box_scores.h"
#include "inspect/recorder.h"
#include "layers/module_guards.h"
#include "models/vit.h"
#include "tensor/factories.h"
#include "tensor/random.h"

namespace helder {
namespace {

/// Parameters collect their gradients elsewhere while this lives.
class KeptGradients {
 public:
  explicit KeptGradients(const Module& model) : parameters_(model.parameters()) {
    for (Tensor& parameter : parameters_) {
      gradients_.push_back(parameter.grad());
      parameter.set_grad({});
    }
  }
  ~KeptGradients() {
    for (size_t i = 0; i < parameters_.size(); ++i) {
      parameters_[i].set_grad(gradients_[i]);
    }
  }
  KeptGradients(const KeptGradients&) = delete;
  KeptGradients& operator=(const KeptGradients&) = delete;

 private:
  std::vector<Tensor> parameters_, gradients_;
};

void check_picture(const char* what, const Tensor& x) {
  check(x.rank() == 4 && x.size(0) == 1, "{}: expected one picture [1,C,H,W], got {}", what, x.shape());
}

Tensor score_of(const char* what, const Tensor& scores, int64_t target) {
  check(scores.rank() == 2 && target >= 0 && target < scores.size(1),
        "{}: there is no class {} in scores of shape {}", what, target, scores.shape());
  return scores.select(1, target).sum();
}

// d score / d x, of a batch x.
Tensor input_gradient(const char* what, Module& model, const Tensor& x, int64_t target) {
  const KeptGradients kept(model);
  Tensor leaf = x.detach().clone();
  leaf.requires_grad_();
  score_of(what, model(leaf), target).backward();
  return leaf.grad();
}

// The largest absolute value over channels: [N,C,H,W], of which the mean over N is taken first, to [H,W].
Tensor largest_of_channels(const Tensor& gradient) {
  const int64_t n = gradient.size(0), c = gradient.size(1), plane = gradient.size(2) * gradient.size(3);
  const std::vector<double> values = gradient.to_vector<double>();
  Tensor result = zeros({gradient.size(2), gradient.size(3)});
  for (int64_t k = 0; k < c; ++k) {
    for (int64_t p = 0; p < plane; ++p) {
      double sum = 0;
      for (int64_t i = 0; i < n; ++i) {
        sum += values[static_cast<size_t>((i * c + k) * plane + p)];
      }
      float& pixel = result.data<float>()[p];
      pixel = std::max(pixel, static_cast<float>(std::abs(sum) / static_cast<double>(n)));
    }
  }
  return result;
}

}  // namespace

std::optional<TokenGrid> token_grid(const Module& model) {
  const auto* vit = dynamic_cast<const VisionTransformer*>(&model);
  return vit ? std::optional(TokenGrid{vit->prefix_tokens(), vit->patch_embed.grid_size()}) : std::nullopt;
}

std::string grad_cam_layer(Module& model, const Tensor& x) {
  if (const auto* vit = dynamic_cast<const VisionTransformer*>(&model)) {
    return fmt::format("blocks.{}.norm1", vit->blocks.size() - 1);
  }
  if (const auto* boxes = dynamic_cast<const BoxScores*>(&model)) {
    return fmt::format("layers.{}", boxes->shared_layer());
  }
  Recorder recorder(model);
  {
    const NoGrad no_grad;
    const ObserverGuard guard(recorder);
    model(x);
  }
  const CallRecord* last = nullptr;
  for (const CallRecord& call : recorder.calls()) {
    if (call.depth == 1 && call.output.rank() == 4 && call.output[2] * call.output[3] > 1) {
      last = &call;
    }
  }
  check(last != nullptr, "grad_cam_layer: no module of {} gives a picture [N,C,H,W]", model.describe());
  return last->path;
}

Tensor grad_cam(Module& model, const std::string& layer, const Tensor& x, int64_t target) {
  check_picture("grad_cam", x);
  const KeptGradients kept(model);
  Tensor output;
  {
    ForwardHooks hooks;
    bool found = false;
    for (const auto& [path, module] : model.named_modules()) {
      if (path == layer) {
        found = true;
        hooks.add(*module, [&output](const Module&, std::span<const Tensor>, const Tensor& y) {
          output = y;
          y.retain_grad();
        });
      }
    }
    check(found, "grad_cam: there is no module '{}'", layer);
    Tensor leaf = x.detach().clone();
    leaf.requires_grad_();
    const Tensor score = score_of("grad_cam", model(leaf), target);
    check(output.defined(), "grad_cam: module '{}' is not called", layer);
    score.backward();
  }
  Tensor a = output.detach(), da = output.grad();
  check(da.defined(), "grad_cam: the score of class {} does not depend on '{}'", target, layer);
  const NoGrad no_grad;
  Pair size = 1;
  if (a.rank() == 3) {  // [1,T,K] -> [1,K,patches]
    const auto tokens = token_grid(model);
    check(tokens.has_value(), "grad_cam: '{}' gives tokens {}, but it is not known how they lie", layer,
          a.shape());
    size = tokens->grid;
    const auto patches = [&](const Tensor& t) { return t.slice(1, tokens->prefix, {}).transpose(1, 2); };
    a = patches(a);
    da = patches(da);
  } else {
    check(a.rank() == 4, "grad_cam: '{}' gives {}, which is no picture", layer, a.shape());
    size = {a.size(2), a.size(3)};
    a = a.flatten(2);
    da = da.flatten(2);
  }
  const Tensor weights = mean(da, {2}, true);  // [1,K,1]
  Tensor map = mul(weights, a).sum({1}).reshape({size.h, size.w}).to(DType::Float32).to(Device::Cpu).clone();
  for (int64_t i = 0; i < map.numel(); ++i) {
    map.data<float>()[i] = std::max(map.data<float>()[i], 0.0F);
  }
  return map;
}

Tensor saliency(Module& model, const Tensor& x, int64_t target) {
  check_picture("saliency", x);
  return largest_of_channels(input_gradient("saliency", model, x, target));
}

Tensor smooth_grad(Module& model, const Tensor& x, int64_t target, const SmoothGradOptions& options) {
  check_picture("smooth_grad", x);
  check(options.samples > 0, "smooth_grad: expected at least one sample, got {}", options.samples);
  const std::vector<float> values = x.to_vector<float>();
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double sigma = options.noise * static_cast<double>(*high - *low);
  Generator generator(options.seed);
  Shape shape = x.shape();
  shape[0] = options.samples;
  Tensor noisy;
  {
    const NoGrad no_grad;
    noisy = add(x.detach(), mul(randn(shape, x.dtype(), generator, x.device()), sigma));
  }
  return largest_of_channels(input_gradient("smooth_grad", model, noisy, target));
}

Tensor occlusion(Module& model, const Tensor& x, const OcclusionOptions& options) {
  check_picture("occlusion", x);
  const NoGrad no_grad;
  const int64_t height = x.size(2), width = x.size(3);
  const int64_t window =
      options.window > 0 ? options.window : std::max<int64_t>(std::min(height, width) / 4, 1);
  const int64_t stride = options.stride > 0 ? options.stride : std::max<int64_t>(window / 2, 1);
  check(window <= height && window <= width, "occlusion: a window of {} does not fit in {}", window,
        x.shape());
  const int64_t rows = (height - window) / stride + 1, columns = (width - window) / stride + 1;
  const auto probabilities_of = [&](const Tensor& pictures) {
    const Tensor scores = model(pictures);
    return options.softmax ? softmax(scores, 1) : scores;
  };
  const std::vector<double> whole = probabilities_of(x).to_vector<double>();
  const auto classes = static_cast<int64_t>(whole.size());
  Tensor result = zeros({classes, rows, columns});
  for (int64_t r = 0; r < rows; ++r) {
    std::vector<Tensor> pictures;
    for (int64_t c = 0; c < columns; ++c) {
      pictures.push_back(x.detach().clone());
      Tensor hidden = pictures.back().slice(2, r * stride, r * stride + window);
      hidden.slice(3, c * stride, c * stride + window).fill_(options.fill);
    }
    const Tensor probabilities = probabilities_of(cat(pictures, 0));  // [columns, classes]
    for (int64_t c = 0; c < columns; ++c) {
      const std::vector<double> row = probabilities[c].to_vector<double>();
      for (int64_t k = 0; k < classes; ++k) {
        result.at<float>({k, r, c}) =
            static_cast<float>(whole[static_cast<size_t>(k)] - row[static_cast<size_t>(k)]);
      }
    }
  }
  return result;
}

Tensor attention_rollout(const std::vector<Tensor>& layers) {
  check(!layers.empty(), "attention_rollout: there are no layers");
  const NoGrad no_grad;
  Tensor rollout;
  for (const Tensor& layer : layers) {
    check(layer.rank() == 3 && layer.size(1) == layer.size(2),
          "attention_rollout: expected [heads,T,T], got {}", layer.shape());
    const Tensor step =
        mul(add(mean(layer, {0}), eye(layer.size(1), -1, layer.dtype(), layer.device())), 0.5);
    rollout = rollout.defined() ? matmul(step, rollout) : step;
  }
  return rollout;
}

}  // namespace helder
