// Every way to compute a convolution, called by name whatever conv2d would choose, beside the definition in
// float64.
#include <cmath>

#include "kernels/conv2d/depthwise/depthwise.h"
#include "kernels/conv2d/implicit/implicit.h"
#include "kernels/conv2d/ladder/ladder.h"
#include "kernels/conv2d/path.h"
#include "kernels/conv2d/pointwise/pointwise.h"
#include "kernels/conv2d/winograd/winograd.h"
#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;
using namespace helder::kernels;

namespace {

using Floats = std::vector<float>;
using Doubles = std::vector<double>;

Conv2dGeometry geometry(int64_t N, int64_t C, int64_t H, int64_t W, int64_t O, int64_t size,
                        int64_t padding = 0, int64_t groups = 1, int64_t stride = 1) {
  return {.N = N,
          .C = C,
          .H = H,
          .W = W,
          .O = O,
          .KH = size,
          .KW = size,
          .stride_h = stride,
          .stride_w = stride,
          .padding_h = padding,
          .padding_w = padding,
          .groups = groups};
}

std::string words(const Conv2dGeometry& g) {
  return fmt::format("x [{},{},{},{}] w [{},{},{},{}] stride {} padding {} {} groups {}", g.N, g.C, g.H, g.W,
                     g.O, g.group_inputs(), g.KH, g.KW, g.stride_h, g.padding_h, g.padding_w, g.groups);
}

struct Inputs {
  Floats x, w, b, dy;

  explicit Inputs(const Conv2dGeometry& g) {
    Generator generator(5);
    const auto draw = [&](const Shape& s) { return randn(s, DType::Float32, generator).to_vector<float>(); };
    x = draw({g.N, g.C, g.H, g.W});
    w = draw({g.O, g.group_inputs(), g.KH, g.KW});
    b = draw({g.O});
    dy = draw({g.N, g.O, g.OH(), g.OW()});
  }
};

struct Results {
  Floats y, dx, dw;

  bool operator==(const Results&) const = default;
};

// What a path offers; a null function is not tested.
struct Path {
  void (*forward)(const Conv2dGeometry&, const float* x, const float* w, const Epilogue<float>&, float* y);
  void (*backward_input)(const Conv2dGeometry&, const float* w, const float* dy, float* dx, const float* b);
  void (*backward_weight)(const Conv2dGeometry&, const float* x, const float* dy, float* dw);
};
constexpr Path kWinograd{winograd::forward, winograd::backward_input, winograd::backward_weight};
constexpr Path kDepthwise{depthwise::forward<float>, depthwise::backward_input<float>,
                          depthwise::backward_weight<float>};
constexpr Path kPointwise{pointwise::forward<float>, pointwise::backward_input<float>, nullptr};
constexpr Path kImplicit{implicit::forward<float>, implicit::backward_input<float>,
                         implicit::backward_weight<float>};

Results run(const Path& path, const Conv2dGeometry& g, const Inputs& in) {
  constexpr float unwritten = 1e30f;  // every number must be written over
  Results r{Floats(in.dy.size(), unwritten), Floats(in.x.size(), unwritten), Floats(in.w.size(), unwritten)};
  path.forward(g, in.x.data(), in.w.data(), in.b.data(), r.y.data());
  if (path.backward_input) {
    path.backward_input(g, in.w.data(), in.dy.data(), r.dx.data(), nullptr);
  }
  if (path.backward_weight) {
    path.backward_weight(g, in.x.data(), in.dy.data(), r.dw.data());
  }
  return r;
}

// The largest error, in units of the root mean square of what was expected.
double error(const Floats& got, const Doubles& expected) {
  REQUIRE(got.size() == expected.size());
  double largest = 0, squares = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double difference = std::abs(static_cast<double>(got[i]) - expected[i]);
    largest = difference <= largest ? largest : difference;  // NaN stays
    squares += expected[i] * expected[i];
  }
  return largest / std::sqrt(squares / static_cast<double>(got.size()));
}

