#include "data/synthetic_digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "data/stroke_glyphs.h"
#include "tensor/error.h"
#include "tests/catch.h"

#ifdef _OPENMP
#include <omp.h>
#endif

using namespace helder;

namespace {

// Comparisons of images stand in double brackets below: Catch2 would print both sides, pixel by pixel.
using Pixels = std::array<uint8_t, kDigitPixels>;

Pixels draw(int label, uint64_t seed, uint64_t index) {
  Pixels pixels;
  draw_synthetic_digit(label, seed, index, pixels);
  return pixels;
}

struct DrawnSet {
  std::vector<uint8_t> images, labels;
  bool operator==(const DrawnSet&) const = default;
};

DrawnSet draw_set(int64_t count, uint64_t seed) {
  DrawnSet set = {std::vector<uint8_t>(static_cast<size_t>(count * kDigitPixels)),
                  std::vector<uint8_t>(static_cast<size_t>(count))};
  draw_synthetic_digits(count, seed, set.images.data(), set.labels.data());
  return set;
}

struct Box {
  int width, height;
};

// The rectangle around every pixel that is not black.
Box ink_box(const Pixels& pixels) {
  int left = kDigitSide, right = -1, top = kDigitSide, bottom = -1;
  for (int y = 0; y < kDigitSide; ++y) {
    for (int x = 0; x < kDigitSide; ++x) {
      if (pixels[static_cast<size_t>(y * kDigitSide + x)] == 0) continue;
      left = std::min(left, x), right = std::max(right, x);
      top = std::min(top, y), bottom = std::max(bottom, y);
    }
  }
  return {right - left + 1, bottom - top + 1};
}

template <class Function>
void for_many_digits(Function function) {
  for (int label = 0; label <= 9; ++label) {
    for (uint64_t index = 0; index < 300; ++index) {
      INFO("label " << label << ", seed 5, index " << index);
      function(draw(label, 5, index));
    }
  }
}

}  // namespace

TEST_CASE("a synthetic digit depends on its label, seed and index alone", "[data][synthetic_digits]") {
  const Pixels first = draw(3, 1, 7);
  CHECK((draw(3, 1, 7) == first));
  CHECK((draw(3, 2, 7) != first));
  CHECK((draw(3, 1, 8) != first));
  CHECK((draw(8, 1, 7) != first));

  const DrawnSet set = draw_set(50, 1);
  for (uint64_t i = 50; i-- > 0;) {  // another order than the set was drawn in
    const Pixels alone = draw(set.labels[i], 1, i);
    CHECK(
        std::equal(alone.begin(), alone.end(), set.images.begin() + static_cast<int64_t>(i) * kDigitPixels));
  }
}

TEST_CASE("a set of synthetic digits has the same bytes whatever the threads", "[data][synthetic_digits]") {
#ifdef _OPENMP
  const int threads_before = omp_get_max_threads();
  omp_set_num_threads(1);
  const DrawnSet one = draw_set(1001, 9);
  for (int threads : {2, 3}) {
    omp_set_num_threads(threads);
    CHECK((draw_set(1001, 9) == one));
  }
  omp_set_num_threads(threads_before);
#else
  CHECK((draw_set(1001, 9) == draw_set(1001, 9)));
#endif
}

TEST_CASE("a set of synthetic digits holds all labels equally, shuffled", "[data][synthetic_digits]") {
  const DrawnSet set = draw_set(1003, 4);
  std::array<int, 10> counts{};
  for (uint8_t label : set.labels) ++counts.at(label);
  CHECK(counts == std::array<int, 10>{101, 101, 101, 100, 100, 100, 100, 100, 100, 100});
  CHECK_FALSE(std::is_sorted(set.labels.begin(), set.labels.end()));

  // In the order 0, 1, ..., 9, 0, ... every label is followed by the next; in a shuffled one, about one in
  // ten.
  int followed_by_next = 0;
  for (size_t i = 0; i + 1 < set.labels.size(); ++i) {
    followed_by_next += set.labels[i + 1] == (set.labels[i] + 1) % 10;
  }
  CHECK(followed_by_next < 200);

  const DrawnSet other = draw_set(1003, 5);
  CHECK((other.labels != set.labels));
  CHECK((other.images != set.images));
}

