#include "models/darknet.h"

#include <algorithm>

#include "autograd/grad_mode.h"
#include "autograd/observer.h"
#include "layers/fused_conv2d.h"
#include "layers/init.h"

namespace helder {

Darknet::Darknet(const DarknetOptions& options) : options_(options), plan_(plan_darknet(options)) {
  check(!plan_.empty(), "Darknet: there are no layers");
  last_reader_.resize(plan_.size(), 0);
  for (size_t i = 0; i < plan_.size(); ++i) {
    const auto& kind = options.layers[i].kind;
    layers.push_back(make_darknet_layer(options.layers[i], plan_[i]));
    if (std::holds_alternative<DarknetYolo>(kind) || std::holds_alternative<DarknetRegion>(kind)) {
      heads_.push_back(static_cast<int64_t>(i));
    }
    for (const int64_t input : plan_[i].inputs) {
      if (input >= 0) {
        last_reader_[static_cast<size_t>(input)] = static_cast<int64_t>(i);
      }
    }
  }
  register_module("layers", layers);
  for (size_t i = 0; i < plan_.size(); ++i) {
    merges_.push_back(find_merge(static_cast<int64_t>(i)));
  }
}

Darknet::Merge Darknet::find_merge(int64_t layer) const {
  const auto at = [](int64_t i) { return static_cast<size_t>(i); };
  const auto* conv = std::get_if<DarknetConvolutional>(&options_.layers[at(layer)].kind);
  if (conv == nullptr || conv->activation != DarknetActivation::Linear) {
    return {};
  }
  // Nobody but the next layer may read what lies between.
  int64_t next = layer + 1;
  while (next < static_cast<int64_t>(plan_.size()) && last_reader_[at(next - 1)] == next) {
    const auto& kind = options_.layers[at(next)].kind;
    if (const auto* sum = std::get_if<DarknetShortcut>(&kind)) {
      const bool plain = sum->from.size() == 1 && sum->from[0] < layer &&
                         plan_[at(sum->from[0])].output == plan_[at(next)].output;
      return plain ? Merge{next, sum->from[0], sum->activation} : Merge{};
    }
    if (!std::holds_alternative<DarknetDropout>(kind)) {
      break;
    }
    ++next;
  }
  return {};
}

bool Darknet::may_merge(int64_t convolution) const {
  const int64_t shortcut = merges_[static_cast<size_t>(convolution)].shortcut;
  if (shortcut == 0 || grad_enabled() || is_training() || current_observer) {
    return false;
  }
  for (int64_t i = convolution; i <= shortcut; ++i) {  // hooks want to see each
    if (layers[i].has_forward_hooks()) {
      return false;
    }
  }
  return true;
}

std::vector<Tensor> Darknet::run(const Tensor& x, const std::vector<int64_t>& wanted) {
  check(x.rank() == 4 && x.size(1) == options_.channels, "Darknet: expected [N,{},H,W], got {}",
        options_.channels, x.shape());
  const int64_t last = wanted.back();
  std::vector<Tensor> outputs(plan_.size()), inputs, results;
  const auto output_of = [&](int64_t layer) { return layer < 0 ? x : outputs[static_cast<size_t>(layer)]; };
  for (int64_t i = 0; i <= last; ++i) {
    inputs.clear();
    for (const int64_t layer : plan_[static_cast<size_t>(i)].inputs) {
      inputs.push_back(output_of(layer));
    }
    int64_t made = i;  // the layer whose result this is
    if (may_merge(i)) {
      const Merge& merge = merges_[static_cast<size_t>(i)];
      made = merge.shortcut;
      outputs[static_cast<size_t>(made)] = dynamic_cast<DarknetConvolution&>(layers[i]).compute(
          inputs[0], output_of(merge.residual), merge.activation);
    } else {
      outputs[static_cast<size_t>(i)] = layers[i](inputs);
    }
    for (; i <= made; ++i) {
      if (std::find(wanted.begin(), wanted.end(), i) != wanted.end()) {
        results.push_back(output_of(i));
      }
      for (const int64_t layer : plan_[static_cast<size_t>(i)].inputs) {
        if (layer >= 0 && last_reader_[static_cast<size_t>(layer)] == i) {
          outputs[static_cast<size_t>(layer)] = Tensor();
        }
      }
    }
    i = made;
  }
  return results;
}

std::vector<Tensor> Darknet::forward_heads(const Tensor& x) {
  check(!heads_.empty(), "Darknet: the network has no [yolo] or [region] layer: it finds no boxes");
  return run(x, heads_);
}

std::vector<Tensor> Darknet::forward_before_heads(const Tensor& x) {
  check(!heads_.empty(), "Darknet: the network has no [yolo] or [region] layer: it finds no boxes");
  std::vector<int64_t> before;
  for (const int64_t head : heads_) {
    before.push_back(plan_[static_cast<size_t>(head)].inputs.front());
  }
  return run(x, before);
}

std::shared_ptr<Darknet> fold_batch_norm(const Darknet& net) {
  const init::SkipRandom skip;
  DarknetOptions options = net.options();
  StateDict state;
  for (size_t i = 0; i < options.layers.size(); ++i) {
    auto* o = std::get_if<DarknetConvolutional>(&options.layers[i].kind);
    DarknetLayer& layer = net.layers[static_cast<int64_t>(i)];
    auto* convolution = dynamic_cast<DarknetConvolution*>(&layer);
    if (o != nullptr && convolution != nullptr && convolution->norm) {
      o->batch_normalize = false;
      const auto folded = fuse_conv_bn_eval(convolution->conv, *convolution->norm);
      state.emplace_back(fmt::format("layers.{}.conv.weight", i), folded->weight);
      state.emplace_back(fmt::format("layers.{}.conv.bias", i), folded->bias);
    } else {
      for (const auto& [name, tensor] : layer.state_dict()) {
        state.emplace_back(fmt::format("layers.{}.{}", i, name), tensor);
      }
    }
  }
  const auto folded = make<Darknet>(options);
  folded->load_state_dict(state);
  folded->eval();
  return folded;
}

}  // namespace helder