// y by the definition in float64; dx and dw by what makes them gradients: the same definition, of dy and the
// weights turned by half a circle, and of x with dy as the kernel, summed tap by tap.
struct Expected {
  Doubles y, dx, dw;

  Expected(const Conv2dGeometry& g, const Inputs& in) : y(in.dy.size()), dx(in.x.size()), dw(in.w.size()) {
    const Doubles x(in.x.begin(), in.x.end()), w(in.w.begin(), in.w.end()), b(in.b.begin(), in.b.end());
    ladder::conv2d_naive(g, x.data(), w.data(), b.data(), y.data());
    size_t at = 0;
    for (int64_t n = 0; n < g.N; ++n) {
      for (int64_t o = 0; o < g.O; ++o) {
        for (int64_t i = 0; i < g.OH(); ++i) {
          for (int64_t j = 0; j < g.OW(); ++j, ++at) {
            add_output(g, x, w, n, o, i, j, static_cast<double>(in.dy[at]));
          }
        }
      }
    }
  }

 private:
  void add_output(const Conv2dGeometry& g, const Doubles& x, const Doubles& w, int64_t n, int64_t o,
                  int64_t i, int64_t j, double dy) {
    const int64_t inputs = g.group_inputs(), first = o / g.group_outputs() * inputs;
    for (int64_t c = 0; c < inputs; ++c) {
      for (int64_t p = 0; p < g.KH; ++p) {
        for (int64_t q = 0; q < g.KW; ++q) {
          const int64_t h = i * g.stride_h + p - g.padding_h, v = j * g.stride_w + q - g.padding_w;
          if (h >= 0 && h < g.H && v >= 0 && v < g.W) {
            const auto xi = static_cast<size_t>(((n * g.C + first + c) * g.H + h) * g.W + v);
            const auto wi = static_cast<size_t>(((o * inputs + c) * g.KH + p) * g.KW + q);
            dx[xi] += w[wi] * dy;
            dw[wi] += x[xi] * dy;
          }
        }
      }
    }
  }
};

// An epilogue with everything is what one writes down, of the path's own sums.
void check_epilogue(const Path& path, const Conv2dGeometry& g, const Inputs& in, const Floats& with_bias) {
  Epilogue<float> end;
  end.scale = in.b.data();
  end.residual = in.dy.data();
  end.low = -0.5f;
  end.high = 2;
  Floats y(in.dy.size(), 1e30f);
  path.forward(g, in.x.data(), in.w.data(), end, y.data());
  double largest = 0, squares = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    const float b = in.b[i / static_cast<size_t>(g.OH() * g.OW()) % static_cast<size_t>(g.O)];
    const float all = b * (with_bias[i] - b) + in.dy[i];
    const double difference = std::abs(y[i] - std::min(std::max(all, -0.5f), 2.0f));
    largest = difference <= largest ? largest : difference;
    squares += static_cast<double>(with_bias[i] * with_bias[i]);
  }
  CHECK(largest < 1e-5 * (1 + std::sqrt(squares / static_cast<double>(y.size()))));
}

void check_path(const Path& path, const Conv2dGeometry& g, double tolerance) {
  INFO(words(g));
  const Inputs in(g);
  const Expected expected(g, in);
  const Results got = run(path, g, in);
  CHECK(error(got.y, expected.y) < tolerance);
  if (path.backward_input) {
    CHECK(error(got.dx, expected.dx) < tolerance);
  }
  if (path.backward_weight) {
    CHECK(error(got.dw, expected.dw) < tolerance);
  }
  check_epilogue(path, g, in, got.y);
  for (const int threads : {1, 3}) {
    const ThreadCount guard(threads);
    CHECK(run(path, g, in) == got);  // to the bit
  }
}

// Largest errors: a direct sum of some hundred products stays below 3e-6 of the results' size, Winograd's
// below 2e-5.
constexpr double kDirectError = 5e-6, kWinogradError = 3e-5;

}  // namespace

