// Attention and transformer layers beside PyTorch's: outputs and all gradients, in float64, from the same
// parameters. tests/fixtures/generate_transformer.py wrote them.

#include "layers/transformer.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "layers/multihead_attention.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"
#include "tests/paths.h"
#include "weights/safetensors.h"

using namespace helder;
using helder::testing::first_difference;

namespace {

constexpr int64_t kWidth = 6, kHeads = 2, kHidden = 7;
const TransformerOptions kLayer{.dim_feedforward = kHidden, .dropout = 0};
const TransformerOptions kNormFirst{
    .dim_feedforward = kHidden, .dropout = 0, .activation = "gelu", .batch_first = true, .norm_first = true};

// One case of the fixture.
class Case {
 public:
  Case(const SafetensorsFile& file, const std::string& name) : file_(file), name_(name + "/") {
    for (int i = 0; file.contains(name_ + "in" + std::to_string(i)); ++i) {
      inputs.push_back(file.tensor(name_ + "in" + std::to_string(i)));
      inputs.back().requires_grad_();
    }
  }

  std::vector<Tensor> inputs;

  Tensor operator()(const std::string& key) const {
    return file_.contains(name_ + key) ? file_.tensor(name_ + key) : Tensor();
  }
  Tensor mask(const std::string& key) const { return (*this)("masks/" + key); }
  AttentionMasks masks() const {
    return {.key_padding_mask = mask("key_padding_mask"), .attn_mask = mask("attn_mask")};
  }

  StateDict parameters() const {
    const std::string prefix = name_ + "parameters/";
    StateDict result;
    for (const std::string& name : file_.names()) {
      if (name.rfind(prefix, 0) == 0) {
        result.emplace_back(name.substr(prefix.size()), file_.tensor(name));
      }
    }
    return result;
  }

 private:
  const SafetensorsFile& file_;
  std::string name_;
};

const SafetensorsFile& fixture() {
  static const SafetensorsFile file(testing::source_path("tests/fixtures/transformer.safetensors"));
  return file;
}

// Loads the case's parameters, which checks names and shapes, and compares output and gradients.
template <class M>
void compare(M& module, const char* name, const std::function<Tensor(M&, const Case&)>& run) {
  INFO(name);
  const Case c(fixture(), name);
  module.to(DType::Float64);
  module.load_state_dict(c.parameters());
  const Tensor out = run(module, c);
  CHECK(first_difference(out.detach(), c("out"), 1e-10) == "");
  out.backward(c("cotangent"));
  int gradients = 0;
  for (const auto& [key, parameter] : module.named_parameters()) {
    INFO(key);
    CHECK(first_difference(parameter.grad(), c("grad/" + key), 1e-9) == "");
    ++gradients;
  }
  CHECK(gradients > 0);
  for (size_t i = 0; i < c.inputs.size(); ++i) {
    INFO("input " << i);
    CHECK(first_difference(c.inputs[i].grad(), c("grad" + std::to_string(i)), 1e-9) == "");
  }
}

void compare_attention(const char* name, const MultiheadAttentionOptions& options = {}) {
  MultiheadAttention attention(kWidth, kHeads, options);
  const auto run = [](MultiheadAttention& m, const Case& c) {
    const auto& x = c.inputs;
    return m(x[0], x[x.size() > 1 ? 1 : 0], x[x.size() - 1], c.masks());
  };
  compare<MultiheadAttention>(attention, name, run);
}

std::vector<std::string> names_of(const StateDict& state) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : state) {
    names.push_back(name);
  }
  return names;
}

double largest(const Tensor& x) {
  double result = 0;
  for (double value : x.detach().to_vector<double>()) {
    result = std::max(result, std::abs(value));
  }
  return result;
}

}  // namespace

