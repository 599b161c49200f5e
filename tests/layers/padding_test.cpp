#include "layers/padding.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/ops/op_case.h"

using namespace helder;

TEST_CASE("ZeroPad2d and ReflectionPad2d pad left, right, top, bottom", "[layers]") {
  const Tensor x = from_data(std::vector<float>{1, 2, 3, 4, 5, 6}, {1, 1, 2, 3});
  ZeroPad2d zeros_around({1, 0, 0, 2});
  CHECK(zeros_around(x).shape() == Shape{1, 1, 4, 4});
  CHECK(zeros_around(x).to_vector<float>() ==
        std::vector<float>{0, 1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(zeros_around.describe() == "ZeroPad2d(1, 0, 0, 2)");
  CHECK(ZeroPad2d(3)(x).shape() == Shape{1, 1, 8, 9});

  ReflectionPad2d mirror({2, 1, 1, 0});
  CHECK(mirror(x).to_vector<float>() ==
        std::vector<float>{6, 5, 4, 5, 6, 5, 3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5});
  CHECK(mirror(x).shape() == Shape{1, 1, 3, 6});
  CHECK(mirror.describe() == "ReflectionPad2d(2, 1, 1, 0)");
  CHECK(mirror.state_dict().empty());
}