TEST_CASE("Winograd convolution: forward and gradients beside the definition", "[conv2d]") {
  const Conv2dGeometry g =
      GENERATE(geometry(1, 1, 3, 3, 1, 3),         // a single output
               geometry(1, 1, 1, 1, 1, 3, 1),      // a single pixel
               geometry(2, 3, 5, 7, 2, 3, 1),      // fewer channels than lanes
               geometry(3, 17, 9, 6, 33, 3),       // one channel more than whole vectors
               geometry(2, 20, 13, 11, 50, 3, 1),  // odd sizes, a panel that ends in its midst
               geometry(1, 16, 12, 12, 16, 3, 2),  // padding as wide as the kernel allows for its gradient
               geometry(1, 8, 7, 9, 8, 3, 3),      // and wider: the gradient leaves out a rim
               geometry(5, 16, 7, 7, 112, 3, 1),   // blocks that reach over images; an odd number of vectors
               geometry(2, 130, 6, 6, 24, 3, 1),   // more than one slice of inputs
               geometry(1, 16, 5, 530, 16, 3, 1),  // rows that are cut into blocks of columns
               geometry(3, 16, 30, 30, 16, 3, 1),  // many tiles: the way by tiles
               geometry(9, 130, 16, 15, 130, 3,
                        1),  // deep, and more tiles than a chunk: by outputs, the gradient shared
               Conv2dGeometry{
                   .N = 1, .C = 4, .H = 6, .W = 9, .O = 5, .KH = 3, .KW = 3, .padding_h = 0, .padding_w = 2});
  REQUIRE(winograd::applies(g));
  check_path(kWinograd, g, kWinogradError);
}

TEST_CASE("depthwise convolution: forward and gradients beside the definition", "[conv2d]") {
  const int64_t size = GENERATE(3, 5, 7), stride = GENERATE(1, 2);
  Path path = kDepthwise;
  if (stride > 1) {
    path.backward_input = nullptr;
  }
  check_path(path, geometry(2, 3, 8, 10, 3, size, size / 2, 3, stride), kDirectError);
  check_path(path, geometry(1, 2, 13, 67, 2, size, 0, 2, stride),
             kDirectError);  // more than a tile's columns
  check_path(path, geometry(3, 5, 7, 7, 5, size, size - 1, 5, stride), kDirectError);
  check_path(path, geometry(1, 2, 9, 11, 2, size, size + 1, 2, stride), kDirectError);
  path.backward_input = nullptr;
  check_path(path, geometry(2, 3, 9, 18, 6, size, 1, 3, stride), kDirectError);  // two outputs a channel
}

TEST_CASE("implicit convolution: forward and gradients beside the definition", "[conv2d]") {
  const Conv2dGeometry g = GENERATE(geometry(2, 20, 13, 11, 50, 3, 1),       // what Winograd takes else
                                    geometry(2, 6, 9, 10, 6, 3, 1, 6),       // what depthwise takes else
                                    geometry(1, 3, 31, 37, 20, 7, 3, 1, 2),  // a first layer
                                    geometry(3, 40, 9, 9, 70, 1),            // 1 x 1
                                    geometry(2, 12, 9, 9, 8, 3, 1, 4));      // groups
  check_path(kImplicit, g, kDirectError);
}

TEST_CASE("implicit convolution of small pictures: several as one product", "[conv2d]") {
  const Conv2dGeometry g =
      GENERATE(geometry(1, 64, 14, 14, 50, 3, 1, 1, 2),  // few columns: threads divide rows
               geometry(5, 32, 14, 13, 20, 3, 1, 1, 2),  // tiles that reach over images
               geometry(30, 24, 14, 14, 9, 3, 1, 1, 2),  // many columns
               geometry(2, 130, 5, 5, 8, 3),             // deep
               geometry(1, 20, 3, 3, 70, 5, 2, 1, 3));   // a single output pixel
  check_path(kImplicit, g, kDirectError);
}

