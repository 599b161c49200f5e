#include "layers/pixel_shuffle.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

TEST_CASE("PixelShuffle and PixelUnshuffle undo each other", "[layers]") {
  const Tensor x = randn({2, 18, 4, 5});
  PixelShuffle up(3);
  PixelUnshuffle down(3);
  CHECK(up(x).shape() == Shape{2, 2, 12, 15});
  CHECK(testing::same_bits(up(x), pixel_shuffle(x, 3)));
  CHECK(testing::same_bits(down(up(x)), x));
  CHECK(up.describe() == "PixelShuffle(upscale_factor=3)");
  CHECK(down.describe() == "PixelUnshuffle(downscale_factor=3)");
  CHECK(up.state_dict().empty());
}
