#include "data/synthetic_shapes.h"

#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using namespace helder::testing;

TEST_CASE("synthetic_shapes: boxes lie in their pictures, and shapes can be seen", "[data][shapes]") {
  const int64_t side = 64;
  const DetectionDataset shapes = synthetic_shapes(200, 3, side);
  REQUIRE(shapes.size() == 200);
  CHECK(shapes.classes == std::vector<std::string>{"circle", "square", "triangle", "star", "bar"});
  std::vector<int64_t> of_class(5);
  int64_t overlapping = 0, most = 0;
  for (const BoxedPicture& picture : shapes.pictures) {
    REQUIRE(!picture.boxes.empty());
    most = std::max(most, static_cast<int64_t>(picture.boxes.size()));
    for (const LabelledBox& box : picture.boxes) {
      const auto [left, top, right, bottom] = box.box_xyxy;
      REQUIRE((0 <= left && left < right && right <= side && 0 <= top && top < bottom && bottom <= side));
      REQUIRE(box.area <= (right - left) * (bottom - top));
      REQUIRE(box.area > 0.001 * side * side);
      ++of_class.at(static_cast<size_t>(box.label));
      for (const LabelledBox& other : picture.boxes) {
        overlapping += &other != &box && other.box_xyxy[0] < right && left < other.box_xyxy[2] &&
                       other.box_xyxy[1] < bottom && top < other.box_xyxy[3];
      }
    }
  }
  CHECK(most == 6);
  CHECK(overlapping > 200);
  for (const int64_t count : of_class) {
    CHECK(count > 90);  // of about 140
  }
}

TEST_CASE("synthetic_shapes: a box is the smallest around what is drawn", "[data][shapes]") {
  // One shape of another colour than the ground, which is the same in each column: how much of a pixel the
  // shape covers is seen to 0.31, half the range of the noise of two pixels over the difference of colours.
  constexpr int64_t kSide = 48;
  int tested = 0;
  for (const BoxedPicture& picture : synthetic_shapes(400, 9, kSide).pictures) {
    const auto [left, top, right, bottom] = picture.boxes[0].box_xyxy;
    const Tensor pixels = picture.load();
    REQUIRE(pixels.shape() == Shape{3, kSide, kSide});
    const int64_t row = top >= 2 ? 0 : kSide - 1;  // of the ground
    if (picture.boxes.size() != 1 || (top < 2 && bottom > kSide - 2)) {
      continue;
    }
    const auto x0 = static_cast<int64_t>(left), x1 = static_cast<int64_t>(right);
    const auto y0 = static_cast<int64_t>(top), y1 = static_cast<int64_t>(bottom);
    const auto difference = [&](int64_t c, int64_t y, int64_t x) {
      return static_cast<double>(pixels.at<uint8_t>({c, y, x}) - pixels.at<uint8_t>({c, row, x}));
    };
    for (int64_t c = 0; c < 3; ++c) {
      const double colour = difference(c, (y0 + y1) / 2, (x0 + x1) / 2);
      if (std::abs(colour) < 200) {
        continue;
      }
      const auto covers = [&](int64_t y, int64_t x) { return difference(c, y, x) / colour; };
      ++tested;
      double first_row = 0, last_row = 0, first_column = 0,
             last_column = 0;  // the most that is covered there
      for (int64_t y = 0; y < kSide; ++y) {
        for (int64_t x = 0; x < kSide; ++x) {
          const bool inside = x0 <= x && x < x1 && y0 <= y && y < y1;
          REQUIRE((inside || covers(y, x) < 0.82));
          first_row = std::max(first_row, y == y0 ? covers(y, x) : 0);
          last_row = std::max(last_row, y == y1 - 1 ? covers(y, x) : 0);
          first_column = std::max(first_column, x == x0 ? covers(y, x) : 0);
          last_column = std::max(last_column, x == x1 - 1 ? covers(y, x) : 0);
        }
      }
      CHECK(std::min({first_row, last_row, first_column, last_column}) > 0.18);
    }
  }
  CHECK(tested >= 5);
}

TEST_CASE("synthetic_shapes: seed and number decide, threads and count do not", "[data][shapes][threads]") {
  const auto boxes = [](const DetectionDataset& shapes, size_t i) { return shapes.pictures[i].boxes; };
  const DetectionDataset many = synthetic_shapes(20, 7, 32), few = synthetic_shapes(3, 7, 32),
                         others = synthetic_shapes(3, 8, 32);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(same_bits(many.pictures[i].load(), few.pictures[i].load()));
    CHECK(!same_bits(few.pictures[i].load(), others.pictures[i].load()));
    REQUIRE(boxes(many, i).size() == boxes(few, i).size());
    CHECK(boxes(many, i)[0].box_xyxy == boxes(few, i)[0].box_xyxy);
  }
  CHECK_THROWS_WITH(synthetic_shapes(-1, 1), "synthetic_shapes: count must not be negative, got -1");
  CHECK_THROWS_WITH(synthetic_shapes(1, 1, 16),
                    "synthetic_shapes: a side must have 32 to 4096 pixels, got 16");
}
