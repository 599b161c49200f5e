#include "vision/detection_metrics.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "data/coco_json.h"
#include "tensor/error.h"
#include "tests/catch.h"
#include "tests/paths.h"
#include "tests/temporary_directory.h"

using namespace helder;

namespace {

// By tests/fixtures/generate_detection_metrics.py.
std::string fixture(const std::string& name) {
  return testing::source_path("tests/fixtures/detection_metrics/" + name + ".json");
}

TruthBox truth_at(int64_t image, int64_t category, double x, bool crowd = false) {
  return {.image = image, .category = category, .box_xywh = {x, 0, 10, 10}, .area = 100, .crowd = crowd};
}

DetectedBox found_at(int64_t image, int64_t category, double x, double score) {
  return {.image = image, .category = category, .box_xywh = {x, 0, 10, 10}, .score = score};
}

}  // namespace

TEST_CASE("coco_metrics: pycocotools' numbers", "[vision][metrics]") {
  const CocoTruth truth = load_coco_truth(fixture("truth"));
  const std::vector<DetectedBox> found = load_coco_detections(fixture("detections"), truth);
  std::ifstream file(fixture("expected"));
  const auto expected = nlohmann::json::parse(file);
  const CocoMetrics m = coco_metrics(truth.boxes, found);
  const std::vector<double> stats = {m.ap,  m.ap50, m.ap75,  m.ap_small, m.ap_medium, m.ap_large,
                                     m.ar1, m.ar10, m.ar100, m.ar_small, m.ar_medium, m.ar_large};
  REQUIRE(expected.at("stats").size() == 12);
  for (size_t i = 0; i < 12; ++i) {
    INFO(i);
    CHECK(stats[i] == Approx(expected.at("stats")[i].get<double>()).margin(1e-9));
  }
  for (const auto& [id, ap] : expected.at("ap").items()) {
    INFO(id);
    const int64_t category = std::stoll(id);
    if (ap == -1) {
      CHECK(m.ap_of.count(category) == 0);
      CHECK(precision_recall(truth.boxes, found, category).average_precision == -1);
    } else {
      CHECK(m.ap_of.at(category) == Approx(ap.get<double>()).margin(1e-9));
      CHECK(m.ap50_of.at(category) == Approx(expected.at("ap50").at(id).get<double>()).margin(1e-9));
      CHECK(precision_recall(truth.boxes, found, category).average_precision ==
            Approx(expected.at("ap50").at(id).get<double>()).margin(1e-9));
    }
  }
}

TEST_CASE("coco_metrics: nothing to be found, and nothing found", "[vision][metrics]") {
  CHECK(coco_metrics({}, {}).ap == -1);
  const std::vector<TruthBox> truth = {truth_at(1, 1, 0)};
  CHECK(coco_metrics(truth, {}).ap == 0);
  CHECK(coco_metrics(truth, {}).ar100 == 0);
  CHECK(coco_metrics(truth, {}).ap_large == -1);
  const std::vector<DetectedBox> found = {found_at(1, 1, 0, 0.5)};
  CHECK(coco_metrics({}, found).ap == -1);
  CHECK(coco_metrics(truth, found).ap == Approx(1));
}

TEST_CASE("precision_recall: worked by hand", "[vision][metrics]") {
  const std::vector<TruthBox> truth = {truth_at(1, 1, 0), truth_at(1, 1, 100), truth_at(2, 1, 0),
                                       truth_at(2, 1, 200, /*crowd=*/true), truth_at(2, 2, 0)};
  const std::vector<DetectedBox> found = {
      found_at(1, 1, 1, 0.9),     // right: overlap 9/11
      found_at(1, 1, 0, 0.8),     // the same thing again: wrong
      found_at(2, 1, 200, 0.75),  // a crowd: neither
      found_at(1, 1, 105, 0.7),   // badly drawn, overlap 1/3: wrong
      found_at(2, 1, 0, 0.6),     // right
  };
  const PrecisionRecall curve = precision_recall(truth, found, 1);
  CHECK(curve.truth == 3);
  CHECK(curve.score == std::vector<double>{0.9, 0.8, 0.75, 0.7, 0.6});
  const std::vector<double> precision = {1, 0.5, 0.5, 1.0 / 3, 0.5},
                            recall = {1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3, 2.0 / 3};
  for (size_t i = 0; i < 5; ++i) {
    CHECK(curve.precision[i] == Approx(precision[i]));
    CHECK(curve.recall[i] == Approx(recall[i]));
  }
  // Recalls 0 to .33 at precision 1, .34 to .66 at 1/2, and none beyond.
  CHECK(curve.average_precision == Approx((34 * 1 + 33 * 0.5) / 101));
  CHECK(curve.best_step() == 4);
  CHECK(curve.f1(4) == Approx(2 * 0.5 * (2.0 / 3) / (0.5 + 2.0 / 3)));
  // A lower threshold takes the badly drawn box.
  CHECK(precision_recall(truth, found, 1, 0.3).recall.back() == Approx(1));
}

