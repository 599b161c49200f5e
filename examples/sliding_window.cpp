// Finds things the exhaustive way: a classifier looks at every part of a picture; a detector beside it looks
// once

#include <CLI/CLI.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "autograd/grad_mode.h"
#include "autograd/ops/cat.h"
#include "autograd/ops/max.h"
#include "autograd/ops/softmax.h"
#include "autograd/ops/stack.h"
#include "data/image.h"
#include "data/image_transforms.h"
#include "data/resize.h"
#include "examples/common/command_line.h"
#include "examples/common/darknet_detector.h"
#include "examples/common/device_flag.h"
#include "examples/common/found_boxes_output.h"
#include "examples/common/named_model.h"
#include "examples/common/output_files.h"
#include "inspect/terminal.h"
#include "tensor/factories.h"
#include "tensor/parallel.h"
#include "vision/nms.h"
#include "vision/sliding_windows.h"

using namespace helder;

namespace {

struct Options {
  std::string model = "squeezenet1_1", weights;
  std::filesystem::path image, cfg, names, picture, json;
  std::string detector_weights;
  std::vector<double> sizes = {1, 0.7, 0.5, 0.35}, aspects = {1};
  double stride = 0.25, threshold = 0.5, nms = 0.3;
  double detector_threshold = 0.25;
  int64_t batch_size = 16;
  int threads = 0;
  Device device = Device::Cpu;
};

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// Windows of one size.
struct Pass {
  int64_t width = 0, height = 0, step_x = 0, step_y = 0;
  std::vector<Window> windows = {};
  int64_t places = 0;               // were they a pixel apart
  double milliseconds = 0;          // for all of them
  std::vector<FoundBox> sure = {};  // of those windows in which the classifier is sure of something
};

/// What one way of looking took and found.
struct Search {
  int64_t evaluations = 0;
  double milliseconds = 0;
  std::vector<FoundBox> found = {};
  std::vector<std::string> names = {};
};

// ---- the work: cut out every window, ask what it shows, keep the best of those that overlap ----

/// The sizes of a search: parts of the picture's shorter side, in each proportion. What does not fit is left
/// out.
std::vector<Pass> plan(int64_t height, int64_t width, const Options& options) {
  std::vector<Pass> passes;
  for (const double size : options.sizes) {
    for (const double aspect : options.aspects) {
      const double side = size * static_cast<double>(std::min(height, width));
      Pass pass{.width = std::max<int64_t>(1, std::llround(side * std::sqrt(aspect))),
                .height = std::max<int64_t>(1, std::llround(side / std::sqrt(aspect)))};
      if (pass.width > width || pass.height > height) {
        continue;
      }
      const auto step = [&](int64_t length) {
        return std::max<int64_t>(1, std::llround(options.stride * static_cast<double>(length)));
      };
      pass.step_x = step(pass.width);
      pass.step_y = step(pass.height);
      pass.windows = sliding_windows(height, width, pass.height, pass.width, pass.step_y, pass.step_x);
      pass.places = (height - pass.height + 1) * (width - pass.width + 1);
      passes.push_back(std::move(pass));
    }
  }
  check(!passes.empty(), "none of the windows fits in a picture of {} x {}", width, height);
  return passes;
}

/// Windows as the classifier wants its pictures, [B,3,crop,crop]. Nothing is cut off: all of a window is
/// seen.
Tensor cut_out(const Tensor& picture, std::span<const Window> windows, const Preprocessing& preprocessing) {
  const int64_t side = preprocessing.crop;
  std::vector<Tensor> parts(windows.size());
  parallel_for(static_cast<int64_t>(windows.size()), /*grain=*/1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      const Window& w = windows[i];
      parts[i] = resize(crop(picture, w.top, w.left, w.height, w.width), side, side, preprocessing.resample);
    }
  });
  return normalize_pixels(stack(parts), preprocessing.mean, preprocessing.std);
}

/// Every window in which the classifier is surer of a class than the threshold is a box of that class.
void look(NamedModel& model, const Tensor& picture, const Options& options, Pass& pass) {
  const auto start = std::chrono::steady_clock::now();
  const auto batch_size = static_cast<size_t>(options.batch_size);
  for (size_t first = 0; first < pass.windows.size(); first += batch_size) {
    const auto windows =
        std::span(pass.windows).subspan(first, std::min(batch_size, pass.windows.size() - first));
    const Tensor inputs = cut_out(picture, windows, model.preprocessing).to(options.device);
    const MaxResult best = max(softmax((*model.module)(inputs), 1), 1);
    const std::vector<double> probabilities = best.values.to_vector<double>();
    const std::vector<int64_t> classes = best.indices.to_vector<int64_t>();
    for (size_t i = 0; i < windows.size(); ++i) {
      const Window& w = windows[i];
      if (probabilities[i] > options.threshold) {
        pass.sure.push_back(
            {.class_id = classes[i],
             .confidence = probabilities[i],
             .box_xyxy = {static_cast<double>(w.left), static_cast<double>(w.top),
                          static_cast<double>(w.left + w.width), static_cast<double>(w.top + w.height)}});
      }
    }
  }
  pass.milliseconds = milliseconds_since(start);
}

