#include "kernels/conv2d/conv2d.h"

#include "tensor/factories.h"
#include "tests/catch.h"
#include "tests/thread_count.h"

using namespace helder;
using namespace helder::kernels;

namespace {

template <class T>
struct Results {
  std::vector<T> y, dx, dw, db;

  bool operator==(const Results&) const = default;
};

template <class T>
struct Inputs {
  Tensor x, w, b, dy;

  template <class Draw>
  Inputs(const Conv2dGeometry& g, const Draw& draw)
      : x(draw({g.N, g.C, g.H, g.W})),
        w(draw({g.O, g.group_inputs(), g.KH, g.KW})),
        b(draw({g.O})),
        dy(draw({g.N, g.O, g.OH(), g.OW()})) {}
};

// The formulas of conv2d.h, tap by tap.
template <class T>
Results<T> by_definition(const Conv2dGeometry& g, const Inputs<T>& in) {
  const auto count = [](const Tensor& t) { return static_cast<size_t>(t.numel()); };
  Results<T> r{std::vector<T>(count(in.dy)), std::vector<T>(count(in.x)), std::vector<T>(count(in.w)),
               std::vector<T>(count(in.b))};
  const int64_t inputs = g.group_inputs();
  const T *x = in.x.template data<T>(), *w = in.w.template data<T>(), *b = in.b.template data<T>(),
          *dy = in.dy.template data<T>();
  size_t at = 0;  // in y
  for (int64_t n = 0; n < g.N; ++n) {
    for (int64_t o = 0; o < g.O; ++o) {
      for (int64_t i = 0; i < g.OH(); ++i) {
        for (int64_t j = 0; j < g.OW(); ++j, ++at) {
          r.y[at] = b[o];
          r.db[static_cast<size_t>(o)] += dy[at];
          for (int64_t tap = 0; tap < inputs * g.taps(); ++tap) {
            const int64_t c = o / g.group_outputs() * inputs + tap / g.taps();
            const int64_t h = i * g.stride_h + tap % g.taps() / g.KW * g.dilation_h - g.padding_h;
            const int64_t v = j * g.stride_w + tap % g.KW * g.dilation_w - g.padding_w;
            if (h >= 0 && h < g.H && v >= 0 && v < g.W) {
              const auto xi = static_cast<size_t>(((n * g.C + c) * g.H + h) * g.W + v);
              const auto wi = static_cast<size_t>(o * inputs * g.taps() + tap);
              r.y[at] += w[wi] * x[xi];
              r.dx[xi] += w[wi] * dy[at];
              r.dw[wi] += x[xi] * dy[at];
            }
          }
        }
      }
    }
  }
  return r;
}

template <class T>
Results<T> by_kernels(const Conv2dGeometry& g, const Inputs<T>& in) {
  const DType type = dtype_of<T>();
  const Tensor y = empty(in.dy.shape(), type), dx = empty(in.x.shape(), type), dw = empty(in.w.shape(), type),
               db = empty(in.b.shape(), type);
  conv2d_forward_cpu<T>(g, in.x.template data<T>(), in.w.template data<T>(), in.b.template data<T>(),
                        y.data<T>());
  conv2d_backward_input_cpu(g, in.w.template data<T>(), in.dy.template data<T>(), dx.data<T>());
  conv2d_backward_weight_cpu(g, in.x.template data<T>(), in.dy.template data<T>(), dw.data<T>());
  conv2d_backward_bias_cpu(g, in.dy.template data<T>(), db.data<T>());
  return {y.to_vector<T>(), dx.to_vector<T>(), dw.to_vector<T>(), db.to_vector<T>()};
}

std::string words(const Conv2dGeometry& g) {
  return fmt::format("x [{},{},{},{}] w [{},{},{},{}] stride {} {} padding {} {} dilation {} {} groups {}",
                     g.N, g.C, g.H, g.W, g.O, g.group_inputs(), g.KH, g.KW, g.stride_h, g.stride_w,
                     g.padding_h, g.padding_w, g.dilation_h, g.dilation_w, g.groups);
}

}  // namespace

