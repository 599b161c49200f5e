#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace helder {

/// What the `data.yaml` of a data set for YOLO says.
struct YoloYaml {
  struct Part {
    std::string name;                 ///< train, val or test
    std::vector<std::string> places;  ///< folders of pictures, or text files that list them
    std::string where;                ///< for messages: `yolo: data.yaml:3`
  };
  std::string root;  ///< `path:`, where the places are; empty: where the file is
  std::vector<Part> parts;
  std::vector<std::string> names;  ///< of the classes
};

/// Reads as much of YAML as such files have: `key: value`, with a value, `[a, b]` or `{0: a, 1: b}`, or below
/// it indented lines `- a` or `0: a`; quotes and comments. Other keys mean nothing here.
///
/// Throws, with file and line, on what is none of that, where there are no `names`, their numbers are not 0,
/// 1, 2, ..., or `nc` is another count than theirs.
YoloYaml load_yolo_yaml(const std::filesystem::path& path);

}  // namespace helder