TEST_CASE("MultiheadAttention agrees with PyTorch's", "[layers][attention]") {
  for (const char* name : {"attention", "attention no batch", "attention to memory", "attention of three",
                           "attention key padding", "attention added key padding", "attention causal",
                           "attention causal key padding", "attention added mask", "attention mask a head",
                           "attention both masks"}) {
    compare_attention(name);
  }
  compare_attention("attention batch first", {.batch_first = true});
  compare_attention("attention no bias", {.bias = false});
  compare_attention("attention kdim vdim", {.kdim = 5, .vdim = 7});
  compare_attention("attention kdim no bias", {.bias = false, .kdim = 5, .batch_first = true});
}

TEST_CASE("MultiheadAttention: is_causal is PyTorch's triangular mask", "[layers][attention]") {
  const auto causal = [](MultiheadAttention& m, const Case& c) {
    const Tensor& x = c.inputs[0];
    return m(x, x, x, {.key_padding_mask = c.mask("key_padding_mask"), .is_causal = true});
  };
  MultiheadAttention attention(kWidth, kHeads);
  compare<MultiheadAttention>(attention, "attention causal", causal);
  attention.zero_grad();
  compare<MultiheadAttention>(attention, "attention causal key padding", causal);
}

TEST_CASE("MultiheadAttention::attend gives the weights as well", "[layers][attention]") {
  for (const char* name : {"attention weights", "attention weights a head", "attention weights no batch"}) {
    MultiheadAttention attention(kWidth, kHeads);
    const bool average = std::string(name) != "attention weights a head";
    compare<MultiheadAttention>(attention, name, [=](MultiheadAttention& m, const Case& c) {
      const auto attended = m.attend(c.inputs[0], c.inputs[1], c.inputs[2], c.masks(), average);
      CHECK(first_difference(attended.weights.detach(), c("weights"), 1e-10) == "");
      return attended.output;
    });
  }
}

TEST_CASE("transformer layers agree with PyTorch's", "[layers][attention]") {
  const auto encode = [](TransformerEncoderLayer& m, const Case& c) { return m(c.inputs[0]); };
  const auto decode = [](TransformerDecoderLayer& m, const Case& c) { return m(c.inputs[0], c.inputs[1]); };
  {
    TransformerEncoderLayer layer(kWidth, kHeads, kLayer);
    compare<TransformerEncoderLayer>(layer, "encoder layer", encode);
  }
  {
    TransformerEncoderLayer layer(kWidth, kHeads, kNormFirst);
    compare<TransformerEncoderLayer>(layer, "encoder layer norm first", encode);
  }
  {
    TransformerEncoderLayer layer(
        kWidth, kHeads, {.dim_feedforward = kHidden, .dropout = 0, .layer_norm_eps = 0.1, .bias = false});
    compare<TransformerEncoderLayer>(layer, "encoder layer no bias", encode);
  }
  {
    TransformerEncoderLayer layer(kWidth, kHeads, kLayer);
    compare<TransformerEncoderLayer>(
        layer, "encoder layer masks", [](TransformerEncoderLayer& m, const Case& c) {
          return m(c.inputs[0],
                   {.key_padding_mask = c.mask("src_key_padding_mask"), .attn_mask = c.mask("src_mask")});
        });
  }
  {
    TransformerDecoderLayer layer(kWidth, kHeads, kLayer);
    compare<TransformerDecoderLayer>(layer, "decoder layer", decode);
  }
  {
    TransformerDecoderLayer layer(kWidth, kHeads, kNormFirst);
    compare<TransformerDecoderLayer>(layer, "decoder layer norm first", decode);
  }
  {
    TransformerDecoderLayer layer(kWidth, kHeads, kLayer);
    compare<TransformerDecoderLayer>(
        layer, "decoder layer masks", [](TransformerDecoderLayer& m, const Case& c) {
          return m(
              c.inputs[0], c.inputs[1],
              {.key_padding_mask = c.mask("tgt_key_padding_mask"), .attn_mask = c.mask("tgt_mask")},
              {.key_padding_mask = c.mask("memory_key_padding_mask"), .attn_mask = c.mask("memory_mask")});
        });
  }
}

