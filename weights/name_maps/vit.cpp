#include "weights/name_maps/vit.h"

#include <array>

namespace helder {
namespace {

// The hub's models, by themselves and inside of its linear classifier. Masks are for pretraining only.
NameRules meta_rules() {
  return NameRules()
      .within({{"", ""}, {"backbone.", ""}}, {{"mask_token", ""}, {"register_tokens", "reg_token"}})
      .add({{"backbone.**", "**"}, {"linear_head.*", "head.*"}});
}

NameRules torchvision_rules() {
  return NameRules()
      .add({{"class_token", "cls_token"},
            {"encoder.pos_embedding", "pos_embed"},
            {"conv_proj.*", "patch_embed.proj.*"},
            {"encoder.ln.*", "norm.*"},
            {"heads.*.*", "*.*"}})
      .within({{"encoder.layers.encoder_layer_*.", "blocks.*."}},
              {{"ln_1.*", "norm1.*"},
               {"self_attention.in_proj_weight", "attn.qkv.weight"},
               {"self_attention.in_proj_bias", "attn.qkv.bias"},
               {"self_attention.out_proj.*", "attn.proj.*"},
               {"ln_2.*", "norm2.*"},
               {"mlp.0.*", "mlp.fc1.*"},
               {"mlp.3.*", "mlp.fc2.*"},
               {"mlp.linear_1.*", "mlp.fc1.*"},  // before torchvision 0.13
               {"mlp.linear_2.*", "mlp.fc2.*"}});
}

// The pooler is a layer that no classifier reads.
NameRules hugging_face_rules() {
  return NameRules()
      .within({{"", ""}, {"vit.", ""}, {"deit.", ""}, {"dinov2.", ""}, {"dinov2_with_registers.", ""}},
              {{"embeddings.cls_token", "cls_token"},
               {"embeddings.distillation_token", "dist_token"},
               {"embeddings.register_tokens", "reg_token"},
               {"embeddings.mask_token", ""},
               {"embeddings.position_embeddings", "pos_embed"},
               {"embeddings.patch_embeddings.projection.*", "patch_embed.proj.*"},
               {"layernorm.*", "norm.*"},
               {"pooler.dense.*", ""}})
      .within({{"encoder.layer.*.", "blocks.*."},
               {"vit.encoder.layer.*.", "blocks.*."},
               {"deit.encoder.layer.*.", "blocks.*."},
               {"dinov2.encoder.layer.*.", "blocks.*."},
               {"dinov2_with_registers.encoder.layer.*.", "blocks.*."},
               {"layers.*.", "blocks.*."},
               {"vit.layers.*.", "blocks.*."},
               {"deit.layers.*.", "blocks.*."}},
              {{"attention.attention.query.*", "attn.qkv.*", Change::None, 0, 3},
               {"attention.attention.key.*", "attn.qkv.*", Change::None, 1, 3},
               {"attention.attention.value.*", "attn.qkv.*", Change::None, 2, 3},
               {"attention.output.dense.*", "attn.proj.*"},
               {"attention.q_proj.*", "attn.qkv.*", Change::None, 0, 3},  // transformers 5, in memory
               {"attention.k_proj.*", "attn.qkv.*", Change::None, 1, 3},
               {"attention.v_proj.*", "attn.qkv.*", Change::None, 2, 3},
               {"attention.o_proj.*", "attn.proj.*"},
               {"layernorm_before.*", "norm1.*"},
               {"layernorm_after.*", "norm2.*"},
               {"intermediate.dense.*", "mlp.fc1.*"},
               {"output.dense.*", "mlp.fc2.*"},
               {"norm*.*", "norm*.*"},  // of DINOv2, as those below
               {"mlp.*.*", "mlp.*.*"},
               {"layer_scale*.lambda1", "ls*.gamma"}})
      .add({{"classifier.*", "head.*"},
            {"cls_classifier.*", "head.*"},
            {"distillation_classifier.*", "head_dist.*"}});
}

// Flax numbers the layers of a block as they are made: LayerNorm_2 and MlpBlock_3 in the vision_transformer
// repository, LayerNorm_1 and MlpBlock_0 in big_vision. Kernels are [in, out], where heads are a dimension of
// their own: query [dim, heads, width], out [heads, width, dim].
NameRules google_rules() {
  return NameRules()
      .within({{"", ""}, {"opt/target/", ""}, {"params/", ""}},
              {{"cls", "cls_token"},
               {"embedding/kernel", "patch_embed.proj.weight", Change::HwioToOihw},
               {"embedding/bias", "patch_embed.proj.bias"},
               {"Transformer/posembed_input/pos_embedding", "pos_embed"},
               {"pos_embedding", "pos_embed"},
               {"Transformer/encoder_norm/scale", "norm.weight"},
               {"Transformer/encoder_norm/bias", "norm.bias"},
               {"pre_logits/kernel", "pre_logits.weight", Change::Transpose},
               {"pre_logits/bias", "pre_logits.bias"},
               {"head/kernel", "head.weight", Change::Transpose},
               {"head/bias", "head.bias"}})
      .within({{"Transformer/encoderblock_*/", "blocks.*."},
               {"opt/target/Transformer/encoderblock_*/", "blocks.*."},
               {"params/Transformer/encoderblock_*/", "blocks.*."}},
              {{"LayerNorm_0/scale", "norm1.weight"},
               {"LayerNorm_0/bias", "norm1.bias"},
               {"MultiHeadDotProductAttention_*/query/kernel", "attn.qkv.weight", Change::Transpose, 0, 3},
               {"MultiHeadDotProductAttention_*/key/kernel", "attn.qkv.weight", Change::Transpose, 1, 3},
               {"MultiHeadDotProductAttention_*/value/kernel", "attn.qkv.weight", Change::Transpose, 2, 3},
               {"MultiHeadDotProductAttention_*/query/bias", "attn.qkv.bias", Change::None, 0, 3},
               {"MultiHeadDotProductAttention_*/key/bias", "attn.qkv.bias", Change::None, 1, 3},
               {"MultiHeadDotProductAttention_*/value/bias", "attn.qkv.bias", Change::None, 2, 3},
               {"MultiHeadDotProductAttention_*/out/kernel", "attn.proj.weight", Change::Transpose},
               {"MultiHeadDotProductAttention_*/out/bias", "attn.proj.bias"},
               {"LayerNorm_*/scale", "norm2.weight"},  // 2, or 1
               {"LayerNorm_*/bias", "norm2.bias"},
               {"MlpBlock_*/Dense_0/kernel", "mlp.fc1.weight", Change::Transpose},
               {"MlpBlock_*/Dense_0/bias", "mlp.fc1.bias"},
               {"MlpBlock_*/Dense_1/kernel", "mlp.fc2.weight", Change::Transpose},
               {"MlpBlock_*/Dense_1/bias", "mlp.fc2.bias"}});
}

}  // namespace

std::span<const NameMap> vit_name_maps() {
  static const NameRules meta = meta_rules(), torchvision = torchvision_rules(),
                         hugging_face = hugging_face_rules(), google = google_rules();
  static const std::array maps = {NameMap{"Meta", meta}, NameMap{"torchvision", torchvision},
                                  NameMap{"Hugging Face", hugging_face}, NameMap{"Google", google}};
  return maps;
}

}  // namespace helder
