#pragma once

#include "layers/transformer_decoder.h"
#include "layers/transformer_encoder.h"

namespace helder {

struct TransformerShape {
  int64_t d_model = 512;
  int64_t nhead = 8;
  int64_t num_encoder_layers = 6;
  int64_t num_decoder_layers = 6;
};

struct TransformerMasks {
  AttentionMasks src = {};
  AttentionMasks tgt = {};
  AttentionMasks memory = {};
};

/// Encoder and decoder of Vaswani et al., 2017, with a layer norm behind each: src [S, N, d_model], tgt [T,
/// N, d_model] -> [T, N, d_model]. All matrices are initialised uniformly after Glorot, as PyTorch does.
class Transformer : public Module {
 public:
  explicit Transformer(const TransformerShape& shape = {}, const TransformerOptions& options = {});

  TransformerEncoder encoder;
  TransformerDecoder decoder;

  Tensor operator()(const Tensor& src, const Tensor& tgt, const TransformerMasks& masks = {});
  std::string describe() const override { return "Transformer"; }

  /// [size, size] with -infinity above the diagonal and 0 elsewhere: position i sees 0 .. i.
  static Tensor generate_square_subsequent_mask(int64_t size, DType dtype = DType::Float32,
                                                Device device = Device::Cpu);
};

}  // namespace helder
