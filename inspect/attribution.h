#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "autograd/ops/pair.h"
#include "layers/module.h"

/// Where in a picture a network sees a class. All take a classifier in eval mode, a picture x [1,C,H,W] and a
/// class, and leave the model's gradients as they were.
namespace helder {

/// How the tokens of a transformer lie in its picture: `prefix` of them before the patches, which stand row
/// by row.
struct TokenGrid {
  int64_t prefix = 0;
  Pair grid = 1;
};
/// That of a VisionTransformer; nothing for other networks.
std::optional<TokenGrid> token_grid(const Module& model);

/// Where Grad-CAM looks unless told otherwise: the last of the model's own modules whose output is a picture
/// [N,C,H,W] of more than one pixel (`layer4` of a ResNet, `features` of SqueezeNet and VGG), or `norm1` of a
/// vision transformer's last block: behind it the class token has read the others. Of a detector
/// (BoxScores) it is what all heads share. Throws where there is none.
std::string grad_cam_layer(Module& model, const Tensor& x);

/// relu(sum over channels k of w_k A_k), with A the layer's output [1,K,h,w] and w_k the mean over positions
/// of the class's score's gradient with respect to A_k (Selvaraju et al., "Grad-CAM", 2017, equations 1 and
/// 2): [h,w], not scaled. Of a layer of tokens [1,T,K], the patches are the positions.
Tensor grad_cam(Module& model, const std::string& layer, const Tensor& x, int64_t target);

/// The largest of the channels' absolute gradients of the score (Simonyan et al., 2013, section 3.1): [H,W].
Tensor saliency(Module& model, const Tensor& x, int64_t target);

struct SmoothGradOptions {
  int64_t samples = 8;
  double noise = 0.15;  ///< standard deviation, as a share of x's range
  uint64_t seed = 1;
};
/// The same for the mean gradient of noisy copies of the picture (Smilkov et al., "SmoothGrad", 2017): [H,W].
Tensor smooth_grad(Module& model, const Tensor& x, int64_t target, const SmoothGradOptions& options = {});

struct OcclusionOptions {
  int64_t window = 0;   ///< its side; 0: a quarter of the picture's shorter one
  int64_t stride = 0;   ///< 0: half of the window
  double fill = 0;      ///< of the hidden pixels; 0 is the mean colour of a normalised picture
  bool softmax = true;  ///< of the model's scores; false: they are probabilities already (BoxScores)
};
/// By how much each class's probability falls when a window of the picture is hidden (Zeiler and Fergus,
/// 2013, section 4.2): [classes, rows, columns], one element a place of the window.
Tensor occlusion(Module& model, const Tensor& x, const OcclusionOptions& options = {});

/// Attention of each token to the tokens of the input, through all layers and past them: the product of the
/// matrices (A + I) / 2, A the mean over heads [T,T] (Abnar and Zuidema, "Quantifying attention flow in
/// transformers", 2020, section 3). `layers`: [heads,T,T] each, the first layer first.
Tensor attention_rollout(const std::vector<Tensor>& layers);

}  // namespace helder
