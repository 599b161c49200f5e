#include "layers/pooling.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;
using testing::same_bits;

TEST_CASE("pooling layers call their op and have no state", "[layers]") {
  const Tensor x = randn({2, 3, 6, 8});
  MaxPool2d max(3, {.stride = 2, .padding = 1});
  CHECK(same_bits(max(x), max_pool2d(x, 3, {.stride = 2, .padding = 1})));
  CHECK(max.describe() == "MaxPool2d(3x3, stride=2x2, padding=1x1)");
  CHECK(MaxPool2d(2, {.stride = 2, .dilation = 3, .ceil_mode = true}).describe() ==
        "MaxPool2d(2x2, dilation=3x3, ceil_mode=true)");
  AvgPool2d avg({2, 4});
  CHECK(same_bits(avg(x), avg_pool2d(x, {2, 4})));
  CHECK(avg.describe() == "AvgPool2d(2x4)");
  CHECK(AvgPool2d(3, {.stride = 1, .padding = 1, .count_include_pad = false}).describe() ==
        "AvgPool2d(3x3, stride=1x1, padding=1x1, count_include_pad=false)");
  AdaptiveAvgPool2d global(1), rows({std::nullopt, 3});
  CHECK(same_bits(global(x), adaptive_avg_pool2d(x, 1)));
  CHECK(rows(x).shape() == Shape{2, 3, 6, 3});
  CHECK(global.describe() == "AdaptiveAvgPool2d(1x1)");
  CHECK(rows.describe() == "AdaptiveAvgPool2d(Hx3)");
  AdaptiveMaxPool2d largest({4, std::nullopt});
  CHECK(same_bits(largest(x), adaptive_max_pool2d(x, {4, std::nullopt})));
  CHECK(largest.describe() == "AdaptiveMaxPool2d(4xW)");
  for (const Module* layer : std::initializer_list<const Module*>{&max, &avg, &global, &largest}) {
    CHECK(layer->state_dict().empty());
  }
}
