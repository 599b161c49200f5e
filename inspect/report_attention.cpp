#include "inspect/report_attention.h"

#include "autograd/grad_mode.h"
#include "autograd/ops/matmul.h"
#include "autograd/ops/normalize.h"
#include "autograd/ops/transpose.h"
#include "inspect/attribution.h"
#include "models/vit.h"

namespace helder {

nlohmann::json attention_json(Module& model, const Recorder& recorder, ReportTensors& tensors) {
  auto* vit = dynamic_cast<VisionTransformer*>(&model);
  if (vit == nullptr) {
    return nullptr;
  }
  const NoGrad no_grad;
  const TokenGrid tokens = *token_grid(model);
  nlohmann::json result = {{"prefix", tokens.prefix},
                           {"grid", {tokens.grid.h, tokens.grid.w}},
                           {"layers", nlohmann::json::array()}};
  std::vector<Tensor> layers;
  for (const CallRecord& call : recorder.calls()) {
    if (const auto* attention = dynamic_cast<const VitAttention*>(call.module);
        attention && !call.input_values.empty()) {
      layers.push_back(const_cast<VitAttention*>(attention)->weights(call.input_values[0])[0].contiguous());
      result["layers"].push_back({{"path", call.path}, {"tensor", tensors.add(layers.back(), false)}});
    }
  }
  if (!layers.empty()) {
    result["rollout"] = tensors.add(attention_rollout(layers), false);
  }
  if (vit->pos_embed.defined() && vit->pos_embed.size(1) >= tokens.grid.h * tokens.grid.w) {
    const int64_t patches = tokens.grid.h * tokens.grid.w;
    const Tensor positions = vit->pos_embed.detach()[0].slice(0, vit->pos_embed.size(1) - patches, {});
    const Tensor directions = normalize(positions);
    result["positions"] = tensors.add(matmul(directions, transpose(directions, 0, 1)), false);
  }
  return result;
}

}  // namespace helder