TEST_CASE("pointwise convolution: forward and input gradient beside the definition", "[conv2d]") {
  const Conv2dGeometry g =
      GENERATE(geometry(1, 1, 1, 1, 1, 1),              // one product
               geometry(1, 20, 7, 7, 70, 1),            // few pixels
               geometry(3, 40, 7, 7, 9, 1),             // tiles that reach over images
               geometry(25, 40, 7, 9, 30, 1),           // and with many columns
               geometry(2, 200, 5, 5, 17, 1),           // in slices
               geometry(1, 12, 40, 41, 20, 1),          // many pixels
               geometry(1, 12, 40, 44, 30, 1),          // in whole vectors, little depth: read in place
               geometry(1, 70, 32, 40, 13, 1),          // the same, for few outputs
               geometry(2, 30, 9, 12, 20, 1, 0, 1, 2),  // strides
               geometry(1, 6, 40, 71, 5, 1, 0, 1, 2), geometry(1, 6, 10, 11, 5, 1, 0, 1, 3));
  REQUIRE(pointwise::applies(g));
  check_path(kPointwise, g, kDirectError);
}

TEST_CASE("each rung of the convolution's ladder computes what the one below it does", "[conv2d]") {
  const Conv2dGeometry g = GENERATE(geometry(2, 3, 5, 7, 2, 3, 1), geometry(1, 2, 8, 8, 3, 3, 0));
  const Inputs in(g);
  const Doubles x(in.x.begin(), in.x.end()), w(in.w.begin(), in.w.end()), b(in.b.begin(), in.b.end());
  Doubles naive(in.dy.size()), rung(in.dy.size());
  ladder::conv2d_naive(g, x.data(), w.data(), b.data(), naive.data());
  ladder::conv2d_winograd(g, x.data(), w.data(), b.data(), rung.data());
  for (size_t i = 0; i < naive.size(); ++i) {
    CHECK(std::abs(rung[i] - naive[i]) < 1e-12);
  }
}

TEST_CASE("conv2d chooses its path by the geometry", "[conv2d]") {
  const auto path = [](const Conv2dGeometry& g, size_t bytes = 4, Conv2dPass pass = Conv2dPass::Forward) {
    return conv2d_path(g, pass, bytes);
  };
  const Conv2dGeometry wide = geometry(1, 64, 56, 56, 64, 3, 1);
  CHECK(path(wide) == Conv2dPath::Winograd);
  CHECK(path(wide, 8) == Conv2dPath::Implicit);                           // float64 keeps its accuracy
  CHECK(path(geometry(1, 3, 32, 32, 64, 3, 1)) == Conv2dPath::Implicit);  // few channels
  CHECK(path(geometry(1, 64, 56, 56, 64, 3, 1, 1, 2)) == Conv2dPath::Implicit);
  CHECK(path(geometry(1, 64, 56, 56, 64, 5, 2)) == Conv2dPath::Implicit);
  CHECK(path(geometry(1, 64, 56, 56, 64, 1, 0, 1, 2)) == Conv2dPath::Pointwise);
  CHECK(path(geometry(1, 64, 56, 56, 64, 1), 8, Conv2dPass::BackwardInput) == Conv2dPath::Pointwise);
  CHECK(path(geometry(1, 64, 56, 56, 64, 1, 1)) == Conv2dPath::Implicit);  // padding
  CHECK(path(geometry(1, 64, 56, 56, 64, 3, 1, 2)) == Conv2dPath::Implicit);
  const Conv2dGeometry strided = geometry(1, 64, 56, 56, 64, 3, 1, 64, 2);
  CHECK(path(strided) == Conv2dPath::Depthwise);
  CHECK(path(strided, 8) == Conv2dPath::Depthwise);
  CHECK(path(strided, 4, Conv2dPass::BackwardInput) == Conv2dPath::Implicit);
  CHECK(path(strided, 4, Conv2dPass::BackwardWeight) == Conv2dPath::Depthwise);
}