TEMPLATE_TEST_CASE("convolution and its gradients are what their formulas say, for random geometries", "",
                   float, double) {
  using T = TestType;
  Generator generator(11);
  const auto roll = [&](int64_t low, int64_t high) { return generator.randint(low, high + 1); };
  for (int tested = 0; tested < 150;) {
    Conv2dGeometry g{};
    g.groups = roll(0, 2) ? 1 : roll(2, 4);
    g.N = roll(0, 20) ? roll(1, 5) : 17;
    g.C = g.groups * roll(1, 6);
    g.O = g.groups * (roll(0, 5) ? roll(1, 12) : roll(13, 70));
    g.H = roll(1, 16);
    g.W = roll(0, 9) ? roll(1, 20) : roll(50, 270);
    g.KH = roll(1, 5);
    g.KW = roll(1, 5);
    g.stride_h = roll(0, 1) ? 1 : roll(1, 3);
    g.stride_w = roll(0, 1) ? 1 : roll(1, 4);
    g.padding_h = roll(0, 1) ? 0 : roll(0, 4);
    g.padding_w = roll(0, 1) ? 0 : roll(0, 4);
    g.dilation_h = roll(0, 2) ? 1 : roll(2, 3);
    g.dilation_w = roll(0, 2) ? 1 : roll(2, 3);
    if (g.H + 2 * g.padding_h <= g.dilation_h * (g.KH - 1) ||
        g.W + 2 * g.padding_w <= g.dilation_w * (g.KW - 1)) {
      continue;  // the kernel does not fit
    }
    INFO(words(g));
    // Small integers: exact in any order of summation.
    const Inputs<T> in(g, [&](const Shape& s) { return randint(-4, 5, s, dtype_of<T>(), generator); });
    const Results<T> expected = by_definition<T>(g, in), got = by_kernels<T>(g, in);
    REQUIRE(got.y == expected.y);
    REQUIRE(got.dx == expected.dx);
    REQUIRE(got.dw == expected.dw);
    REQUIRE(got.db == expected.db);
    ++tested;
  }
}

TEMPLATE_TEST_CASE("convolution gives the same bits for any number of threads", "", float, double) {
  using T = TestType;
  const Conv2dGeometry g =
      GENERATE(Conv2dGeometry{.N = 20, .C = 1, .H = 28, .W = 28, .O = 32, .KH = 3, .KW = 3},
               Conv2dGeometry{.N = 3, .C = 20, .H = 26, .W = 26, .O = 64, .KH = 3, .KW = 3},
               Conv2dGeometry{.N = 1,
                              .C = 64,
                              .H = 30,
                              .W = 31,
                              .O = 24,
                              .KH = 3,
                              .KW = 3,
                              .stride_h = 2,
                              .stride_w = 2,
                              .padding_h = 1,
                              .padding_w = 1},
               Conv2dGeometry{.N = 2,
                              .C = 48,
                              .H = 20,
                              .W = 20,
                              .O = 48,
                              .KH = 3,
                              .KW = 3,
                              .padding_h = 1,
                              .padding_w = 1,
                              .groups = 48});
  INFO(words(g));
  Generator generator(13);
  const Inputs<T> in(g, [&](const Shape& s) { return randn(s, dtype_of<T>(), generator); });
  const ThreadCount one(1);
  const Results<T> expected = by_kernels<T>(g, in);
  for (const int threads : {2, 3, 5}) {
    const ThreadCount guard(threads);
    CHECK(by_kernels<T>(g, in) == expected);
  }
}

TEST_CASE("a convolution without images, or without a bias") {
  const Conv2dGeometry none{.N = 0, .C = 2, .H = 5, .W = 5, .O = 3, .KH = 3, .KW = 3};
  const Inputs<float> nothing(none, [](const Shape& s) { return ones(s); });
  const Results<float> got = by_kernels<float>(none, nothing);
  CHECK(got.dw == std::vector<float>(54, 0.0f));
  CHECK(got.db == std::vector<float>(3, 0.0f));

  const Conv2dGeometry g{.N = 1, .C = 1, .H = 2, .W = 2, .O = 1, .KH = 2, .KW = 2};
  const Tensor x = tensor<float>({1, 2, 3, 4}), w = tensor<float>({1, 10, 100, 1000}), y = empty({1});
  conv2d_forward_cpu<float>(g, x.data<float>(), w.data<float>(), nullptr, y.data<float>());
  CHECK(y.item() == 4321);
}
