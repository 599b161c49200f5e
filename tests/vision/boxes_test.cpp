#include "vision/boxes.h"

#include "autograd/gradcheck.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

namespace {

Tensor boxes_of(const std::vector<double>& numbers) {
  return from_data(numbers, {static_cast<int64_t>(numbers.size()) / 4, 4});
}

std::vector<double> numbers_of(const Tensor& tensor) { return tensor.to_vector<double>(); }

}  // namespace

TEST_CASE("box_convert: all ways lead to the same box", "[vision]") {
  const Tensor corners = boxes_of({10, 20, 30, 80, 0.5, 1, 0.5, 1});
  const Tensor centres = boxes_of({20, 50, 20, 60, 0.5, 1, 0, 0});
  const Tensor places = boxes_of({10, 20, 20, 60, 0.5, 1, 0, 0});
  const std::vector<std::pair<BoxFormat, Tensor>> all = {
      {BoxFormat::XYXY, corners}, {BoxFormat::CXCYWH, centres}, {BoxFormat::XYWH, places}};
  for (const auto& [from, given] : all) {
    for (const auto& [to, expected] : all) {
      CHECK(numbers_of(box_convert(given, from, to)) == numbers_of(expected));
    }
  }
  CHECK(box_convert(zeros({0, 4}), BoxFormat::XYXY, BoxFormat::XYWH).shape() == Shape{0, 4});
  CHECK_THROWS_WITH(box_convert(zeros({2, 5}), BoxFormat::XYXY, BoxFormat::XYWH),
                    "box_convert: expected boxes [N,4], got [2,5]");
}

TEST_CASE("box_iou: worked by hand", "[vision]") {
  const Tensor a = boxes_of({0, 0, 10, 10, 5, 5, 5, 9});
  const Tensor b = boxes_of({0,  0,  10, 10,   // the same
                             5,  0,  15, 10,   // half of each
                             10, 0,  20, 10,   // touches
                             2,  2,  4,  4,    // inside
                             30, 30, 40, 40,   // elsewhere
                             7,  7,  7,  7});  // nothing
  const std::vector<double> iou = numbers_of(box_iou(a, b));
  REQUIRE(iou.size() == 12);
  CHECK(iou[0] == 1);
  CHECK(iou[1] == Approx(50.0 / 150));
  CHECK(iou[2] == 0);
  CHECK(iou[3] == Approx(0.04));
  CHECK(iou[4] == 0);
  CHECK(std::vector<double>(iou.begin() + 5, iou.end()) == std::vector<double>(7, 0));  // no area, no overlap
  CHECK(numbers_of(box_area(a)) == std::vector<double>{100, 0});
  CHECK(box_iou(zeros({0, 4}), zeros({3, 4})).shape() == Shape{0, 3});
}

TEST_CASE("box_centre_distance: worked by hand", "[vision]") {
  const Tensor a = boxes_of({0, 0, 2, 2});
  const Tensor b = boxes_of({0, 0, 2, 2, 2, 0, 4, 2, 1, 1, 1, 1});
  const std::vector<double> distance = numbers_of(box_centre_distance(a, b));
  CHECK(distance[0] == 0);
  CHECK(distance[1] == Approx(4.0 / 20));  // 2 apart, in a box of 4 x 2
  CHECK(distance[2] == 0);
  CHECK(numbers_of(box_centre_distance(b.slice(0, 2, 3), b.slice(0, 2, 3))) == std::vector<double>{0});
}

TEST_CASE("box_iou and box_centre_distance have gradients", "[vision]") {
  const Tensor a = boxes_of({0.5, 0.1, 6.3, 5.2, 1.1, 2.3, 8.4, 4.9});
  const Tensor b = boxes_of({0, 0, 5, 5.9, 2.2, 1, 7.1, 6, 20, 20, 30.5, 31});
  for (Tensor x : {a, b}) {
    x.requires_grad_();
  }
  for (const auto function : {box_iou, box_centre_distance}) {
    const GradcheckResult result =
        gradcheck([&](const std::vector<Tensor>& x) { return function(x[0], x[1]); }, {a, b});
    INFO(result.message);
    CHECK(result);
  }
}

TEST_CASE("clip_boxes_to_image: cuts at each side", "[vision]") {
  CHECK(numbers_of(clip_boxes_to_image(boxes_of({-5, -1, 30, 12, 2, 3, 4, 5}), 10, 20)) ==
        std::vector<double>{0, 0, 20, 10, 2, 3, 4, 5});
}
