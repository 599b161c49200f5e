#include "layers/upsample.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using testing::same_bits;

TEST_CASE("Upsample calls interpolate with its options", "[layers]") {
  const Tensor x = randn({2, 3, 4, 5});
  Upsample twice({.scale_factor = 2.0});
  CHECK(same_bits(twice(x), interpolate(x, {.scale_factor = 2.0})));
  CHECK(twice(x).shape() == Shape{2, 3, 8, 10});
  CHECK(twice.describe() == "Upsample(scale_factor=2x2, mode=nearest)");
  CHECK(twice.state_dict().empty());

  Upsample smooth({.size = Pair(7, 3), .mode = "bilinear", .align_corners = true});
  CHECK(
      same_bits(smooth(x), interpolate(x, {.size = Pair(7, 3), .mode = "bilinear", .align_corners = true})));
  CHECK(smooth.describe() == "Upsample(size=7x3, mode=bilinear, align_corners=true)");

  Upsample neither({});
  CHECK_THROWS_WITH(neither(x), "interpolate: give either size or scale_factor, not neither");
}
