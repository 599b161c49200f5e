#include "vision/letterbox.h"

#include "tests/catch.h"
#include "tests/vision/fixture.h"

using namespace helder;

namespace {

void check_same(const Tensor& input, const nlohmann::json& expected) {
  const auto values = input.to_vector<double>();
  REQUIRE(values.size() == expected.size());
  double worst = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    worst = std::max(worst, std::abs(values[i] - expected[i].get<double>()));
  }
  CHECK(worst < 1e-6);
}

}  // namespace

TEST_CASE("stretch and letterbox: darknet's resize_image and letterbox_image", "[vision]") {
  for (const auto& c : vision_fixture("pictures")) {
    const auto sizes = c.at("sizes").get<std::vector<int64_t>>();
    INFO(c.at("sizes").dump());
    const Tensor picture = from_data(c.at("picture").get<std::vector<uint8_t>>(), {3, sizes[0], sizes[1]});
    check_same(stretch(picture, sizes[2], sizes[3]).input, c.at("stretch"));
    check_same(letterbox(picture, sizes[2], sizes[3]).input, c.at("letterbox"));
  }
}

TEST_CASE("letterbox: a picture keeps its proportions, and boxes find back", "[vision]") {
  const Tensor wide = full({3, 10, 40}, 255, DType::UInt8);
  const PlacedPicture placed = letterbox(wide, 32, 20);  // 20 x 5, in the middle of 32 rows
  CHECK(placed.placement.scale_x == 0.5);
  CHECK(placed.placement.scale_y == 0.5);
  CHECK(placed.placement.left == 0);
  CHECK(placed.placement.top == 13);
  CHECK(placed.input.at<float>({0, 12, 0}) == 0.5F);
  CHECK(placed.input.at<float>({0, 13, 0}) == 1);
  CHECK(placed.input.at<float>({2, 17, 19}) == 1);
  CHECK(placed.input.at<float>({2, 18, 19}) == 0.5F);

  const Tensor boxes = from_data(std::vector<float>{0, 0, 40, 10, 4, 2, 8, 6}, {2, 4});
  CHECK(placed.placement.to_input(boxes).to_vector<float>() ==
        std::vector<float>{0, 13, 20, 18, 2, 14, 4, 16});
  for (const PlacedPicture& each : {placed, stretch(wide, 17, 29), letterbox(wide, 7, 90)}) {
    const auto back = each.placement.to_picture(each.placement.to_input(boxes)).to_vector<float>();
    const auto there = boxes.to_vector<float>();
    for (size_t i = 0; i < back.size(); ++i) {
      CHECK(back[i] == Approx(there[i]).margin(1e-5));
    }
  }
}

TEST_CASE("stretch and letterbox: the smallest pictures and inputs, and what is none", "[vision]") {
  const float fifth = 51 * (1.0F / 255);
  const Tensor dot = full({3, 1, 1}, 51, DType::UInt8);
  CHECK(stretch(dot, 2, 3).input.to_vector<float>() == std::vector<float>(18, fifth));
  CHECK(stretch(full({3, 5, 4}, 51, DType::UInt8), 1, 1).input.to_vector<float>() ==
        std::vector<float>(3, fifth));
  CHECK(letterbox(full({3, 1, 100}, 255, DType::UInt8), 4, 4).input.at<float>({0, 1, 2}) ==
        1);  // one row is left
  CHECK_THROWS_WITH(stretch(zeros({3, 4, 4}), 2, 2),
                    "stretch: expected a picture [3,H,W] of uint8, got float32 [3,4,4]");
  CHECK_THROWS_WITH(letterbox(dot, 0, 2), "letterbox: a size of 2 x 0 pixels is none");
}
