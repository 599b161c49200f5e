#include "models/unet.h"

#include "autograd/ops.h"
#include "layers/init.h"
#include "tensor/factories.h"
#include "tests/catch.h"

using namespace helder;

TEST_CASE("UNet gives an image of the size it gets", "[models]") {
  UNet net({.in_channels = 3, .out_channels = 5, .widths = {8, 16, 24}, .groups = 4});
  CHECK(net(randn({2, 3, 12, 20})).shape() == Shape{2, 5, 12, 20});
  CHECK_THROWS_WITH(net(randn({2, 3, 10, 20})),
                    "UNet: expected [N, C, H, W] with H and W multiples of 4, got [2,3,10,20]");
  CHECK_THROWS_WITH(UNet({.widths = {}}), "UNet: there must be at least one level");
}

TEST_CASE("UNet: what the way down saw goes past the smallest image", "[models]") {
  UNet net({.widths = {8, 16}, .groups = 4});
  init::zeros_(net.up[0].weight);  // nothing comes up from below
  init::zeros_(net.up[0].bias);
  const Tensor x = randn({1, 1, 8, 8});
  const Tensor y = net(x), moved = net(x * 2);
  CHECK(max(abs(y - moved)).item() > 1e-4);
}

TEST_CASE("UNet: every parameter gets a gradient", "[models]") {
  UNet net({.widths = {8, 16, 24}, .groups = 4});
  net(randn({1, 1, 8, 8})).sum().backward();
  for (const auto& [name, parameter] : net.named_parameters()) {
    INFO(name);
    CHECK(parameter.grad().defined());
  }
}
