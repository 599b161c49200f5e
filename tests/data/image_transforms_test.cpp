#include "data/image_transforms.h"

#include <cmath>
#include <set>

#include "autograd/ops/stack.h"
#include "data/image.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data/image_fixture.h"

using namespace helder;

namespace {

// Each pixel's value tells its place: channel 0 is its row, channel 1 its column, channel 2 the number 7.
Tensor map_of(int64_t height, int64_t width) {
  const Tensor image = empty({3, height, width}, DType::UInt8);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      image.at<uint8_t>({0, y, x}) = static_cast<uint8_t>(y);
      image.at<uint8_t>({1, y, x}) = static_cast<uint8_t>(x);
      image.at<uint8_t>({2, y, x}) = 7;
    }
  }
  return image;
}

std::vector<int64_t> values(const Tensor& tensor) { return tensor.to_vector<int64_t>(); }

double largest_difference(const Tensor& a, const Tensor& b) {
  const auto x = a.to_vector<double>(), y = b.to_vector<double>();
  double largest = 0;
  for (size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x[i] - y.at(i)));
  return largest;
}

}  // namespace

TEST_CASE("image_transforms: a classifier's input is torchvision's", "[data][transforms]") {
  const SafetensorsFile fixture = image_fixture("transforms");
  const std::pair<const char*, Preprocessing> cases[] = {
      {"32-28", {.resize = 32, .crop = 28}},
      {"31-24-bicubic", {.resize = 31, .crop = 24, .resample = Resample::Bicubic}},
      {"30-37", {.resize = 30, .crop = 37}},
      {"0-25", {.resize = 0, .crop = 25}},
  };
  for (const auto& [name, preprocessing] : cases) {
    for (int i = 0; i < 4; ++i) {
      const std::string number = fmt::format(".{}", i);
      INFO(name << number);
      const Tensor x = preprocess(fixture.tensor("image" + number), preprocessing);
      const Tensor expected = fixture.tensor(name + number);
      REQUIRE(x.shape() == expected.shape());
      CHECK(largest_difference(x, expected) < 1e-6);
    }
  }
  CHECK_THROWS_WITH(preprocess(zeros({1, 4, 4}, DType::UInt8), {}),
                    "preprocess: expected an image [3,H,W] of uint8, got uint8 [1,4,4]");
}

TEST_CASE("image_transforms: crops are views, margins are filled", "[data][transforms]") {
  const Tensor image = map_of(5, 6);
  const Tensor part = crop(image, 1, 2, 2, 3);
  CHECK(values(part[0]) == std::vector<int64_t>{1, 1, 1, 2, 2, 2});
  CHECK(values(part[1]) == std::vector<int64_t>{2, 3, 4, 2, 3, 4});
  CHECK(part.shares_storage(image));
  CHECK(center_crop(image, 5, 6).shares_storage(image));

  const Tensor framed = add_margins(part, {.left = 1, .bottom = 1}, 9);
  CHECK(values(framed[1]) == std::vector<int64_t>{9, 2, 3, 4, 9, 2, 3, 4, 9, 9, 9, 9});

  CHECK_THROWS_WITH(crop(image, 4, 0, 2, 6),
                    "crop: 6 by 2 pixels at left 0, top 4 are not inside an image of 6 by 5");
  CHECK_THROWS_WITH(crop(image, 0, -1, 1, 1),
                    "crop: 1 by 1 pixels at left -1, top 0 are not inside an image of 6 by 5");
  CHECK_THROWS_WITH(
      crop(image, 1, 0, INT64_MAX, 6),
      fmt::format("crop: 6 by {} pixels at left 0, top 1 are not inside an image of 6 by 5", INT64_MAX));
  CHECK_THROWS_WITH(crop(zeros({5, 6}), 0, 0, 1, 1),
                    "crop: expected an image [C,H,W] of uint8, got float32 [5,6]");
  CHECK_THROWS_WITH(add_margins(image, {.top = -1}),
                    "add_margins: a margin of -1 pixels is not from 0 to 178956970");
  CHECK_THROWS_WITH(add_margins(image, {.left = 100000, .top = 100000}),
                    "add_margins: 100006 by 100005 pixels are more than 178956970");
  CHECK_THROWS_WITH(center_crop(image, 0, 3), "center_crop: 3 by 0 pixels cannot be cut out");
}

