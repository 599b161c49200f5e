#include "vision/found_boxes.h"

#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("found_boxes: above the threshold, suppressed within a class, the surest first", "[vision]") {
  // Input of 10 x 20 pixels (height x width), of which the picture is twice as large.
  const BoxPredictions predictions = {
      from_data(std::vector<float>{0.5F, 0.5F, 0.2F, 0.4F,   //
                                   0.52F, 0.5F, 0.2F, 0.4F,  // nearly the same
                                   0.1F, 0.1F, 0.4F, 0.4F},  // reaches beyond the edges
                {3, 4}),
      from_data(std::vector<float>{0.6F, 0.1F, 0.7F, 0.5F, 0.2F, 0.9F}, {3, 2})};
  const Placement half{.scale_x = 0.5, .scale_y = 0.5};
  const auto found = found_boxes(predictions, 10, 20, half, {.threshold = 0.3});
  REQUIRE(found.size() == 3);
  CHECK(found[0].class_id == 1);
  CHECK(found[0].confidence == Approx(0.9));
  CHECK(found[0].box_xyxy[0] == Approx(-4));
  CHECK(found[0].box_xyxy[3] == Approx(6));
  CHECK(found[1].class_id == 0);
  CHECK(found[1].confidence == Approx(0.7));
  CHECK(found[1].box_xyxy[0] == Approx(2 * (0.42 * 20)));
  CHECK(found[2].class_id == 1);  // the same box again, as the other class
  CHECK(found[2].confidence == Approx(0.5));

  CHECK(found_boxes(predictions, 10, 20, half, {.threshold = 0.3, .iou_threshold = 1}).size() == 4);
  CHECK(found_boxes(predictions, 10, 20, half, {.threshold = 0.95}).empty());
  CHECK(found_boxes({zeros({0, 4}), zeros({0, 2})}, 10, 20, half).empty());
}
