#include "tensor/cuda_built.h"

#if HELDER_CUDA_SIMT || HELDER_CUDA_NVCC

#include "kernels/conv2d/conv2d.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/kernels/simt/device.h"

using namespace helder;
using namespace helder::kernels;
using namespace helder::testing;

namespace {

// Small integers and their sums are exact in any order: both devices must agree to the bit.
std::vector<double> integers(int64_t count, Generator& generator) {
  return randint(-4, 5, {count}, DType::Float64, generator).to_vector<double>();
}

template <class T>
std::vector<T> as(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// All four functions, or forward alone, in T on the GPU, and in double on the CPU.
template <class T>
void compare(const Conv2dGeometry& g, bool gradients = true) {
  Generator generator(5);
  const int64_t out = g.N * g.O * g.OH() * g.OW();
  const auto x = integers(g.N * g.C * g.H * g.W, generator), dy = integers(out, generator);
  const auto w = integers(g.O * g.group_inputs() * g.taps(), generator), residual = integers(out, generator);
  const auto scale = integers(g.O, generator), shift = integers(g.O, generator), b = integers(g.C, generator);
  const OnDevice<T> x_(as<T>(x)), w_(as<T>(w)), dy_(as<T>(dy)), residual_(as<T>(residual)), b_(as<T>(b)),
      scale_(as<T>(scale)), shift_(as<T>(shift));

  std::vector<double> y(dy.size()), dx(x.size()), dw(w.size()), db(shift.size());
  const OnDevice<T> y_(as<T>(y)), dx_(as<T>(dx)), dw_(as<T>(dw)), db_(as<T>(db));
  Epilogue<double> end(shift.data());
  end.scale = scale.data();
  end.residual = residual.data();
  end.low = -100;
  end.high = 200;
  Epilogue<T> end_(shift_.data());
  end_.scale = scale_.data();
  end_.residual = residual_.data();
  end_.low = -100;
  end_.high = 200;

  conv2d_forward_cpu<double>(g, x.data(), w.data(), end, y.data());
  conv2d_forward_cuda<T>(g, x_.data(), w_.data(), end_, y_.data());
  CHECK(y_.values() == as<T>(y));
  if (!gradients) {
    return;
  }
  conv2d_backward_input_cpu<double>(g, w.data(), dy.data(), dx.data(), b.data());
  conv2d_backward_input_cuda<T>(g, w_.data(), dy_.data(), dx_.data(), b_.data());
  CHECK(dx_.values() == as<T>(dx));
  conv2d_backward_weight_cpu<double>(g, x.data(), dy.data(), dw.data());
  conv2d_backward_weight_cuda<T>(g, x_.data(), dy_.data(), dw_.data());
  CHECK(dw_.values() == as<T>(dw));
  conv2d_backward_bias_cpu<double>(g, dy.data(), db.data());
  conv2d_backward_bias_cuda<T>(g, dy_.data(), db_.data());
  CHECK(db_.values() == as<T>(db));
}

void compare_in_all_orders(const Conv2dGeometry& g) {
  for_each_order([&] {
    compare<float>(g);
    compare<double>(g);
  });
}

}  // namespace

TEST_CASE("conv2d on the GPU: few output channels, and a depth in several parts", "[cuda][conv2d]") {
  if (no_device()) {
    return;
  }
  compare_in_all_orders(
      {.N = 3, .C = 3, .H = 20, .W = 21, .O = 5, .KH = 3, .KW = 3, .padding_h = 1, .padding_w = 1});
}

TEST_CASE("conv2d on the GPU: square tiles, with a stride, a dilation and groups", "[cuda][conv2d]") {
  if (no_device()) {
    return;
  }
  compare_in_all_orders({.N = 2,
                         .C = 10,
                         .H = 11,
                         .W = 13,
                         .O = 70,
                         .KH = 3,
                         .KW = 2,
                         .stride_h = 2,
                         .stride_w = 3,
                         .padding_h = 2,
                         .padding_w = 1,
                         .dilation_h = 1,
                         .dilation_w = 2,
                         .groups = 2});
}

TEST_CASE("conv2d on the GPU: large tiles", "[cuda][conv2d]") {
  if (no_device()) {
    return;
  }
  // So many groups that a tile for each would fill a GPU; neither rows nor columns fill a tile.
  constexpr Conv2dGeometry g = {
      .N = 1, .C = 256, .H = 9, .W = 8, .O = 128 * 66, .KH = 1, .KW = 1, .groups = 128};
  compare<float>(g, false);
}

TEST_CASE("conv2d on the GPU: depthwise", "[cuda][conv2d]") {
  if (no_device()) {
    return;
  }
  compare_in_all_orders({.N = 3,
                         .C = 2,
                         .H = 17,
                         .W = 9,
                         .O = 4,
                         .KH = 3,
                         .KW = 2,
                         .stride_h = 2,
                         .stride_w = 1,
                         .padding_h = 2,
                         .padding_w = 1,
                         .dilation_h = 2,
                         .dilation_w = 1,
                         .groups = 2});
  compare_in_all_orders({.N = 2, .C = 1, .H = 12, .W = 12, .O = 3, .KH = 3, .KW = 3});
}

#endif