TEST_CASE("image_transforms: sides, floats, channels", "[data][transforms]") {
  CHECK(resize_shorter_side(zeros({1, 375, 500}, DType::UInt8), 256).shape() == Shape{1, 256, 341});
  CHECK(resize_shorter_side(zeros({1, 500, 375}, DType::UInt8), 256).shape() == Shape{1, 341, 256});
  CHECK_THROWS_WITH(resize_shorter_side(zeros({1, 2, 60000}, DType::UInt8), 256),
                    "resize: 7680000 by 256 pixels are not from 1 to 178956970");
  CHECK(to_float(tensor<uint8_t>({0, 51, 255}).reshape({1, 1, 3})).to_vector<float>() ==
        std::vector<float>{0.0f, 0.2f, 1.0f});

  const Tensor images = stack({map_of(4, 5), map_of(4, 5)});
  const Tensor y = normalize_pixels(images, {0, 0.5f, 0}, {1, 0.25f, 2});
  CHECK(y.at<float>({1, 0, 2, 0}) == 2 / 255.0f);
  CHECK(y.at<float>({1, 1, 2, 3}) == Approx((3 / 255.0 - 0.5) / 0.25));
  CHECK(y.at<float>({0, 2, 0, 0}) == Approx(7 / 255.0 / 2));
  CHECK_THROWS_WITH(normalize_pixels(images, {}, {1, 0, 1}),
                    "normalize_pixels: the standard deviation of channel 1 is 0");
  CHECK_THROWS_WITH(normalize_pixels(images[0][0], {}, {1, 1, 1}),
                    "normalize_pixels: expected images [3,H,W] or [N,3,H,W] of uint8, got uint8 [4,5]");
}

TEST_CASE("image_transforms: half of the images are mirrored, from a seed", "[data][transforms]") {
  const Tensor image = map_of(2, 3);
  CHECK(values(horizontal_flip(image)[1]) == std::vector<int64_t>{2, 1, 0, 2, 1, 0});
  CHECK(values(horizontal_flip(image)[0]) == std::vector<int64_t>{0, 0, 0, 1, 1, 1});
  Generator random(5), again(5);
  int flipped = 0;
  for (int i = 0; i < 1000; ++i) {
    const Tensor result = random_horizontal_flip(image, random);
    CHECK(values(result) == values(random_horizontal_flip(image, again)));
    flipped += result.at<uint8_t>({1, 0, 0}) == 2;
  }
  CHECK(std::abs(flipped - 500) < 64);  // 4 standard deviations
  CHECK(values(random_horizontal_flip(image, random, 0)) == values(image));
  CHECK(values(random_horizontal_flip(image, random, 1)[1]) == std::vector<int64_t>{2, 1, 0, 2, 1, 0});
  CHECK_THROWS_WITH(random_horizontal_flip(image, random, 1.5),
                    "random_horizontal_flip: the probability 1.5 is not from 0 to 1");
}

TEST_CASE("image_transforms: a random crop lies anywhere in the padded image", "[data][transforms]") {
  const Tensor image = map_of(6, 8);  // with 2 pixels around it 10 by 12; 5 x 5 fits at 6 x 8 places
  Generator random(7);
  std::set<std::pair<int64_t, int64_t>> places;
  for (int i = 0; i < 2000; ++i) {
    const Tensor part = random_crop(image, 5, 2, random);
    REQUIRE(part.shape() == Shape{3, 5, 5});
    // The middle pixel is at least 2 from the part's border, so it is one of the image's.
    REQUIRE(part.at<uint8_t>({2, 2, 2}) == 7);
    places.emplace(part.at<uint8_t>({0, 2, 2}), part.at<uint8_t>({1, 2, 2}));
  }
  CHECK(places.size() == 48);
  CHECK_THROWS_WITH(random_crop(image, 11, 2, random),
                    "random_crop: 11 by 11 pixels are not inside a padded image of 12 by 10");
}

TEST_CASE("image_transforms: random parts have the area and the ratio asked for", "[data][transforms]") {
  const Tensor image = map_of(100, 200);
  Generator random(9);
  double least = 1, most = 0;
  for (int i = 0; i < 200; ++i) {
    const Tensor part = random_resized_crop(image, 64, random, {.scale = {0.1, 0.4}, .ratio = {0.5, 1.0}});
    REQUIRE(part.shape() == Shape{3, 64, 64});
    // The place of the first and last pixels, half a step inside the part's border, tells its size.
    const double step_y = (part.at<uint8_t>({0, 63, 0}) - part.at<uint8_t>({0, 0, 0})) / 63.0;
    const double step_x = (part.at<uint8_t>({1, 0, 63}) - part.at<uint8_t>({1, 0, 0})) / 63.0;
    const double area = 64 * step_y * 64 * step_x / (100 * 200), ratio = step_x / step_y;
    CHECK(area > 0.09);
    CHECK(area < 0.42);
    CHECK(ratio > 0.45);
    CHECK(ratio < 1.08);
    least = std::min(least, area), most = std::max(most, area);
  }
  CHECK(least < 0.15);
  CHECK(most > 0.35);
  Generator one(4), two(4);
  CHECK(values(random_resized_crop(image, 9, one)) == values(random_resized_crop(image, 9, two)));

  // No square of this area fits: the middle.
  const Tensor strip = map_of(10, 200);
  const Tensor middle = random_resized_crop(strip, 10, random, {.scale = {0.9, 1.0}, .ratio = {1, 1}});
  CHECK(values(middle) == values(center_crop(strip, 10, 10)));
  CHECK_THROWS_WITH(
      random_resized_crop(image, 9, random, {.scale = {0, 1}}),
      "random_resized_crop: scale (0, 1) and ratio (0.75, 1.3333333333333333) have to be ranges above 0");
}
