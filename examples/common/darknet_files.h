#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "models/darknet.h"

namespace helder {

/// The network of a .cfg file with the parameters of a .weights file (a path, or `hf:owner/name/file`), in
/// eval mode. Whether the two fit is known before memory is taken.
std::shared_ptr<Darknet> load_darknet(const std::filesystem::path& cfg, const std::string& weights);

/// How many classes the network's heads know. Throws where it has none.
int64_t class_count(const Darknet& net);

/// Their names, one on each line of a file; without a file, `class 0` and so on.
std::vector<std::string> load_class_names(const std::filesystem::path& path, int64_t classes);

}  // namespace helder
