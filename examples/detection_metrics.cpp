// Judges boxes that a detector found against the truth: precision, recall, average precision, and what was
// taken for what

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "data/coco_json.h"
#include "data/image.h"
#include "examples/common/command_line.h"
#include "examples/common/output_files.h"
#include "examples/common/precision_recall_picture.h"
#include "vision/detection_metrics.h"

using namespace helder;

namespace {

struct Options {
  std::filesystem::path truth, detections, json, picture;
  double iou = 0.5, confidence = 0.25;
};

using Curves = std::vector<std::pair<int64_t, PrecisionRecall>>;

// COCO's lines, in its order.
std::vector<std::tuple<const char*, const char*, double>> lines_of(const CocoMetrics& m) {
  return {{"ap", "AP   IoU .50 to .95", m.ap},
          {"ap50", "AP   IoU .50", m.ap50},
          {"ap75", "AP   IoU .75", m.ap75},
          {"ap_small", "AP   small (area to 32^2)", m.ap_small},
          {"ap_medium", "AP   medium", m.ap_medium},
          {"ap_large", "AP   large (from 96^2)", m.ap_large},
          {"ar1", "AR   1 detection a picture and class", m.ar1},
          {"ar10", "AR   10 detections", m.ar10},
          {"ar100", "AR   100 detections", m.ar100},
          {"ar_small", "AR   small", m.ar_small},
          {"ar_medium", "AR   medium", m.ar_medium},
          {"ar_large", "AR   large", m.ar_large}};
}

/// A share, or that there is none.
std::string share(double value) { return value < 0 ? "-" : fmt::format("{:.3f}", value); }

void print_classes(const Curves& curves, const CocoMetrics& metrics, const CocoTruth& truth, double iou) {
  fmt::print("\n{:<16} {:>6} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "class", "truth", "AP",
             fmt::format("AP {}", iou), "best F1", "precision", "recall", "from");
  for (const auto& [category, curve] : curves) {
    const size_t best = curve.best_step();
    const bool any = best < curve.score.size();
    const auto ap = metrics.ap_of.find(category);
    fmt::print("{:<16} {:>6} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9}\n", truth.categories.at(category),
               curve.truth, share(ap == metrics.ap_of.end() ? -1 : ap->second),
               share(curve.average_precision), share(any ? curve.f1(best) : -1),
               share(any ? curve.precision[best] : -1), share(any ? curve.recall[best] : -1),
               share(any ? curve.score[best] : -1));
  }
}

void print_confusion(const DetectionConfusion& confusion, const CocoTruth& truth, double confidence) {
  fmt::print("\ntruth (rows), taken for (columns), at a confidence of {}\n{:<16}", confidence, "");
  for (const int64_t category : confusion.categories) {
    fmt::print(" {:>10.10}", truth.categories.at(category));
  }
  fmt::print(" {:>10}\n", "not found");
  for (size_t row = 0; row < confusion.counts.size(); ++row) {
    const bool nothing = row == confusion.categories.size();
    fmt::print("{:<16.16}", nothing ? "(nothing)" : truth.categories.at(confusion.categories[row]));
    for (const int64_t count : confusion.counts[row]) {
      fmt::print(" {:>10}", count);
    }
    fmt::print("\n");
  }
}

nlohmann::json results_of(const Curves& curves, const CocoMetrics& metrics,
                          const DetectionConfusion& confusion, const CocoTruth& truth) {
  nlohmann::json results, classes = nlohmann::json::array();
  for (const auto& [key, text, value] : lines_of(metrics)) {
    results[key] = value;
  }
  for (const auto& [category, curve] : curves) {
    const auto ap = metrics.ap_of.find(category);
    classes.push_back({{"class_id", category},
                       {"name", truth.categories.at(category)},
                       {"truth", curve.truth},
                       {"ap", ap == metrics.ap_of.end() ? -1 : ap->second},
                       {"ap_at_iou", curve.average_precision},
                       {"score", curve.score},
                       {"precision", curve.precision},
                       {"recall", curve.recall}});
  }
  results["classes"] = classes;
  results["confusion"] = {{"categories", confusion.categories}, {"counts", confusion.counts}};
  return results;
}

void run(const Options& options) {
  check_output_path(options.json);
  check_output_path(options.picture);
  const CocoTruth truth = load_coco_truth(options.truth);
  const std::vector<DetectedBox> found = load_coco_detections(options.detections, truth);
  fmt::print("{} pictures, {} boxes to be found, {} detections\n\n", truth.images.size(), truth.boxes.size(),
             found.size());

  const CocoMetrics metrics = coco_metrics(truth.boxes, found);
  for (const auto& [key, text, value] : lines_of(metrics)) {
    fmt::print("{:<40} {}\n", text, share(value));
  }
  Curves curves;
  for (const auto& [category, name] : truth.categories) {
    PrecisionRecall curve = precision_recall(truth.boxes, found, category, options.iou);
    if (curve.truth > 0) {
      curves.emplace_back(category, std::move(curve));
    }
  }
  print_classes(curves, metrics, truth, options.iou);
  const DetectionConfusion confusion =
      detection_confusion(truth.boxes, found, options.confidence, options.iou);
  constexpr size_t kMost = 12;  // columns that fit on a screen
  if (confusion.categories.size() <= kMost) {
    print_confusion(confusion, truth, options.confidence);
  }
  if (!options.picture.empty()) {
    std::vector<std::pair<std::string, PrecisionRecall>> named;
    for (const auto& [category, curve] : curves) {
      named.emplace_back(truth.categories.at(category), curve);
    }
    save_png(options.picture, precision_recall_picture(named));
    fmt::print("\npicture  {}\n", options.picture.string());
  }
  if (!options.json.empty()) {
    write_json(options.json, results_of(curves, metrics, confusion, truth));
    fmt::print("results  {}\n", options.json.string());
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Judges boxes that a detector found against the truth, as COCO does.", "detection_metrics");
  app.add_option("TRUTH", options.truth, "COCO's annotations: JSON with images, categories, annotations")
      ->required();
  app.add_option("DETECTIONS", options.detections,
                 "COCO's results: a JSON list of image_id, category_id, bbox, score")
      ->required();
  app.add_option("--iou", options.iou,
                 "the overlap from which a box is found, for the curves and the confusion")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--confidence", options.confidence, "the least score that counts for the confusion")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--picture", options.picture, "draw precision over recall here, as a PNG file");
  app.add_option("--json", options.json, "write the results here, for machines");
  return parse_and_run(app, argc, argv, [&] {
    run(options);
    return 0;
  });
}
