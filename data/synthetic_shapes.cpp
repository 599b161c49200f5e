#include "data/synthetic_shapes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "tensor/error.h"
#include "tensor/factories.h"
#include "tensor/random.h"

namespace helder {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

struct Point {
  double x, y;
};
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
double dot(Point a, Point b) { return a.x * b.x + a.y * b.y; }

using Colour = std::array<double, 3>;  // 0 to 1

double distance(const Colour& a, const Colour& b) {
  return std::sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                   (a[2] - b[2]) * (a[2] - b[2]));
}

// ---- a shape ----

enum Kind { kCircle, kSquare, kTriangle, kStar, kBar, kKinds };
const std::vector<std::string> kNames = {"circle", "square", "triangle", "star", "bar"};

struct Figure {
  Kind kind = kCircle;
  Point centre = {0, 0};
  double radius = 0;           // of the circle around it, pixels
  std::vector<Point> corners;  // none: a circle
  Colour colour = {};

  // How deep inside the shape a point lies, in pixels; negative outside.
  double depth(Point p) const {
    if (corners.empty()) {
      return radius - std::sqrt(dot(p - centre, p - centre));
    }
    double nearest = std::numeric_limits<double>::max();  // squared, to an edge
    bool inside = false;                                  // a ray to the right crosses an odd number of edges
    for (size_t i = 0; i < corners.size(); ++i) {
      const Point a = corners[i], b = corners[(i + 1) % corners.size()];
      const Point edge = b - a, from = p - a;
      const double t = std::clamp(dot(from, edge) / dot(edge, edge), 0.0, 1.0);
      const Point apart = {from.x - t * edge.x, from.y - t * edge.y};
      nearest = std::min(nearest, dot(apart, apart));
      if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / edge.y * edge.x) {
        inside = !inside;
      }
    }
    return inside ? std::sqrt(nearest) : -std::sqrt(nearest);
  }
};

// Corners on circles of radius `radius` and, every other one, `inner`.
std::vector<Point> regular(Point centre, double radius, double inner, int corners, double angle) {
  std::vector<Point> result;
  for (int i = 0; i < corners; ++i) {
    const double r = i % 2 == 0 ? radius : inner, at = angle + kTurn * i / corners;
    result.push_back({centre.x + r * std::cos(at), centre.y + r * std::sin(at)});
  }
  return result;
}

Figure random_figure(double side, Generator& random) {
  Figure figure;
  figure.kind = static_cast<Kind>(random.randint(0, kKinds));
  figure.centre = {random.uniform(0.1, 0.9) * side, random.uniform(0.1, 0.9) * side};
  figure.radius = random.uniform(0.10, 0.25) * side;
  const double r = figure.radius, angle = random.uniform(0, kTurn);
  switch (figure.kind) {
    case kSquare:
      figure.corners = regular(figure.centre, r, r, 4, angle);
      break;
    case kTriangle:
      figure.corners = regular(figure.centre, r, r, 3, angle);
      break;
    case kStar:
      figure.corners = regular(figure.centre, r, 0.45 * r, 10, angle);
      break;
    case kBar: {
      const double half_angle = std::atan(0.3);  // its width is 0.3 of its length
      for (const double turn : {half_angle, kTurn / 2 - half_angle, kTurn / 2 + half_angle, -half_angle}) {
        figure.corners.push_back(
            {figure.centre.x + r * std::cos(angle + turn), figure.centre.y + r * std::sin(angle + turn)});
      }
      break;
    }
    default:
      break;
  }
  return figure;
}

// ---- a picture: shapes, the later ones in front ----

struct Scene {
  int64_t side = 0;
  Colour left = {}, right = {};  // of the ground, which changes from one to the other
  double noise = 0;
  uint64_t noise_seed = 0;
  std::vector<Figure> figures;
  std::vector<LabelledBox> boxes;
};

// Calls f(pixel, depth) for all pixels that a figure comes near.
template <class F>
void each_pixel(const Figure& figure, int64_t side, const F& f) {
  const auto pixel = [&](double v) { return std::clamp<int64_t>(static_cast<int64_t>(v), 0, side - 1); };
  const double reach = figure.radius + 1;
  const Point c = figure.centre;
  for (int64_t y = pixel(c.y - reach); y <= pixel(c.y + reach); ++y) {
    for (int64_t x = pixel(c.x - reach); x <= pixel(c.x + reach); ++x) {
      f(y * side + x, figure.depth({static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5}));
    }
  }
}

Colour random_colour(Generator& random) { return {random.uniform(), random.uniform(), random.uniform()}; }

// Of another colour than the ground and the others, as far as a few tries find one.
Colour new_colour(const Scene& scene, Generator& random) {
  Colour best = {};
  double farthest = -1;
  for (int i = 0; i < 8; ++i) {
    const Colour colour = random_colour(random);
    double nearest = std::min(distance(colour, scene.left), distance(colour, scene.right));
    for (const Figure& other : scene.figures) {
      nearest = std::min(nearest, distance(colour, other.colour));
    }
    if (nearest > farthest) {
      farthest = nearest, best = colour;
    }
  }
  return best;
}

// Which figure is in front at each pixel, and how many pixels of each there are and can be seen.
struct Layers {
  std::vector<int> front;
  std::vector<int64_t> pixels, visible;

  explicit Layers(int64_t side) : front(static_cast<size_t>(side * side), -1) {}

