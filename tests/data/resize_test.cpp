#include "data/resize.h"

#include <cstdio>

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/data/image_fixture.h"

using namespace helder;

TEST_CASE("resize: the bytes are Pillow's, up and down, odd sizes, both filters", "[data][resize]") {
  const SafetensorsFile fixture = image_fixture("resize");
  int cases = 0;
  for (const std::string& name : fixture.names()) {
    const bool bicubic = name.starts_with("bicubic.");
    int image = 0, height = 0, width = 0;
    const char* numbers = name.c_str() + std::string("bicubic.").size() + (bicubic ? 0 : 1);
    if (name.starts_with("image.") || std::sscanf(numbers, "%d.%dx%d", &image, &height, &width) != 3)
      continue;
    INFO(name);
    ++cases;
    const Tensor x = fixture.tensor(fmt::format("image.{}", image));
    const Tensor y = resize(x, height, width, bicubic ? Resample::Bicubic : Resample::Bilinear);
    REQUIRE(y.shape() == Shape{3, height, width});
    CHECK(difference(y, fixture.tensor(name)).largest == 0);
  }
  CHECK(cases == 28);
}

TEST_CASE("resize: views are read as what they show, and the same size is the same image", "[data][resize]") {
  const Tensor x = image_fixture("resize").tensor("image.0");
  const Tensor turned = x.transpose(1, 2);
  CHECK(difference(resize(turned, 9, 14), resize(turned.contiguous(), 9, 14)).largest == 0);
  CHECK(difference(resize(turned, turned.size(1), turned.size(2)), turned).largest == 0);
}

TEST_CASE("resize: black and white stay what they are, and a cubic's overshoot is cut off",
          "[data][resize]") {
  for (const int grey : {0, 255}) {
    const Tensor y = resize(full({1, 37, 23}, grey, DType::UInt8), 50, 7, Resample::Bicubic);
    CHECK(difference(y, full({1, 50, 7}, grey, DType::UInt8)).largest == 0);
  }
  const Tensor edge = tensor<uint8_t>({0, 0, 0, 0, 255, 255, 255, 255}).reshape({1, 1, 8});
  const auto y = resize(edge, 1, 16, Resample::Bicubic).to_vector<int64_t>();
  CHECK(y == std::vector<int64_t>{0, 0, 0, 0, 0, 0, 0, 52, 203, 255, 255, 255, 255, 255, 255, 255});
}

TEST_CASE("resize: refuses what it cannot do", "[data][resize]") {
  const Tensor x = zeros({3, 4, 5}, DType::UInt8);
  CHECK_THROWS_WITH(resize(zeros({3, 4, 5}), 2, 2),
                    "resize: expected an image [C,H,W] of uint8, got float32 [3,4,5]");
  CHECK_THROWS_WITH(resize(x.select(0, 0), 2, 2),
                    "resize: expected an image [C,H,W] of uint8, got uint8 [4,5]");
  CHECK_THROWS_WITH(resize(zeros({3, 0, 5}, DType::UInt8), 2, 2), "resize: the image [3,0,5] has no pixels");
  CHECK_THROWS_WITH(resize(x, 0, 2), "resize: 2 by 0 pixels are not from 1 to 178956970");
  CHECK_THROWS_WITH(resize(x, 1 << 20, 1 << 20),
                    "resize: 1048576 by 1048576 pixels are not from 1 to 178956970");
}
