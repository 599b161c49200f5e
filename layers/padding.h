#pragma once

#include "autograd/ops/pad.h"
#include "layers/module.h"

namespace helder {

/// Pixels added to each side of an image.
struct ImagePadding {
  int64_t left, right, top, bottom;

  ImagePadding(int64_t all) : left(all), right(all), top(all), bottom(all) {}  // implicit: `ZeroPad2d(1)`
  ImagePadding(int64_t left, int64_t right, int64_t top, int64_t bottom)
      : left(left), right(right), top(top), bottom(bottom) {}
};

/// Zeros around images: [N, C, H, W] -> [N, C, top + H + bottom, left + W + right].
class ZeroPad2d : public Module {
 public:
  explicit ZeroPad2d(const ImagePadding& padding) : padding_(padding) {}

  Tensor forward(const Tensor& x) override {
    return pad(x, {padding_.left, padding_.right, padding_.top, padding_.bottom});
  }
  std::string describe() const override {
    return fmt::format("ZeroPad2d({}, {}, {}, {})", padding_.left, padding_.right, padding_.top,
                       padding_.bottom);
  }

 private:
  ImagePadding padding_;
};

/// Images mirrored at their edges, whose pixels are not repeated: [N, C, H, W] -> [N, C, top + H + bottom,
/// left + W + right].
class ReflectionPad2d : public Module {
 public:
  explicit ReflectionPad2d(const ImagePadding& padding) : padding_(padding) {}

  Tensor forward(const Tensor& x) override {
    return pad(x, {padding_.left, padding_.right, padding_.top, padding_.bottom}, {.mode = PadMode::Reflect});
  }
  std::string describe() const override {
    return fmt::format("ReflectionPad2d({}, {}, {}, {})", padding_.left, padding_.right, padding_.top,
                       padding_.bottom);
  }

 private:
  ImagePadding padding_;
};

}  // namespace helder
