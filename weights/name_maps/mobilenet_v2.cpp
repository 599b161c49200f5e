#include "weights/name_maps/mobilenet_v2.h"

#include <array>

namespace helder {
namespace {

// The first block does not expand, so that its layers have other numbers.

NameRules timm() {
  return NameRules()
      .add({{"conv_stem.*", "features.0.0.*"},
            {"bn1.*", "features.0.1.*"},
            {"conv_head.*", "features.18.0.*"},
            {"bn2.*", "features.18.1.*"},
            {"classifier.*", "classifier.1.*"}})
      .within({{"blocks.0.0.", "features.1.conv."}},
              {{"conv_dw.*", "0.0.*"}, {"bn1.*", "0.1.*"}, {"conv_pw.*", "1.*"}, {"bn2.*", "2.*"}})
      .within({{"blocks.1.0.", "features.2.conv."},
               {"blocks.1.1.", "features.3.conv."},
               {"blocks.2.0.", "features.4.conv."},
               {"blocks.2.1.", "features.5.conv."},
               {"blocks.2.2.", "features.6.conv."},
               {"blocks.3.0.", "features.7.conv."},
               {"blocks.3.1.", "features.8.conv."},
               {"blocks.3.2.", "features.9.conv."},
               {"blocks.3.3.", "features.10.conv."},
               {"blocks.4.0.", "features.11.conv."},
               {"blocks.4.1.", "features.12.conv."},
               {"blocks.4.2.", "features.13.conv."},
               {"blocks.5.0.", "features.14.conv."},
               {"blocks.5.1.", "features.15.conv."},
               {"blocks.5.2.", "features.16.conv."},
               {"blocks.6.0.", "features.17.conv."}},
              {{"conv_pw.*", "0.0.*"},
               {"bn1.*", "0.1.*"},
               {"conv_dw.*", "1.0.*"},
               {"bn2.*", "1.1.*"},
               {"conv_pwl.*", "2.*"},
               {"bn3.*", "3.*"}});
}

NameRules hugging_face() {
  return NameRules()
      .add({{"mobilenet_v2.conv_stem.first_conv.convolution.*", "features.0.0.*"},
            {"mobilenet_v2.conv_stem.first_conv.normalization.*", "features.0.1.*"},
            {"mobilenet_v2.conv_stem.conv_3x3.convolution.*", "features.1.conv.0.0.*"},
            {"mobilenet_v2.conv_stem.conv_3x3.normalization.*", "features.1.conv.0.1.*"},
            {"mobilenet_v2.conv_stem.reduce_1x1.convolution.*", "features.1.conv.1.*"},
            {"mobilenet_v2.conv_stem.reduce_1x1.normalization.*", "features.1.conv.2.*"},
            {"mobilenet_v2.conv_1x1.convolution.*", "features.18.0.*"},
            {"mobilenet_v2.conv_1x1.normalization.*", "features.18.1.*"},
            {"classifier.*", "classifier.1.*"}})
      .within({{"mobilenet_v2.layer.0.", "features.2.conv."},
               {"mobilenet_v2.layer.1.", "features.3.conv."},
               {"mobilenet_v2.layer.2.", "features.4.conv."},
               {"mobilenet_v2.layer.3.", "features.5.conv."},
               {"mobilenet_v2.layer.4.", "features.6.conv."},
               {"mobilenet_v2.layer.5.", "features.7.conv."},
               {"mobilenet_v2.layer.6.", "features.8.conv."},
               {"mobilenet_v2.layer.7.", "features.9.conv."},
               {"mobilenet_v2.layer.8.", "features.10.conv."},
               {"mobilenet_v2.layer.9.", "features.11.conv."},
               {"mobilenet_v2.layer.10.", "features.12.conv."},
               {"mobilenet_v2.layer.11.", "features.13.conv."},
               {"mobilenet_v2.layer.12.", "features.14.conv."},
               {"mobilenet_v2.layer.13.", "features.15.conv."},
               {"mobilenet_v2.layer.14.", "features.16.conv."},
               {"mobilenet_v2.layer.15.", "features.17.conv."}},
              {{"expand_1x1.convolution.*", "0.0.*"},
               {"expand_1x1.normalization.*", "0.1.*"},
               {"conv_3x3.convolution.*", "1.0.*"},
               {"conv_3x3.normalization.*", "1.1.*"},
               {"reduce_1x1.convolution.*", "2.*"},
               {"reduce_1x1.normalization.*", "3.*"}});
}

}  // namespace

std::span<const NameMap> mobilenet_v2_names() {
  static const NameRules of_timm = timm(), of_hugging_face = hugging_face();
  static const std::array<NameMap, 2> maps = {NameMap{"timm", of_timm},
                                              NameMap{"Hugging Face", of_hugging_face}};
  return maps;
}

}  // namespace helder
