// Finds things in pictures and draws boxes around them, with a network of darknet

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <set>

#include "autograd/grad_mode.h"
#include "data/image.h"
#include "examples/common/command_line.h"
#include "examples/common/darknet_files.h"
#include "examples/common/detection_page.h"
#include "examples/common/detection_stages.h"
#include "examples/common/device_flag.h"
#include "examples/common/output_files.h"
#include "models/darknet.h"
#include "models/darknet_boxes.h"
#include "tensor/parallel.h"
#include "vision/drawing.h"
#include "vision/found_boxes.h"

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

PlacedPicture place(const Darknet& net, const Tensor& picture, bool letterboxed) {
  const DarknetOptions& o = net.options();
  return letterboxed ? letterbox(picture, o.height, o.width) : stretch(picture, o.height, o.width);
}

Result detect(Darknet& net, const std::filesystem::path& file, bool letterboxed, const FindOptions& find) {
  Result result{.file = file, .picture = load_image(file), .found = {}};
  const auto start = std::chrono::steady_clock::now();
  const PlacedPicture placed = place(net, result.picture, letterboxed);
  const BoxPredictions predictions =
      predict_boxes(net, placed.input.unsqueeze(0).to(device_of(net)), find.threshold);
  result.found = found_boxes(predictions, placed.input.size(1), placed.input.size(2), placed.placement, find);
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

Tensor drawn(const Result& result, const std::vector<std::string>& names) {
  const Tensor picture = result.picture.clone();
  const int64_t scale = std::max<int64_t>(1, picture.size(2) / 400);
  for (auto box = result.found.rbegin(); box != result.found.rend(); ++box) {  // the surest on top
    const auto [left, top, right, bottom] = box->box_xyxy;
    draw_labelled_box(picture, {left, top, right, bottom},
                      fmt::format("{} {:.2f}", names[static_cast<size_t>(box->class_id)], box->confidence),
                      class_colour(box->class_id), scale);
  }
  return picture;
}

void print(const Result& result, const std::vector<std::string>& names) {
  fmt::print("{}  {} x {}, {:.1f} ms\n", result.file.string(), result.picture.size(2), result.picture.size(1),
             result.milliseconds);
  if (result.found.empty()) {
    fmt::print("  nothing\n");
  } else {
    fmt::print("  {:<16} {:>10}  {:>7} {:>7} {:>7} {:>7}\n", "class", "confidence", "left", "top", "right",
               "bottom");
  }
  for (const FoundBox& box : result.found) {
    const auto [left, top, right, bottom] = box.box_xyxy;
    fmt::print("  {:<16} {:>10.3f}  {:>7.1f} {:>7.1f} {:>7.1f} {:>7.1f}\n",
               names[static_cast<size_t>(box.class_id)], box.confidence, left, top, right, bottom);
  }
}

nlohmann::json json_of(const Result& result, const std::vector<std::string>& names) {
  nlohmann::json boxes = nlohmann::json::array();
  for (const FoundBox& box : result.found) {
    boxes.push_back({{"class_id", box.class_id},
                     {"name", names[static_cast<size_t>(box.class_id)]},
                     {"confidence", box.confidence},
                     {"box_xyxy", box.box_xyxy}});
  }
  return {{"file", result.file.string()},
          {"width", result.picture.size(2)},
          {"height", result.picture.size(1)},
          {"milliseconds", result.milliseconds},
          {"detections", boxes}};
}

void run(Options options) {
  for (const auto& path : {options.json, options.html}) {
    check_output_path(path);
  }
  check(!options.stages || !options.out.empty(), "--stages draws pictures: --out says where they go");
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const std::shared_ptr<Darknet> net = fold_batch_norm(*load_darknet(options.cfg, options.weights));
  net->to(options.device);
  const std::vector<std::string> names = load_class_names(options.names, class_count(*net));
  options.find.distance_exponent = net->options().nms_distance_exponent;
  options.letterbox = options.letterbox || net->options().letter_box;
  if (!options.out.empty()) {
    std::filesystem::create_directories(options.out);
  }

  const NoGrad guard;
  constexpr double kLowest = 0.05;  // that the page's slider has boxes for
  FindOptions find = options.find;
  if (!options.html.empty()) {
    find.threshold = std::min(find.threshold, kLowest);
  }
  std::vector<DetectionPicture> page;
  std::set<std::string> taken;
  nlohmann::json list = nlohmann::json::array();
  for (const auto& file : options.images) {
    Result result = detect(*net, file, options.letterbox, find);
    if (!options.html.empty()) {
      page.push_back({file.string(), result.picture, result.found});
    }
    // Suppression goes from the surest down: what is above a threshold does not depend on what is below.
    std::erase_if(result.found,
                  [&](const FoundBox& box) { return box.confidence <= options.find.threshold; });
    print(result, names);
    list.push_back(json_of(result, names));
    if (!options.out.empty()) {
      save_png(output_path(options.out, file, "", taken), drawn(result, names));
    }
    if (options.stages) {
      draw_detection_stages(*net, place(*net, result.picture, options.letterbox), options.find,
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
