#include "vision/nms.h"

#include "tests/catch.h"
#include "tests/vision/fixture.h"
#include "vision/boxes.h"

using namespace helder;

namespace {

struct Fixture {
  nlohmann::json json = vision_fixture("suppression");
  Tensor boxes = boxes_of(json.at("boxes"));
  Tensor scores = from_data(json.at("scores").get<std::vector<float>>(), {60});
  Tensor classes = from_data(json.at("classes").get<std::vector<int64_t>>(), {60});
};

std::vector<int64_t> numbers(const nlohmann::json& json) { return json.get<std::vector<int64_t>>(); }

}  // namespace

TEST_CASE("box_iou: torchvision's", "[vision]") {
  const Fixture f;
  const auto iou = box_iou(f.boxes, f.boxes)[7].to_vector<double>();
  const auto distance = box_centre_distance(f.boxes, f.boxes)[7].to_vector<double>();
  for (size_t i = 0; i < 60; ++i) {
    CHECK(iou[i] == Approx(f.json.at("iou_row")[i].get<double>()).margin(1e-6));
    CHECK(distance[i] == Approx(f.json.at("distance")[i].get<double>()).margin(1e-6));
  }
}

TEST_CASE("nms: keeps the boxes that torchvision keeps", "[vision]") {
  const Fixture f;
  for (const auto& [threshold, kept] : f.json.at("nms").items()) {
    INFO(threshold);
    CHECK(nms(f.boxes, f.scores, std::stod(threshold)).to_vector<int64_t>() == numbers(kept));
  }
  CHECK(batched_nms(f.boxes, f.scores, f.classes, 0.3).to_vector<int64_t>() ==
        numbers(f.json.at("batched_nms")));
}

TEST_CASE("nms: nothing, one, and a distance between centres", "[vision]") {
  CHECK(nms(zeros({0, 4}), zeros({0}), 0.5).shape() == Shape{0});
  CHECK(nms(zeros({1, 4}), zeros({1}), 0.5).to_vector<int64_t>() == std::vector<int64_t>{0});
  // Half a side apart: IoU 1/3, distance 1/4 over 13/4 of the box around both.
  const Tensor boxes = from_data(std::vector<float>{0, 0, 1, 1, 0.5, 0, 1.5, 1}, {2, 4});
  const Tensor scores = from_data(std::vector<float>{0.5, 0.9}, {2});
  CHECK(nms(boxes, scores, 0.34).to_vector<int64_t>() == std::vector<int64_t>{1, 0});
  CHECK(nms(boxes, scores, 0.33).to_vector<int64_t>() == std::vector<int64_t>{1});
  CHECK(nms(boxes, scores, 0.33, 1.0).to_vector<int64_t>() == std::vector<int64_t>{1, 0});
  CHECK(nms(boxes, scores, 0.256, 1.0).to_vector<int64_t>() == std::vector<int64_t>{1});
  CHECK(nms(boxes, scores, 0.257, 1.0).to_vector<int64_t>() == std::vector<int64_t>{1, 0});
  CHECK_THROWS_WITH(nms(boxes, zeros({3}), 0.5),
                    "nms: expected boxes [N,4] and scores [N], got [2,4] and [3]");
  CHECK_THROWS_WITH(batched_nms(boxes, scores, zeros({2}), 0.5),
                    "batched_nms: expected int64 classes [2], got float32 [2]");
}

TEST_CASE("soft_nms: as the paper's loop", "[vision]") {
  const Fixture f;
  const bool linear = GENERATE(true, false);
  const auto& expected = f.json.at(linear ? "soft_linear" : "soft_gaussian");
  const SoftNmsResult result =
      soft_nms(f.boxes, f.scores, {.decay = linear ? SoftNmsDecay::Linear : SoftNmsDecay::Gaussian});
  CHECK(result.kept.to_vector<int64_t>() == numbers(expected.at("kept")));
  const auto scores = result.scores.to_vector<double>();
  for (size_t i = 0; i < scores.size(); ++i) {
    CHECK(scores[i] == Approx(expected.at("scores")[i].get<double>()).epsilon(1e-4));
  }
}
