#pragma once

#include <cstdint>

#include "data/detection_dataset.h"

namespace helder {

/// Pictures without any data for a detector to learn from: one to six coloured shapes (circle, square,
/// triangle, star, bar) of any rotation on noise, which cover each other by up to half. `side` x `side`
/// pixels, at least 32.
///
/// A box is the smallest one around what can be seen of a shape, of whole pixels, and its area the number of
/// these pixels: a shape behind others has the box that a person would draw. Picture i is a function of seed
/// and i alone, drawn when it is loaded.
DetectionDataset synthetic_shapes(int64_t count, uint64_t seed, int64_t side = 96);

}  // namespace helder