TEST_CASE("a synthetic digit fills the box of 20 pixels and is centred by mass, as in MNIST",
          "[data][synthetic_digits]") {
  for_many_digits([](const Pixels& pixels) {
    const Box box = ink_box(pixels);
    CHECK(std::max(box.width, box.height) >= 16);  // thin ends may fade, and pressure varies the width
    CHECK(std::max(box.width, box.height) <= 24);  // the soft, rough edge goes beyond the box

    double mass = 0, mass_x = 0, mass_y = 0;
    for (int y = 0; y < kDigitSide; ++y) {
      for (int x = 0; x < kDigitSide; ++x) {
        const double m = pixels[static_cast<size_t>(y * kDigitSide + x)];
        mass += m, mass_x += m * x, mass_y += m * y;
      }
    }
    CHECK(std::abs(mass_x / mass - 14) < 1);
    CHECK(std::abs(mass_y / mass - 14) < 1);
  });
}

TEST_CASE("a synthetic digit has as much ink as a written one, from black to white",
          "[data][synthetic_digits]") {
  double total = 0;
  int images = 0;
  for_many_digits([&](const Pixels& pixels) {
    double ink = 0;
    for (uint8_t pixel : pixels) ink += pixel / 255.0 / kDigitPixels;
    CHECK(ink > 0.015);
    CHECK(ink < 0.5);
    CHECK(*std::max_element(pixels.begin(), pixels.end()) > 150);
    CHECK(std::count(pixels.begin(), pixels.end(), 0) > kDigitPixels / 4);
    total += ink;
    ++images;
  });
  CHECK(total / images == Approx(0.13).margin(0.02));
}

TEST_CASE("the same label is written in many ways", "[data][synthetic_digits]") {
  for (int label = 0; label <= 9; ++label) {
    // Two images of a label differ on average by a good part of their ink.
    double ink = 0, difference = 0;
    for (uint64_t index = 0; index < 100; ++index) {
      const Pixels a = draw(label, 6, 2 * index), b = draw(label, 6, 2 * index + 1);
      for (size_t i = 0; i < a.size(); ++i) {
        ink += a[i] + b[i];
        difference += std::abs(a[i] - b[i]);
      }
    }
    INFO("label " << label);
    CHECK(difference > 0.4 * ink);
  }
}

TEST_CASE("labels and counts that cannot be drawn are refused", "[data][synthetic_digits]") {
  Pixels pixels;
  pixels.fill(77);
  CHECK_THROWS_WITH(draw_synthetic_digit(10, 0, 0, pixels),
                    "draw_synthetic_digit: label 10 is not a digit (0 to 9)");
  CHECK_THROWS_WITH(draw_synthetic_digit(-1, 0, 0, pixels),
                    "draw_synthetic_digit: label -1 is not a digit (0 to 9)");
  CHECK(std::count(pixels.begin(), pixels.end(), 77) == kDigitPixels);  // untouched
  CHECK_THROWS_WITH(draw_synthetic_digits(-1, 0, nullptr, nullptr),
                    "draw_synthetic_digits: count must not be negative, got -1");
  CHECK_NOTHROW(draw_synthetic_digits(0, 0, nullptr, nullptr));
  CHECK_THROWS_WITH(stroke_glyphs(12), "stroke_glyphs: 12 is not a digit (0 to 9)");
}

TEST_CASE("every glyph can be written: a frequency, strokes of two knots or more",
          "[data][synthetic_digits]") {
  for (int digit = 0; digit <= 9; ++digit) {
    CHECK(stroke_glyphs(digit).size() >= 3);
    for (const Glyph& glyph : stroke_glyphs(digit)) {
      CHECK(glyph.frequency > 0);
      CHECK_FALSE(glyph.strokes.empty());
      for (const Stroke& stroke : glyph.strokes) CHECK(stroke.size() >= 2);
    }
  }
}