/// Non-maximum suppression within each class.
std::vector<FoundBox> best_of(const std::vector<FoundBox>& boxes, double iou_threshold) {
  if (boxes.empty()) {
    return {};
  }
  std::vector<double> corners, scores;
  std::vector<int64_t> classes;
  for (const FoundBox& box : boxes) {
    corners.insert(corners.end(), box.box_xyxy.begin(), box.box_xyxy.end());
    scores.push_back(box.confidence);
    classes.push_back(box.class_id);
  }
  const auto count = static_cast<int64_t>(boxes.size());
  const Tensor kept = batched_nms(from_data(corners, {count, 4}), from_data(scores, {count}),
                                  from_data(classes, {count}), iou_threshold);
  std::vector<FoundBox> best;
  for (const int64_t number : kept.to_vector<int64_t>()) {
    best.push_back(boxes[static_cast<size_t>(number)]);
  }
  return best;
}

Search search(NamedModel& model, const Tensor& picture, const Options& options, std::vector<Pass>& passes) {
  Search result{.names = {model.classes.begin(), model.classes.end()}};
  std::vector<FoundBox> all;
  const Terminal terminal = terminal_of(stdout);
  for (Pass& pass : passes) {
    if (terminal.interactive) {
      fmt::print("\r\033[K{} windows of {} x {} pixels", pass.windows.size(), pass.width, pass.height);
      std::fflush(stdout);
    }
    look(model, picture, options, pass);
    all.insert(all.end(), pass.sure.begin(), pass.sure.end());
    result.evaluations += static_cast<int64_t>(pass.windows.size());
    result.milliseconds += pass.milliseconds;
  }
  fmt::print("{}", terminal.interactive ? "\r\033[K" : "");
  const auto start = std::chrono::steady_clock::now();
  result.found = best_of(all, options.nms);
  result.milliseconds += milliseconds_since(start);
  return result;
}

/// The other way: one evaluation sees all places at all sizes.
Search detect(const Tensor& picture, const Options& options) {
  const DarknetDetector detector =
      load_darknet_detector(options.cfg, options.detector_weights, options.names, options.device);
  const FindOptions find{.threshold = options.detector_threshold,
                         .distance_exponent = detector.net->options().nms_distance_exponent};
  detector(picture, find);  // the first one takes memory that the next finds
  const auto start = std::chrono::steady_clock::now();
  Search result{.evaluations = 1, .found = detector(picture, find), .names = detector.names};
  result.milliseconds = milliseconds_since(start);
  return result;
}

// ---- what is shown ----

std::string duration(double milliseconds) {
  const double seconds = milliseconds / 1000;
  return seconds < 10     ? fmt::format("{:.1f} ms", milliseconds)
         : seconds < 600  ? fmt::format("{:.0f} s", seconds)
         : seconds < 7200 ? fmt::format("{:.0f} minutes", seconds / 60)
                          : fmt::format("{:.1f} hours", seconds / 3600);
}

void print_passes(const std::vector<Pass>& passes) {
  fmt::print("{:>13} {:>11} {:>12} {:>12} {:>6}\n", "window", "step", "evaluations", "time", "sure");
  for (const Pass& pass : passes) {
    fmt::print("{:>13} {:>11} {:>12} {:>12} {:>6}\n", fmt::format("{} x {}", pass.width, pass.height),
               fmt::format("{}, {}", pass.step_x, pass.step_y), pass.windows.size(),
               duration(pass.milliseconds), pass.sure.size());
  }
}

/// At every pixel, at the same sizes.
int64_t places_of(const std::vector<Pass>& passes) {
  int64_t places = 0;
  for (const Pass& pass : passes) {
    places += pass.places;
  }
  return places;
}

void print_way(const std::string& name, const Search& search) {
  fmt::print("{:<28} {:>12} {:>12} {:>6}\n", name, search.evaluations, duration(search.milliseconds),
             search.found.size());
}

nlohmann::json json_of(const Search& search) {
  return {{"evaluations", search.evaluations},
          {"milliseconds", search.milliseconds},
          {"detections", json_of_found_boxes(search.found, search.names)}};
}

