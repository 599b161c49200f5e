#include "layers/transformer.h"

#include <array>
#include <limits>

#include "autograd/ops/compare.h"
#include "autograd/ops/masked_fill.h"
#include "layers/init.h"
#include "tensor/factories.h"

namespace helder {

Transformer::Transformer(const TransformerShape& shape, const TransformerOptions& options)
    : encoder(shape.d_model, shape.nhead, shape.num_encoder_layers, options, true),
      decoder(shape.d_model, shape.nhead, shape.num_decoder_layers, options, true) {
  register_modules({{"encoder", encoder}, {"decoder", decoder}});
  for (Tensor& parameter : parameters()) {
    if (parameter.rank() > 1) {
      init::xavier_uniform_(parameter);
    }
  }
}

Tensor Transformer::operator()(const Tensor& src, const Tensor& tgt, const TransformerMasks& masks) {
  return call(std::array{src, tgt},
              [&] { return decoder(tgt, encoder(src, masks.src), masks.tgt, masks.memory); });
}

Tensor Transformer::generate_square_subsequent_mask(int64_t size, DType dtype, Device device) {
  const Tensor later = gt(arange(size, device).reshape({1, size}), arange(size, device).reshape({size, 1}));
  return masked_fill(zeros({size, size}, dtype, device), later, -std::numeric_limits<double>::infinity());
}

}  // namespace helder