TEST_CASE("encoder, decoder and Transformer agree with PyTorch's", "[layers][attention]") {
  {
    TransformerEncoder encoder(kWidth, kHeads, 2, kLayer);
    compare<TransformerEncoder>(encoder, "encoder",
                                [](TransformerEncoder& m, const Case& c) { return m(c.inputs[0]); });
  }
  {
    TransformerEncoder encoder(kWidth, kHeads, 2,
                               {.dim_feedforward = kHidden, .dropout = 0, .norm_first = true}, true);
    compare<TransformerEncoder>(encoder, "encoder norm", [](TransformerEncoder& m, const Case& c) {
      return m(c.inputs[0], {.attn_mask = c.mask("mask")});
    });
  }
  {
    TransformerDecoder decoder(kWidth, kHeads, 2, kLayer, true);
    compare<TransformerDecoder>(decoder, "decoder norm", [](TransformerDecoder& m, const Case& c) {
      return m(c.inputs[0], c.inputs[1], {.attn_mask = c.mask("tgt_mask")},
               {.key_padding_mask = c.mask("memory_key_padding_mask")});
    });
  }
  {
    Transformer transformer(
        {.d_model = kWidth, .nhead = kHeads, .num_encoder_layers = 1, .num_decoder_layers = 1}, kLayer);
    compare<Transformer>(transformer, "transformer", [](Transformer& m, const Case& c) {
      const Tensor tgt_mask = Transformer::generate_square_subsequent_mask(4, DType::Float64);
      CHECK(testing::same_bits(tgt_mask, c.mask("tgt_mask")));
      return m(c.inputs[0], c.inputs[1],
               {.src = {.key_padding_mask = c.mask("src_key_padding_mask")}, .tgt = {.attn_mask = tgt_mask}});
    });
  }
}

TEST_CASE("attention layers: parameters, in PyTorch's order, and their initial values",
          "[layers][attention]") {
  MultiheadAttention attention(8, 2);
  CHECK(names_of(attention.state_dict()) ==
        std::vector<std::string>{"in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"});
  CHECK(attention.in_proj_weight.shape() == Shape{24, 8});
  const double glorot = std::sqrt(6.0 / (24 + 8));
  CHECK(largest(attention.in_proj_weight) <= glorot);
  CHECK(largest(attention.in_proj_weight) > 0.9 * glorot);
  CHECK(largest(attention.in_proj_bias) == 0);
  CHECK(largest(attention.out_proj.bias) == 0);
  CHECK(largest(attention.out_proj.weight) <= 1 / std::sqrt(8.0));
  CHECK(names_of(MultiheadAttention(8, 2, {.bias = false, .kdim = 3}).state_dict()) ==
        std::vector<std::string>{"q_proj_weight", "k_proj_weight", "v_proj_weight", "out_proj.weight"});

  TransformerDecoder decoder(8, 2, 1, {.dim_feedforward = 4}, true);
  CHECK(names_of(decoder.state_dict()) == std::vector<std::string>{"layers.0.self_attn.in_proj_weight",
                                                                   "layers.0.self_attn.in_proj_bias",
                                                                   "layers.0.self_attn.out_proj.weight",
                                                                   "layers.0.self_attn.out_proj.bias",
                                                                   "layers.0.multihead_attn.in_proj_weight",
                                                                   "layers.0.multihead_attn.in_proj_bias",
                                                                   "layers.0.multihead_attn.out_proj.weight",
                                                                   "layers.0.multihead_attn.out_proj.bias",
                                                                   "layers.0.linear1.weight",
                                                                   "layers.0.linear1.bias",
                                                                   "layers.0.linear2.weight",
                                                                   "layers.0.linear2.bias",
                                                                   "layers.0.norm1.weight",
                                                                   "layers.0.norm1.bias",
                                                                   "layers.0.norm2.weight",
                                                                   "layers.0.norm2.bias",
                                                                   "layers.0.norm3.weight",
                                                                   "layers.0.norm3.bias",
                                                                   "norm.weight",
                                                                   "norm.bias"});
  CHECK(to_string(MultiheadAttention(8, 2, {.dropout = 0.1, .vdim = 3, .batch_first = true})) ==
        "MultiheadAttention(8, 2, dropout=0.1, vdim=3, batch_first=true)(\n"
        "  (out_proj): Linear(8, 8)\n)");
}

