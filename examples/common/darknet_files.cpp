#include "examples/common/darknet_files.h"

#include <fmt/format.h>

#include "data/names_file.h"
#include "examples/common/weights_flag.h"
#include "layers/init.h"
#include "weights/darknet_cfg.h"
#include "weights/darknet_weights.h"
#include "weights/load_weights.h"

namespace helder {

std::shared_ptr<Darknet> load_darknet(const std::filesystem::path& cfg, const std::string& weights) {
  const DarknetOptions layers = load_darknet_cfg(cfg);
  const DarknetWeights file(find_weights(weights), layers);  // fits, before memory is taken
  const init::SkipRandom skip;
  auto net = make<Darknet>(layers);
  load_weights(*net, file);
  net->eval();
  return net;
}

int64_t class_count(const Darknet& net) {
  check(!net.heads().empty(), "{} has no [yolo] or [region] section: it finds no boxes",
        net.options().layers.back().place);
  const auto& kind = net.options().layers[static_cast<size_t>(net.heads().front())].kind;
  const auto* yolo = std::get_if<DarknetYolo>(&kind);
  return yolo != nullptr ? yolo->classes : std::get<DarknetRegion>(kind).classes;
}

std::vector<std::string> load_class_names(const std::filesystem::path& path, int64_t classes) {
  std::vector<std::string> names;
  if (path.empty()) {
    for (int64_t i = 0; i < classes; ++i) {
      names.push_back(fmt::format("class {}", i));
    }
    return names;
  }
  names = load_names(path);
  check(static_cast<int64_t>(names.size()) == classes,
        "names: {}: it has {} names, and the network {} classes", path.string(), names.size(), classes);
  return names;
}

}  // namespace helder
