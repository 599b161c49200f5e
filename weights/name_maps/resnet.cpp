#include "weights/name_maps/resnet.h"

#include <array>

namespace helder {

std::span<const NameMap> resnet_names() {
  static const NameRules hugging_face = NameRules()
                                            .add({{"resnet.embedder.embedder.convolution.*", "conv1.*"},
                                                  {"resnet.embedder.embedder.normalization.*", "bn1.*"},
                                                  {"classifier.1.*", "fc.*"}})
                                            .within({{"resnet.encoder.stages.0.layers.*.", "layer1.*."},
                                                     {"resnet.encoder.stages.1.layers.*.", "layer2.*."},
                                                     {"resnet.encoder.stages.2.layers.*.", "layer3.*."},
                                                     {"resnet.encoder.stages.3.layers.*.", "layer4.*."}},
                                                    {{"layer.0.convolution.*", "conv1.*"},
                                                     {"layer.0.normalization.*", "bn1.*"},
                                                     {"layer.1.convolution.*", "conv2.*"},
                                                     {"layer.1.normalization.*", "bn2.*"},
                                                     {"layer.2.convolution.*", "conv3.*"},
                                                     {"layer.2.normalization.*", "bn3.*"},
                                                     {"shortcut.convolution.*", "downsample.0.*"},
                                                     {"shortcut.normalization.*", "downsample.1.*"}});
  static const std::array<NameMap, 1> maps = {NameMap{"Hugging Face", hugging_face}};
  return maps;
}

}  // namespace helder
