#pragma once

#include <numbers>
#include <optional>

#include "kernels/position/position.h"
#include "tensor/tensor.h"

namespace helder {

// Positions written as sines and cosines of many wavelengths: tables and maps that are added to features.
// They are constants: nothing here is recorded for backward.

using kernels::SineLayout;

/// positions [...] -> [..., dim]: for k < dim / 2,
///
///   sin(position / temperature^(2k / dim)),  cos(position / temperature^(2k / dim))
///
/// side by side or, with SineLayout::Halves, all sines before all cosines (Vaswani et al., "Attention is all
/// you need", 2017, section 3.5). dim is even. Integer positions give float32.
Tensor sine_positions(const Tensor& positions, int64_t dim, double temperature = 10000,
                      SineLayout layout = SineLayout::Interleaved);

struct SinePositions2dOptions {
  double temperature = 10000;
  bool normalize = false;            ///< positions as shares of the picture, times `scale`
  std::optional<double> scale = {};  ///< 2 pi by default; only with normalize
};

/// A map for pictures with padding: mask [N, H, W], true where there is none of the picture -> [N, 2
/// num_pos_feats, H, W], first the code of each pixel's row, then that of its column, counted from 1 over the
/// pixels that are not masked (Carion et al., "End-to-end object detection with transformers", 2020; its
/// PositionEmbeddingSine).
Tensor sine_positions_2d(const Tensor& mask, int64_t num_pos_feats,
                         const SinePositions2dOptions& options = {}, DType dtype = DType::Float32);

/// The fixed table of vision transformers, [H W, dim]: half of the features for each patch's column, then
/// half for its row, each with all sines before all cosines (He et al., "Masked autoencoders are scalable
/// vision learners", 2021; its get_2d_sincos_pos_embed). dim is a multiple of 4. A class token gets a row of
/// zeros in front.
Tensor sine_grid_2d(int64_t dim, int64_t height, int64_t width, bool class_token = false,
                    DType dtype = DType::Float32);

}  // namespace helder
