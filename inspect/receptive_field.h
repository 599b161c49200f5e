#pragma once

#include <string>
#include <vector>

#include "inspect/recorder.h"

namespace helder {

/// Which pixels of the input an element may depend on, along one axis: the element at position i on those
/// from `low + i jump` to `high + i jump`. Pixels outside of the picture (padding) count.
struct FieldAxis {
  double low = 0, high = 0, jump = 1;
  bool whole = false;  ///< on all of them

  double size() const { return high - low + 1; }
};

/// The receptive field of each element of an activation (Araujo, Norris and Sim, "Computing receptive fields
/// of convolutional neural networks", Distill, 2019).
struct ReceptiveField {
  FieldAxis h, w;
  bool known = false;        ///< false for what does not depend on a picture
  bool approximate = false;  ///< a window was guessed from shapes, or positions differ (upsampling)

  /// `35x35`, `all` for the whole picture, `-` where it is not known; `~` in front where it is approximate.
  std::string str() const;
};

/// That of each op's output, for a model whose first input is a picture [N,C,H,W]. Windows, strides and
/// dilations are those of the modules around the ops. A convolution or pooling called as a function shows
/// only its shapes: its stride is taken to be the ratio of sizes, a pooling's window as large as its stride,
/// and the field is marked as approximate unless the sizes fit exactly.
std::vector<ReceptiveField> receptive_fields(const Recorder& recorder);

}  // namespace helder