nlohmann::json results_of(const Options& options, const Tensor& picture, const std::vector<Pass>& passes,
                          const Search& windows, const std::optional<Search>& detector) {
  nlohmann::json results = {{"file", options.image.string()},
                            {"width", picture.size(2)},
                            {"height", picture.size(1)},
                            {"sliding_window", json_of(windows)},
                            {"every_pixel", {{"evaluations", places_of(passes)}}}};
  results["sliding_window"]["model"] = options.model;
  nlohmann::json list = nlohmann::json::array();
  for (const Pass& pass : passes) {
    list.push_back({{"width", pass.width},
                    {"height", pass.height},
                    {"step", {pass.step_x, pass.step_y}},
                    {"evaluations", pass.windows.size()},
                    {"milliseconds", pass.milliseconds},
                    {"sure", pass.sure.size()}});
  }
  results["sliding_window"]["windows"] = list;
  if (detector) {
    results["detector"] = json_of(*detector);
    results["detector"]["cfg"] = options.cfg.string();
  }
  return results;
}

void run(const Options& options) {
  check_output_path(options.picture);
  check_output_path(options.json);
  check(options.cfg.empty() == options.detector_weights.empty(),
        "a detector takes two files: --cfg and --detector-weights");
  if (options.threads > 0) {
    set_num_threads(options.threads);
  }
  const NoGrad guard;
  NamedModel model = named_model(options.model, options.weights);
  check(model.channels == 3, "{} looks at grey pictures; sliding windows are colour ones", options.model);
  model.module->to(options.device);
  const Tensor picture = load_image(options.image);
  std::vector<Pass> passes = plan(picture.size(1), picture.size(2), options);
  fmt::print("{}  {} x {}\n\n", options.image.string(), picture.size(2), picture.size(1));

  const Search windows = search(model, picture, options, passes);
  std::optional<Search> detector;
  if (!options.cfg.empty()) {
    detector = detect(picture, options);
  }
  print_passes(passes);
  fmt::print("\n{:<28} {:>12} {:>12} {:>6}\n", "", "evaluations", "time", "boxes");
  print_way("windows, " + options.model, windows);
  const int64_t places = places_of(passes);
  fmt::print("{:<28} {:>12} {:>12}\n", "at every pixel, that would be", places,
             duration(windows.milliseconds * static_cast<double>(places) /
                      static_cast<double>(windows.evaluations)));
  if (detector) {
    print_way(options.cfg.stem().string(), *detector);
  }
  fmt::print("\nby windows\n");
  print_found_boxes(windows.found, windows.names);
  if (detector) {
    fmt::print("\nby the detector\n");
    print_found_boxes(detector->found, detector->names);
  }

  if (!options.picture.empty()) {
    Tensor drawn = draw_found_boxes(picture, windows.found, windows.names);
    if (detector) {  // side by side
      const Tensor gap = full({3, picture.size(1), 8}, 255, DType::UInt8);
      drawn = cat({drawn, gap, draw_found_boxes(picture, detector->found, detector->names)}, 2);
    }
    save_png(options.picture, drawn);
    fmt::print("\npicture  {}\n", options.picture.string());
  }
  if (!options.json.empty()) {
    write_json(options.json, results_of(options, picture, passes, windows, detector));
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Finds things in a picture by asking a classifier what each part of it shows; a detector beside it "
      "looks "
      "once.",
      "sliding_window");
  const CLI::Range positive(1e-3, 100.0);
  app.add_option("IMAGE", options.image, "a picture: JPEG, PNG or BMP")->required();
  app.add_option("--model", options.model, "the classifier, one of those of ./helder classify")
      ->capture_default_str();
  app.add_option("--weights", options.weights, "its weights: a file, or hf:owner/name[/file][@revision]")
      ->required();
  app.add_option("--sizes", options.sizes, "of the windows, in parts of the picture's shorter side")
      ->delimiter(',')
      ->check(CLI::Range(0.01, 1.0))
      ->capture_default_str();
  app.add_option("--aspects", options.aspects, "width over height of the windows, each with each size")
      ->delimiter(',')
      ->check(positive)
      ->capture_default_str();
  app.add_option("--stride", options.stride, "from one window to the next, in parts of its sides")
      ->check(CLI::Range(1e-3, 1.0))
      ->capture_default_str();
  app.add_option("--threshold", options.threshold, "how sure the classifier has to be")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--nms", options.nms, "windows of a class that overlap more than this are one thing")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--batch-size", options.batch_size, "windows at once")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--cfg", options.cfg, "a detector to compare with: darknet's .cfg file");
  app.add_option("--detector-weights", options.detector_weights, "its .weights file");
  app.add_option("--names", options.names, "the names of its classes, one a line");
  app.add_option("--detector-threshold", options.detector_threshold, "its least confidence")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--picture", options.picture,
                 "a PNG file for the picture with the boxes; both ways side by side");
  app.add_option("--json", options.json, "write the results here, for machines");
  app.add_option("--threads", options.threads, "by default one for each core")->check(CLI::Range(1, 1024));
  add_device_flag(app, options.device);
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
