#include "examples/common/precision_recall_picture.h"

#include <algorithm>

#include "tensor/factories.h"
#include "vision/drawing.h"

namespace helder {
namespace {

constexpr double kLeft = 50, kRight = 390, kTop = 20, kBottom = 360;
constexpr Colour kBlack = {20, 20, 20}, kGrey = {215, 215, 215};

double x_of(double recall) { return kLeft + recall * (kRight - kLeft); }
double y_of(double precision) { return kBottom - precision * (kBottom - kTop); }

void draw_axes(const Tensor& picture) {
  for (int tick = 0; tick <= 5; ++tick) {
    const double value = tick / 5.0;
    fill_box(picture, {x_of(value), kTop, x_of(value) + 1, kBottom}, tick == 0 ? kBlack : kGrey);
    fill_box(picture, {kLeft, y_of(value), kRight, y_of(value) + 1}, tick == 0 ? kBlack : kGrey);
    const std::string label = fmt::format("{:.1f}", value);
    draw_text(picture, static_cast<int64_t>(x_of(value)) - 8, static_cast<int64_t>(kBottom) + 8, label,
              kBlack);
    draw_text(picture, static_cast<int64_t>(kLeft) - 24, static_cast<int64_t>(y_of(value)) - 3, label,
              kBlack);
  }
  draw_text(picture, 190, 385, "recall", kBlack);
  draw_text(picture, 8, 6, "precision", kBlack);
}

// A line of steps from one recall to the next.
void draw_curve(const Tensor& picture, const PrecisionRecall& curve, Colour colour) {
  std::vector<double> best = curve.precision;
  for (size_t i = best.size(); i-- > 1;) {
    best[i - 1] = std::max(best[i - 1], best[i]);
  }
  double recall = 0;
  for (size_t i = 0; i < best.size(); ++i) {
    const double y = y_of(best[i]), next = i + 1 < best.size() ? y_of(best[i + 1]) : kBottom;
    fill_box(picture, {x_of(recall), y - 1, x_of(curve.recall[i]) + 1, y + 1}, colour);
    if (i + 1 == best.size() || best[i + 1] < best[i]) {
      fill_box(picture, {x_of(curve.recall[i]) - 1, y, x_of(curve.recall[i]) + 1, next}, colour);
    }
    recall = curve.recall[i];
  }
}

}  // namespace

Tensor precision_recall_picture(const std::vector<std::pair<std::string, PrecisionRecall>>& curves) {
  const Tensor picture = full({3, 420, 560}, 255, DType::UInt8);
  draw_axes(picture);
  for (size_t i = 0; i < curves.size(); ++i) {
    const auto& [name, curve] = curves[i];
    const Colour colour = class_colour(static_cast<int64_t>(i));
    draw_curve(picture, curve, colour);
    const auto y = static_cast<int64_t>(kTop) + 12 * static_cast<int64_t>(i);
    fill_box(picture, {kRight + 14, static_cast<double>(y) + 2, kRight + 26, static_cast<double>(y) + 5},
             colour);
    draw_text(picture, static_cast<int64_t>(kRight) + 32, y, name.substr(0, 20), kBlack);
  }
  return picture;
}

}  // namespace helder
