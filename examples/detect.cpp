// Finds things in pictures and draws boxes around them, with a network of darknet

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/grad_mode.h"
#include "data/image.h"
#include "examples/common/command_line.h"
#include "examples/common/darknet_detector.h"
#include "examples/common/detection_page.h"
#include "examples/common/detection_stages.h"
#include "examples/common/device_flag.h"
#include "examples/common/found_boxes_output.h"
#include "examples/common/output_files.h"
#include "tensor/parallel.h"

using namespace helder;

namespace {

struct Options {
  std::filesystem::path cfg, names, out, json, html;
  std::string weights;
  std::vector<std::filesystem::path> images;
  FindOptions find = {};
  bool letterbox = false, stages = false;
  int threads = 0;
  Device device = Device::Cpu;
};

// ---- the work: a picture, the network, the boxes ----

struct Result {
  std::filesystem::path file;
  Tensor picture;
  std::vector<FoundBox> found;  // at the lowest threshold that anybody wants
  double milliseconds = 0;      // from the decoded picture to the boxes
};

Result detect(const DarknetDetector& detector, const std::filesystem::path& file, const FindOptions& find) {
  Result result{.file = file, .picture = load_image(file), .found = {}};
  const auto start = std::chrono::steady_clock::now();
  result.found = detector(result.picture, find);
  result.milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return result;
}

// ---- what is shown ----

/// Where a picture of `file` goes in the folder; never the same twice.
std::filesystem::path output_path(const std::filesystem::path& folder, const std::filesystem::path& file,
                                  const std::string& suffix, std::set<std::string>& taken) {
  std::string name = file.stem().string() + suffix;
  for (int number = 2; !taken.insert(name).second; ++number) {
    name = fmt::format("{}{}-{}", file.stem().string(), suffix, number);
  }
  return folder / (name + ".png");
}

nlohmann::json json_of(const Result& result, const std::vector<std::string>& names) {
  return {{"file", result.file.string()},
          {"width", result.picture.size(2)},
          {"height", result.picture.size(1)},
          {"milliseconds", result.milliseconds},
          {"detections", json_of_found_boxes(result.found, names)}};
}

void run(Options options) {
  for (const auto& path : {options.json, options.html}) {
    check_output_path(path);
  }
  check(!options.stages || !options.out.empty(), "--stages draws pictures: --out says where they go");
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  DarknetDetector detector =
      load_darknet_detector(options.cfg, options.weights, options.names, options.device);
  detector.letterbox = detector.letterbox || options.letterbox;
  const std::vector<std::string>& names = detector.names;
  options.find.distance_exponent = detector.net->options().nms_distance_exponent;
  if (!options.out.empty()) {
    std::filesystem::create_directories(options.out);
  }

  const NoGrad guard;
  constexpr double kLowest = 0.05;  // that the page's slider has boxes for
  FindOptions find = options.find;
  if (!options.html.empty()) {
    find.threshold = std::min(find.threshold, kLowest);
  }
  std::vector<DetectionPagePicture> page;
  std::set<std::string> taken;
  nlohmann::json list = nlohmann::json::array();
  for (const auto& file : options.images) {
    Result result = detect(detector, file, find);
    if (!options.html.empty()) {
      page.push_back({file.string(), result.picture, result.found});
    }
    // Suppression goes from the surest down: what is above a threshold does not depend on what is below.
    std::erase_if(result.found,
                  [&](const FoundBox& box) { return box.confidence <= options.find.threshold; });
    fmt::print("{}  {} x {}, {:.1f} ms\n", file.string(), result.picture.size(2), result.picture.size(1),
               result.milliseconds);
    print_found_boxes(result.found, names);
    list.push_back(json_of(result, names));
    if (!options.out.empty()) {
      save_png(output_path(options.out, file, "", taken),
               draw_found_boxes(result.picture, result.found, names));
    }
    if (options.stages) {
      draw_detection_stages(*detector.net, detector.place(result.picture), options.find,
                            [&](const std::string& name, const Tensor& picture) {
                              save_png(output_path(options.out, file, "-" + name, taken), picture);
                            });
    }
  }
  if (!options.html.empty()) {
    write_detection_page(options.html, page, names, options.find.threshold);
    fmt::print("page     {}\n", options.html.string());
  }
  if (!options.json.empty()) {
    write_json(options.json, {{"cfg", options.cfg.string()},
                              {"weights", options.weights},
                              {"threshold", options.find.threshold},
                              {"nms", options.find.iou_threshold},
                              {"images", list}});
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Finds things in pictures and draws boxes around them, with a network of darknet.", "detect");
  app.add_option("--cfg", options.cfg, "the network: darknet's .cfg file")->required();
  app.add_option("--weights", options.weights, "its .weights file, or hf:owner/name/file[@revision]")
      ->required();
  app.add_option("--names", options.names, "the names of its classes, one a line");
  app.add_option("IMAGE", options.images, "pictures: JPEG, PNG or BMP")->required();
  app.add_option("--threshold", options.find.threshold, "the least confidence")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option(
         "--nms", options.find.iou_threshold,
         "boxes of a class that overlap more than this (intersection over union) are one; 1 keeps all")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_flag("--letterbox", options.letterbox, "keep the pictures' proportions; darknet stretches them");
  app.add_option("--out", options.out, "a folder for the pictures with their boxes");
  app.add_flag("--stages", options.stages,
               "also draw the grids, the anchors, and the boxes before and after "
               "non-maximum suppression");
  app.add_option("--json", options.json, "write the results here, for machines");
  app.add_option("--html", options.html, "write a page here, with a slider for the threshold");
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
