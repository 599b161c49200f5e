#pragma once

#include <memory>
#include <vector>

#include "layers/module_list.h"
#include "models/darknet_layers.h"

namespace helder {

/// A network of darknet: its sections are `layers.0`, `layers.1`, ..., each called with what it reads.
///
///   Darknet net(load_darknet_cfg("yolov3.cfg"));           // weights/darknet_cfg.h
///   load_weights(net, DarknetWeights("yolov3.weights", net.options()));   // weights/darknet_weights.h
///
/// Parameters: `layers.I.conv.weight`, and `layers.I.conv.bias` or `layers.I.norm.weight`, ...;
/// `layers.I.linear.weight`, ... of connected layers.
class Darknet : public Module {
 public:
  /// Throws as plan_darknet does.
  explicit Darknet(const DarknetOptions& options);

  /// [N, channels, height, width] -> what the last layer gives, [N,C,H,W]. Unless the network has connected
  /// layers other sizes will do if they divide as the layers need.
  Tensor forward(const Tensor& x) override {
    return run(x, {static_cast<int64_t>(layers.size()) - 1}).front();
  }
  /// What each head gives, in the order of heads(): [N, anchors (5 + classes), H, W].
  std::vector<Tensor> forward_heads(const Tensor& x);

  /// What each head is given: the numbers before activate_head, of which decode_head needs only some.
  std::vector<Tensor> forward_before_heads(const Tensor& x);

  const DarknetOptions& options() const { return options_; }
  const std::vector<DarknetLayerPlan>& plan() const { return plan_; }
  /// The numbers of the layers that are heads ([yolo], [region]).
  const std::vector<int64_t>& heads() const { return heads_; }
  std::string describe() const override { return "Darknet"; }

  ModuleList<DarknetLayer> layers;

 private:
  /// A convolution that can do the shortcut behind it in its own pass.
  struct Merge {
    int64_t shortcut = 0;  ///< the layer; 0: none
    int64_t residual = 0;  ///< what that one adds
    DarknetActivation activation = DarknetActivation::Linear;
  };

  /// What the layers `wanted` give; forgets what no later layer reads.
  std::vector<Tensor> run(const Tensor& x, const std::vector<int64_t>& wanted);
  Merge find_merge(int64_t layer) const;
  bool may_merge(int64_t convolution) const;

  DarknetOptions options_;
  std::vector<DarknetLayerPlan> plan_;
  std::vector<int64_t> heads_;
  std::vector<int64_t> last_reader_;  // of each layer's result
  std::vector<Merge> merges_;
};

/// The same network with every batch norm in the weights and bias of its convolution
/// (fuse_conv_bn_eval), for inference: less is computed a picture, and nothing can be trained.
std::shared_ptr<Darknet> fold_batch_norm(const Darknet& net);

}  // namespace helder