  // Puts a figure in front of all; false, and nothing, where it would leave too little of itself or another.
  bool add(const Figure& figure, int64_t side) {
    std::vector<size_t> covered;
    std::vector<int64_t> left = visible;
    each_pixel(figure, side, [&](int64_t pixel, double depth) {
      if (depth > 0) {
        const auto at = static_cast<size_t>(pixel);
        covered.push_back(at);
        if (front[at] >= 0) {
          --left[static_cast<size_t>(front[at])];
        }
      }
    });
    const auto count = static_cast<int64_t>(covered.size());
    bool enough = static_cast<double>(count) > 0.003 * static_cast<double>(side * side);
    for (size_t i = 0; i < left.size(); ++i) {
      enough = enough && 2 * left[i] >= pixels[i];
    }
    if (!enough) {
      return false;
    }
    visible = std::move(left);
    for (const size_t at : covered) {
      front[at] = static_cast<int>(pixels.size());
    }
    pixels.push_back(count);
    visible.push_back(count);
    return true;
  }
};

Scene random_scene(uint64_t seed, uint64_t index, int64_t side) {
  constexpr uint64_t kStream = 0x5A4E;  // a generator of its own for each picture
  const auto words = philox4x32(seed, index, kStream);
  Generator random((uint64_t{words[0]} << 32) | words[1]);
  Scene scene{.side = side, .left = random_colour(random), .right = {}, .figures = {}, .boxes = {}};
  for (size_t c = 0; c < 3; ++c) {
    scene.right[c] = std::clamp(scene.left[c] + random.uniform(-0.3, 0.3), 0.0, 1.0);
  }
  scene.noise = random.uniform(0.0, 0.12);
  scene.noise_seed = (uint64_t{words[2]} << 32) | words[3];

  const int64_t wanted = random.randint(1, 7);
  Layers layers(side);
  for (int tries = 0; tries < 40 && static_cast<int64_t>(scene.figures.size()) < wanted; ++tries) {
    Figure figure = random_figure(static_cast<double>(side), random);
    if (layers.add(figure, side)) {
      figure.colour = new_colour(scene, random);
      scene.figures.push_back(std::move(figure));
    }
  }
  for (size_t i = 0; i < scene.figures.size(); ++i) {
    scene.boxes.push_back({.box_xyxy = {1e9, 1e9, -1e9, -1e9},
                           .label = scene.figures[i].kind,
                           .area = static_cast<double>(layers.visible[i])});
  }
  for (int64_t pixel = 0; pixel < side * side; ++pixel) {
    if (const int i = layers.front[static_cast<size_t>(pixel)]; i >= 0) {
      auto& [left, top, right, bottom] = scene.boxes[static_cast<size_t>(i)].box_xyxy;
      const auto x = static_cast<double>(pixel % side), y = static_cast<double>(pixel / side);
      left = std::min(left, x), right = std::max(right, x + 1);
      top = std::min(top, y), bottom = std::max(bottom, y + 1);
    }
  }
  return scene;
}

Tensor draw(const Scene& scene) {
  const int64_t side = scene.side, pixels = side * side;
  std::vector<Colour> colours(static_cast<size_t>(pixels));
  for (int64_t i = 0; i < pixels; ++i) {
    const double share = static_cast<double>(i % side) / static_cast<double>(side);
    for (size_t c = 0; c < 3; ++c) {
      colours[static_cast<size_t>(i)][c] = scene.left[c] + share * (scene.right[c] - scene.left[c]);
    }
  }
  for (const Figure& figure : scene.figures) {
    each_pixel(figure, side, [&](int64_t pixel, double depth) {
      const double share = std::clamp(0.5 + depth, 0.0, 1.0);  // an edge is a pixel wide
      Colour& colour = colours[static_cast<size_t>(pixel)];
      for (size_t c = 0; c < 3; ++c) {
        colour[c] += share * (figure.colour[c] - colour[c]);
      }
    });
  }
  const Tensor picture = empty({3, side, side}, DType::UInt8);
  auto* out = picture.data<uint8_t>();
  for (int64_t i = 0; i < pixels; ++i) {
    const auto words = philox4x32(scene.noise_seed, static_cast<uint64_t>(i));
    for (size_t c = 0; c < 3; ++c) {
      const double noise = scene.noise * (2 * static_cast<double>(uniform_float(words[c])) - 1);
      const double value = std::clamp(colours[static_cast<size_t>(i)][c] + noise, 0.0, 1.0);
      out[static_cast<int64_t>(c) * pixels + i] = static_cast<uint8_t>(std::lround(255 * value));
    }
  }
  return picture;
}

}  // namespace

DetectionDataset synthetic_shapes(int64_t count, uint64_t seed, int64_t side) {
  check(count >= 0, "synthetic_shapes: count must not be negative, got {}", count);
  check(side >= 32 && side <= 4096, "synthetic_shapes: a side must have 32 to 4096 pixels, got {}", side);
  DetectionDataset dataset{.name = "shapes", .classes = kNames, .pictures = {}};
  dataset.pictures.resize(static_cast<size_t>(count));
#pragma omp parallel for schedule(static)
  for (int64_t i = 0; i < count; ++i) {
    Scene scene = random_scene(seed, static_cast<uint64_t>(i), side);
    BoxedPicture& picture = dataset.pictures[static_cast<size_t>(i)];
    picture.name = fmt::format("shapes-{}-{}", seed, i);
    picture.boxes = scene.boxes;
    picture.load = [scene = std::move(scene)] { return draw(scene); };
  }
  return dataset;
}

}  // namespace helder
