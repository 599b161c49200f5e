#include "inspect/report_explain.h"

#include <algorithm>
#include <cmath>

#include "autograd/grad_mode.h"
#include "autograd/ops/index_select.h"
#include "layers/batch_norm.h"
#include "layers/conv2d.h"
#include "layers/layer_norm.h"
#include "layers/linear.h"
#include "layers/pooling.h"
#include "tensor/factories.h"

namespace helder {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMostWeights = 60000;  // elements of one layer that are in the page

Json pair(const Pair& p) { return {p.h, p.w}; }

// The weights of some output channels (dimension 0), and which they are.
void add_weights(Json& json, const Tensor& weight, const Tensor& bias, std::span<const int64_t> likely,
                 ReportTensors& tensors) {
  const int64_t channels = weight.size(0),
                each = std::max<int64_t>(weight.numel() / std::max<int64_t>(channels, 1), 1);
  const int64_t most = std::max<int64_t>(kMostWeights / each, 4);
  std::vector<int64_t> kept;
  if (most >= channels) {
    for (int64_t i = 0; i < channels; ++i) {
      kept.push_back(i);
    }
    json["weight"] = tensors.add(weight.detach());
  } else {
    kept.assign(likely.begin(), likely.end());
    for (int64_t i = 0; i < channels && static_cast<int64_t>(kept.size()) < most; ++i) {
      if (std::find(kept.begin(), kept.end(), i) == kept.end()) {
        kept.push_back(i);
      }
    }
    std::sort(kept.begin(), kept.end());
    Tensor indices = empty({static_cast<int64_t>(kept.size())}, DType::Int64);
    std::copy(kept.begin(), kept.end(), indices.data<int64_t>());
    json["weight"] = tensors.add(index_select(weight.detach(), 0, indices.to(weight.device())));
  }
  json["channels"] = kept;
  if (bias.defined()) {
    json["bias"] = tensors.add(bias.detach(), true, true);
  }
}

Json explain_windows(const char* kind, Pair kernel, Pair stride, Pair padding) {
  return {{"kind", kind}, {"kernel", pair(kernel)}, {"stride", pair(stride)}, {"padding", pair(padding)}};
}

// The [maxpool] that a module is; null for other modules.
const DarknetMaxPool* darknet_pool(const BoxScores* detector, const Module* module) {
  for (size_t i = 0; detector && i < detector->net().layers.size(); ++i) {
    if (&detector->net().layers[static_cast<int64_t>(i)] == module) {
      return std::get_if<DarknetMaxPool>(&detector->net().options().layers[i].kind);
    }
  }
  return nullptr;
}

}  // namespace

Json explain_call(const Recorder& recorder, const CallRecord& call, std::span<const int64_t> likely,
                  ReportTensors& tensors, const BoxScores* detector) {
  if (!call.value.defined() || call.input_values.empty() || !call.input_values[0].defined()) {
    return nullptr;
  }
  const NoGrad no_grad;
  Json json;
  if (const auto* conv = dynamic_cast<const Conv2d*>(call.module)) {
    const auto& o = conv->options();
    json = {{"kind", "conv2d"},
            {"stride", pair(o.stride)},
            {"padding", pair(o.padding)},
            {"dilation", pair(o.dilation)},
            {"groups", o.groups}};
    add_weights(json, conv->weight, conv->bias, {}, tensors);
  } else if (const auto* linear = dynamic_cast<const Linear*>(call.module)) {
    json = {{"kind", "linear"}};
    const bool is_head = recorder.calls().front().output == call.output;
    add_weights(json, linear->weight, linear->bias, is_head ? likely : std::span<const int64_t>(), tensors);
  } else if (const auto* pool = dynamic_cast<const MaxPool2d*>(call.module)) {
    const auto& o = pool->options();
    json =
        explain_windows("max_pool2d", pool->kernel_size(), o.stride.value_or(pool->kernel_size()), o.padding);
    json["dilation"] = pair(o.dilation);
  } else if (const DarknetMaxPool* square = darknet_pool(detector, call.module)) {
    json = explain_windows("max_pool2d", square->size, square->stride, square->padding / 2);
  } else if (const auto* average = dynamic_cast<const AvgPool2d*>(call.module);
             average && !average->options().ceil_mode) {
    const auto& o = average->options();
    json = explain_windows("avg_pool2d", average->kernel_size(), o.stride.value_or(average->kernel_size()),
                           o.padding);
    json["count_include_pad"] = o.count_include_pad;
  } else if (dynamic_cast<const AdaptiveAvgPool2d*>(call.module)) {
    json = {{"kind", "adaptive_avg_pool2d"}};
  } else if (const auto* norm = dynamic_cast<const BatchNorm*>(call.module);
             norm && norm->uses_running_stats()) {
    const BatchNorm::Affine affine = norm->affine();
    json = {{"kind", "batch_norm"},
            {"scale", tensors.add(affine.scale.detach(), true, true)},
            {"shift", tensors.add(affine.shift.detach(), true, true)}};
  } else if (const auto* layer_norm = dynamic_cast<const LayerNorm*>(call.module);
             layer_norm && layer_norm->weight.defined() && layer_norm->weight.rank() == 1) {
    json = {{"kind", "layer_norm"}, {"eps", layer_norm->eps()}};
    json["weight"] = tensors.add(layer_norm->weight.detach(), true, true);
    if (layer_norm->bias.defined()) {
      json["bias"] = tensors.add(layer_norm->bias.detach(), true, true);
    }
  } else {
    return nullptr;
  }
  json["input"] = tensors.add(call.input_values[0]);
  json["output"] = tensors.add(call.value);
  return json;
}

Json explain_op(const Recorder& recorder, const OpRecord& op, ReportTensors& tensors) {
  if (!op.value.defined()) {
    return nullptr;
  }
  const auto input = [&](size_t i) {
    const int maker = i < op.made_by.size() ? op.made_by[i] : kConstant;
    return maker < 0 ? Tensor() : recorder.ops()[static_cast<size_t>(maker)].value;
  };
  const Tensor x = input(0);
  if (!x.defined()) {
    return nullptr;
  }
  if (op.name == "scaled_dot_product_attention" && x.rank() == 4 && op.made_by.size() >= 3 &&
      op.inputs.size() == 4 && op.inputs[3].rank() == 0) {  // without a mask
    const Tensor keys = input(1), values = input(2);
    if (keys.defined() && values.defined()) {
      return {{"kind", "attention"},
              {"query", tensors.add(x)},
              {"key", tensors.add(keys)},
              {"value", tensors.add(values)},
              {"scale", 1 / std::sqrt(static_cast<double>(x.size(-1)))},
              {"output", tensors.add(op.value)}};
    }
  }
  if (op.name == "mean" && x.rank() == 4 && op.output == Shape{x.size(0), x.size(1)}) {
    return {{"kind", "mean"}, {"input", tensors.add(x)}, {"output", tensors.add(op.value)}};
  }
  return nullptr;
}

}  // namespace helder
