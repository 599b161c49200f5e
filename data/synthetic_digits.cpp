#include "data/synthetic_digits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "data/stroke_glyphs.h"
#include "tensor/error.h"
#include "tensor/random.h"

namespace helder {
namespace {

// MNIST fits the ink into a box of this many pixels, then moves its centre of mass onto the middle of
// pixel 14.
constexpr double kBoxSide = 20.0;
constexpr double kMassCentre = 14.5;

constexpr double kTurn = 2 * std::numbers::pi;

struct Point {
  double x, y;
};
Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
Point operator*(double s, Point a) { return {s * a.x, s * a.y}; }
double length(Point a) { return std::sqrt(a.x * a.x + a.y * a.y); }

using Line = std::vector<Point>;    // the pen's path in one stroke, as a chain of short straight pieces
using Drawing = std::vector<Line>;  // the strokes of one digit

// ---- 1. The hand: one way to write the digit, every knot a little off
// ------------------------------------------

const Glyph& choose_glyph(const std::vector<Glyph>& glyphs, Generator& random) {
  double total = 0;
  for (const Glyph& glyph : glyphs) total += glyph.frequency;
  double draw = random.uniform(0, total);
  for (const Glyph& glyph : glyphs) {
    draw -= glyph.frequency;
    if (draw < 0) return glyph;
  }
  return glyphs.back();
}

void move_knots(Stroke& stroke, double distance, Generator& random) {
  for (Knot& knot : stroke) {
    knot.x += distance * random.normal();
    knot.y += distance * random.normal();
  }
}

// A cubic Hermite curve through the knots. Through a smooth knot the pen moves in parallel to the line
// between its neighbours; at an end or a corner it keeps the bend that it has (none, if both ends of a piece
// are such). `roundness` 1 gives this curve, 0 the straight lines between the knots, as an angular hand
// draws.
Line trace(const Stroke& stroke, double roundness) {
  constexpr int kPieces = 6;  // between two knots
  const size_t last = stroke.size() - 1;
  const auto at = [&](size_t i) { return Point{stroke[i].x, stroke[i].y}; };
  const auto distance = [&](size_t i) { return std::max(length(at(i + 1) - at(i)), 1e-6); };
  const auto is_sharp = [&](size_t i) { return i == 0 || i == last || stroke[i].corner; };
  const auto direction = [&](size_t i) {
    return 1 / (distance(i - 1) + distance(i)) * (at(i + 1) - at(i - 1));
  };

  Line line = {at(0)};
  for (size_t i = 0; i < last; ++i) {
    const Point p0 = at(i), p1 = at(i + 1), straight = p1 - p0;
    Point m0 = is_sharp(i) ? straight : distance(i) * direction(i);
    Point m1 = is_sharp(i + 1) ? straight : distance(i) * direction(i + 1);
    if (is_sharp(i) && !is_sharp(i + 1)) m0 = 1.5 * straight - 0.5 * m1;
    if (is_sharp(i + 1) && !is_sharp(i)) m1 = 1.5 * straight - 0.5 * m0;
    for (int piece = 1; piece <= kPieces; ++piece) {
      const double t = static_cast<double>(piece) / kPieces, u = 1 - t;
      const Point curve =
          (u * u * (1 + 2 * t)) * p0 + (u * u * t) * m0 + (t * t * (1 + 2 * u)) * p1 - (t * t * u) * m1;
      line.push_back(roundness * curve + (1 - roundness) * (p0 + t * straight));
    }
  }
  return line;
}

// The pen comes down a little late and lifts a little early: up to 16 % of the stroke each, mostly much less.
Line cut_ends(const Line& line, Generator& random) {
  const auto some = [&] {
    return static_cast<std::ptrdiff_t>(0.16 * random.uniform() * random.uniform() *
                                       static_cast<double>(line.size()));
  };
  const auto head = some(), tail = some();
  return Line(line.begin() + head, line.end() - tail);
}

Drawing write(int digit, Generator& random) {
  const Glyph& glyph = choose_glyph(stroke_glyphs(digit), random);
  const double unsteadiness = random.uniform(1.0, 8.0);
  const double roundness = random.uniform(0.6, 1.1);
  Drawing drawing;
  for (Stroke stroke : glyph.strokes) {
    move_knots(stroke, unsteadiness, random);
    const Point slip = {4.0 * random.normal(), 4.0 * random.normal()};  // the pen comes down beside its place
    Line line = cut_ends(trace(stroke, roundness), random);
    for (Point& p : line) p = p + slip;
    drawing.push_back(line);
  }
  return drawing;
}

// ---- 2. The paper: the drawing as a whole is stretched, bent, slanted and turned
// -------------------------------

void warp(Drawing& drawing, Generator& random) {
  const double width = std::exp(0.22 * random.normal());
  const double waist = std::clamp(8.0 * random.normal(), -24.0, 24.0);  // how far the middle moves down
  const double taper = 0.18 * random.normal();         // > 0: the foot is wider than the head
  const double slant = 0.15 + 0.28 * random.normal();  // mostly to the right, as most people write
  const double angle = 0.14 * random.normal();         // radians
  const double bend = random.uniform(0.0, 6.0);        // height of the waves below

  // An elastic sheet: four slow waves over the paper, two of which move its points sideways and two up and
  // down.
  struct Wave {
    double per_x, per_y, phase;  // waves per unit, and where they begin
    double operator()(Point p) const { return std::sin(kTurn * (per_x * p.x + per_y * p.y + phase)); }
  };
  std::array<Wave, 4> waves;
  for (Wave& wave : waves) {
    wave = {random.uniform(-0.009, 0.009), random.uniform(-0.009, 0.009), random.uniform()};
  }

  const double cosine = std::cos(angle), sine = std::sin(angle);
  for (Line& line : drawing) {
    for (Point& p : line) {
      Point q = {p.x - 30, p.y + waist * std::sin(std::numbers::pi * p.y / 100) - 50};
      q.x *= width * (1 + taper * q.y / 50);
      q = q + bend * Point{waves[0](p) + waves[1](p), waves[2](p) + waves[3](p)};
      q.x -= slant * q.y;
      p = {cosine * q.x - sine * q.y, sine * q.x + cosine * q.y};
    }
  }
}

// ---- 3. The ink: from the pen's path to grey levels
// ------------------------------------------------------------

// Scales the drawing to pixels so that its ink just fits the box, in the middle of the image. `radius` is the
// pen's, on paper; returns it in pixels.
double fit_to_box(Drawing& drawing, double radius) {
  Point low = {1e9, 1e9}, high = {-1e9, -1e9};
  for (const Line& line : drawing) {
    for (const Point& p : line) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  }
  const double scale = kBoxSide / (std::max(high.x - low.x, high.y - low.y) + 2 * radius);
  const Point middle = 0.5 * (low + high), centre = {0.5 * kDigitSide, 0.5 * kDigitSide};
  for (Line& line : drawing) {
    for (Point& p : line) p = centre + scale * (p - middle);
  }
  return scale * radius;
}

using Image = std::array<double, kDigitPixels>;

constexpr double kOutside = -100;  // the depth of a pixel that no stroke comes near

// One straight piece of a stroke, whose radius goes from r0 at `from` to r1 at `to`: raises `depth` where
// this ink is deeper than what is there already.
void draw_piece(Image& depth, Point from, Point to, double r0, double r1) {
  const Point along = to - from;
  const double square = std::max(along.x * along.x + along.y * along.y, 1e-12);
  const double reach = std::max(r0, r1) + 2;  // a little more, for the soft edge
  const auto pixel = [](double v) { return std::clamp(static_cast<int>(v), 0, kDigitSide - 1); };
  const int x_first = pixel(std::min(from.x, to.x) - reach), x_last = pixel(std::max(from.x, to.x) + reach);
  const int y_first = pixel(std::min(from.y, to.y) - reach), y_last = pixel(std::max(from.y, to.y) + reach);
  for (int y = y_first; y <= y_last; ++y) {
    for (int x = x_first; x <= x_last; ++x) {
      const Point p = Point{x + 0.5, y + 0.5} - from;
      const double t = std::clamp((p.x * along.x + p.y * along.y) / square, 0.0, 1.0);  // the nearest point
      double& deepest = depth[static_cast<size_t>(y * kDigitSide + x)];
      deepest = std::max(deepest, r0 + t * (r1 - r0) - length(p - t * along));
    }
  }
}

// How deep inside the ink the middle of each pixel lies, in pixels; negative outside. The pen presses now
// more, now less on its way.
Image ink_depth(const Drawing& drawing, double radius, Generator& random) {
  Image depth;
  depth.fill(kOutside);
  const double pressure = random.uniform(0.0, 0.3);
  const double waves_per_pixel = random.uniform(0.01, 0.06);
  for (const Line& line : drawing) {
    const double phase = random.uniform();
    double travelled = 0;
    const auto radius_here = [&] {
      return radius * (1 + pressure * std::sin(kTurn * (phase + waves_per_pixel * travelled)));
    };
    for (size_t i = 0; i + 1 < line.size(); ++i) {
      const double r0 = radius_here();
      travelled += length(line[i + 1] - line[i]);
      draw_piece(depth, line[i], line[i + 1], r0, radius_here());
    }
  }
  return depth;
}

// Brightness 0 to 1 from depth: a soft edge about one pixel wide, which is the anti-aliasing, and a little
// rough.
Image develop(const Image& depth, Generator& random) {
  const double softness = random.uniform(0.9, 1.6);  // width of the edge, in pixels
  const double roughness = random.uniform(0.0, 0.4);
  Image brightness;
  for (size_t i = 0; i < depth.size(); ++i) {
    const bool near_ink = depth[i] > -1.5;
    const double noise = near_ink ? roughness * (random.uniform() + random.uniform() - 1) : 0;
    brightness[i] = near_ink ? std::clamp(0.5 + (depth[i] + noise) / softness, 0.0, 1.0) : 0;
  }
  return brightness;
}

void centre_mass(const Image& image, std::span<uint8_t, kDigitPixels> pixels) {
  double mass = 0, mass_x = 0, mass_y = 0;
  for (int y = 0; y < kDigitSide; ++y) {
    for (int x = 0; x < kDigitSide; ++x) {
      const double m = image[static_cast<size_t>(y * kDigitSide + x)];
      mass += m;
      mass_x += m * (x + 0.5);
      mass_y += m * (y + 0.5);
    }
  }
  const int shift_x = static_cast<int>(std::lround(kMassCentre - mass_x / mass));
  const int shift_y = static_cast<int>(std::lround(kMassCentre - mass_y / mass));
  for (int y = 0; y < kDigitSide; ++y) {
    for (int x = 0; x < kDigitSide; ++x) {
      const int from_x = x - shift_x, from_y = y - shift_y;
      const bool inside = 0 <= from_x && from_x < kDigitSide && 0 <= from_y && from_y < kDigitSide;
      const double m = inside ? image[static_cast<size_t>(from_y * kDigitSide + from_x)] : 0;
      pixels[static_cast<size_t>(y * kDigitSide + x)] = static_cast<uint8_t>(std::lround(255 * m));
    }
  }
}

// A generator of its own for each image; the stream keeps it apart from the one that shuffles the labels.
Generator image_generator(uint64_t seed, uint64_t index) {
  constexpr uint64_t kStream = 0xD161;
  const auto words = philox4x32(seed, index, kStream);
  return Generator((uint64_t{words[0]} << 32) | words[1]);
}

}  // namespace

void draw_synthetic_digit(int label, uint64_t seed, uint64_t index, std::span<uint8_t, kDigitPixels> pixels) {
  check(0 <= label && label <= 9, "draw_synthetic_digit: label {} is not a digit (0 to 9)", label);
  Generator random = image_generator(seed, index);

  Drawing drawing = write(label, random);
  warp(drawing, random);
  const double pen =
      std::clamp(7.2 * std::exp(0.33 * random.normal()), 3.0, 18.0);  // radius; digits are 100 high
  const double radius = std::max(fit_to_box(drawing, pen), 0.55);     // a hairline still leaves ink
  const Image depth = ink_depth(drawing, radius, random);
  centre_mass(develop(depth, random), pixels);
}

void draw_synthetic_digits(int64_t count, uint64_t seed, uint8_t* images, uint8_t* labels) {
  check(count >= 0, "draw_synthetic_digits: count must not be negative, got {}", count);
  for (int64_t i = 0; i < count; ++i) labels[i] = static_cast<uint8_t>(i % 10);
  Generator random(seed);
  for (int64_t i = count - 1; i > 0; --i) std::swap(labels[i], labels[random.randint(0, i + 1)]);

#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < count; ++i) {
    const std::span<uint8_t, kDigitPixels> pixels(images + i * kDigitPixels, kDigitPixels);
    draw_synthetic_digit(labels[i], seed, static_cast<uint64_t>(i), pixels);
  }
}

}  // namespace helder
