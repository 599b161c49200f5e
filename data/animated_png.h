#pragma once

#include <filesystem>
#include <vector>

#include "tensor/tensor.h"

namespace helder {

struct AnimationOptions {
  int milliseconds = 400;  ///< that each frame is shown, 1 to 65535
  int last = 2000;         ///< and the last one
};

/// Writes frames, [C,H,W] of uint8 and all alike, as one animated PNG that plays again and again in a
/// browser; a program that does not know animations shows the first. Replaces the file atomically.
///
/// Throws without frames, and where they differ in shape.
///
/// PNG Specification, third edition (W3C, 2025), 11.3.6 "APNG".
void save_animated_png(const std::filesystem::path& path, const std::vector<Tensor>& frames,
                       const AnimationOptions& options = {});

}  // namespace helder