TEST_CASE("attention layers: dropout while training only", "[layers][attention]") {
  TransformerEncoderLayer layer(8, 2, {.dim_feedforward = 16, .dropout = 0.5});
  MultiheadAttention attention(8, 2, {.dropout = 0.5});
  const Tensor x = randn({5, 3, 8});
  CHECK_FALSE(testing::same_bits(layer(x), layer(x)));
  CHECK_FALSE(testing::same_bits(attention(x, x, x), attention(x, x, x)));
  layer.eval();
  attention.eval();
  CHECK(testing::same_bits(layer(x), layer(x)));
  CHECK(testing::same_bits(attention(x, x, x), attention(x, x, x)));
  CHECK(first_difference(attention.attend(x, x, x).output.detach(), attention(x, x, x).detach(), 1e-5) == "");
}

TEST_CASE("attention layers: errors", "[layers][attention]") {
  testing::check_errors({
      {"MultiheadAttention: embed_dim must be a multiple of num_heads, got 8 and 3",
       [] { MultiheadAttention attention(8, 3); }},
      {"MultiheadAttention: expected 8, 8 and 8 features, got query [4,2,8], key [4,2,6], value [4,2,8]",
       [] {
         MultiheadAttention(8, 2)(zeros({4, 2, 8}), zeros({4, 2, 6}), zeros({4, 2, 8}));
       }},
      {"MultiheadAttention: expected three times [length,batch,features] or, without a batch, "
       "[length,features], got query [4,2,8], key [4,8], value [4,8]",
       [] {
         MultiheadAttention(8, 2)(zeros({4, 2, 8}), zeros({4, 8}), zeros({4, 8}));
       }},
      {"MultiheadAttention: batches differ in size (query [4,2,8], key [4,3,8], value [4,3,8])",
       [] {
         MultiheadAttention(8, 2)(zeros({4, 2, 8}), zeros({4, 3, 8}), zeros({4, 3, 8}));
       }},
      {"MultiheadAttention: there are 4 keys but 5 values (query [4,2,8], key [4,2,8], value [5,2,8])",
       [] {
         MultiheadAttention(8, 2)(zeros({4, 2, 8}), zeros({4, 2, 8}), zeros({5, 2, 8}));
       }},
      {"MultiheadAttention: attn_mask must be [4,4] or [4,4,4], got [4,5]",
       [] {
         const Tensor x = zeros({4, 2, 8});
         MultiheadAttention(8, 2)(x, x, x, {.attn_mask = zeros({4, 5})});
       }},
      {"MultiheadAttention: key_padding_mask must be [2,4], got [4,2]",
       [] {
         const Tensor x = zeros({4, 2, 8});
         MultiheadAttention(8, 2)(x, x, x, {.key_padding_mask = zeros({4, 2}, DType::Bool)});
       }},
      {"MultiheadAttention: attn_mask must be bool or float32 like the query, got int64",
       [] {
         const Tensor x = zeros({4, 2, 8});
         MultiheadAttention(8, 2)(x, x, x, {.attn_mask = zeros({4, 4}, DType::Int64)});
       }},
      {"TransformerLayer: the activation must be relu or gelu, got 'tanh'",
       [] { TransformerEncoderLayer layer(8, 2, {.activation = "tanh"}); }},
      {"layers.0.self_attn: MultiheadAttention: attn_mask must be [4,4] or [4,4,4], got [3,3]",
       [] {
         TransformerEncoder encoder(8, 2, 2, {.dim_feedforward = 4});
         const Tensor x = zeros({4, 2, 8});
         encoder(x, {.attn_mask = zeros({3, 3})});
       }},
  });
}