TEST_CASE("detection_confusion: worked by hand", "[vision][metrics]") {
  const std::vector<TruthBox> truth = {truth_at(1, 1, 0), truth_at(1, 2, 100), truth_at(1, 1, 200),
                                       truth_at(1, 1, 300, /*crowd=*/true)};
  const std::vector<DetectedBox> found = {
      found_at(1, 1, 1, 0.5),    // right
      found_at(1, 2, 2, 0.9),    // overlaps the same thing less
      found_at(1, 1, 100, 0.4),  // a 2 taken for a 1
      found_at(2, 2, 0, 0.3),    // of nothing
      found_at(1, 1, 200, 0.2),  // not sure enough
  };
  const DetectionConfusion confusion = detection_confusion(truth, found);
  CHECK(confusion.categories == std::vector<int64_t>{1, 2});
  CHECK(confusion.counts == std::vector<std::vector<int64_t>>{{1, 0, 1}, {1, 0, 0}, {0, 2, 0}});
}

TEST_CASE("coco files: what is wrong in them, and where", "[vision][metrics]") {
  const TemporaryDirectory folder;
  const std::string path = (folder / "t.json").string(), name = "coco: " + path;
  const auto truth_error = [&](const std::string& text) -> std::string {
    write_file(path, text);
    try {
      load_coco_truth(path);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const std::string start = R"({"images":[{"id":1}],"categories":[{"id":2,"name":"x"}],"annotations":[)";
  CHECK(truth_error(start + R"({"image_id":1,"category_id":2,"bbox":[0,0,1,1]}]})").empty());
  CHECK_THAT(truth_error("{"), StartsWith(name + ": not JSON: "));
  CHECK(truth_error("[]") == name + ": 'images' is missing");
  CHECK(truth_error(R"({"images":3})") == name + ": images is not a list");
  CHECK(truth_error(R"({"images":[{}]})") == name + ": images[0]: 'id' is missing");
  CHECK(truth_error(R"({"images":[{"id":1.5}]})") == name + ": images[0]: 'id' is not a whole number");
  CHECK(truth_error(R"({"images":[],"categories":[{"id":1,"name":2}]})") ==
        name + ": categories[0]: 'name' is not a string");
  CHECK(truth_error(start + R"({"image_id":3,"category_id":2,"bbox":[0,0,1,1]}]})") ==
        name + ": annotations[0]: there is no image_id 3");
  CHECK(truth_error(start + R"({"image_id":1,"category_id":2,"bbox":[0,0,1]}]})") ==
        name + ": annotations[0]: 'bbox' is not a list of four numbers");
  CHECK(truth_error(start + R"({"image_id":1,"category_id":2,"bbox":[0,0,1,-1]}]})") ==
        name + ": annotations[0]: a 'bbox' of 1 x -1 is none");
  CHECK(truth_error(start + R"({"image_id":1,"category_id":2,"bbox":[0,0,1,"1"]}]})") ==
        name + ": annotations[0]: 'bbox' is not a number");

  const CocoTruth truth = load_coco_truth(fixture("truth"));
  write_file(path, R"([{"image_id":1,"category_id":4,"bbox":[0,0,1,1],"score":0.5}])");
  CHECK_THROWS_WITH(load_coco_detections(path, truth), name + ": detections[0]: there is no category_id 4");
  write_file(path, R"([{"image_id":1,"category_id":1,"bbox":[0,0,1,1]}])");
  CHECK_THROWS_WITH(load_coco_detections(path, truth), name + ": detections[0]: 'score' is missing");
  write_file(path, "{}");
  CHECK_THROWS_WITH(load_coco_detections(path, truth), name + ": detections is not a list");
}
