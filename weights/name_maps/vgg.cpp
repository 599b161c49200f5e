#include "weights/name_maps/vgg.h"

#include <array>

namespace helder {
namespace {

// [4096, 512, 7, 7] and [4096, 4096, 1, 1] are reshaped. `features` has the same names.
constexpr std::array<NameRule, 3> kTimm = {{{"pre_logits.fc1.*", "classifier.0.*"},
                                            {"pre_logits.fc2.*", "classifier.3.*"},
                                            {"head.fc.*", "classifier.6.*"}}};

constexpr std::array<NameMap, 1> kMaps = {NameMap{"timm", kTimm}};

}  // namespace

std::span<const NameMap> vgg_names() { return kMaps; }

}  // namespace helder
